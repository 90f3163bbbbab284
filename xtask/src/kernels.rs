//! Every example's one object on many kernels, booted in qemu: `cargo xtask kernels`.
//!
//! - `pin.rs`: which packages; `renew.rs`: when they are gone; `fetch.rs`: the kernel out of one
//! - `programs.rs`, `cpio.rs`: what a guest runs, and the archive that it is in
//! - `boot.rs`: qemu; `transcript.rs`: what the guest said
//! - `tap.rs`, `verdict.rs`: what that says of an example; `report.rs`: the table

mod boot;
mod cpio;
mod fetch;
mod pin;
mod programs;
mod renew;
mod report;
mod tap;
mod transcript;
mod verdict;

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail};

use crate::objects;
use crate::process::say;
use crate::setup::Setup;
use crate::workspace::{self, Example};
pub(crate) use renew::renew_pins;

use boot::Machine;
use fetch::Fetcher;
use pin::{Architecture, Kernel, Pin};
use report::{Guest, Report};
use verdict::Judgement;

/// As many guests run at once.
const GUESTS: usize = 2;

/// Boots the kernels whose names contain one of the words, all without any, and prints a table.
/// Fails if a kernel or an example did, or if there was none.
pub(crate) fn run(setup: &Setup, words: &[&str]) -> Result<()> {
    let pins = chosen(pin::all()?, words)?;
    let mut fetcher = Fetcher::default();
    let mut left_out = Vec::new();
    let mut images = Vec::new();
    for pin in pins {
        match fetcher.image(&pin)? {
            Ok(image) => images.push((pin.kernel, image)),
            Err(why) => left_out.push((pin.kernel, why)),
        }
    }
    let report = boot_all(setup, images, left_out)?;
    if report.booted() == 0 {
        bail!("no kernel was booted");
    }
    Ok(())
}

/// Boots three of the cloud flavour, which is the smallest: the oldest and newest for amd64, and the
/// newest for arm64, of those that can be had. Where there are less, says so.
pub(crate) fn run_three(setup: &Setup) -> Result<()> {
    let pins = pin::all()?;
    let of = |architecture| {
        let of = move |pin: &&Pin| {
            pin.kernel.architecture == architecture && pin.kernel.flavour == "cloud"
        };
        pins.iter().filter(of)
    };
    let mut fetcher = Fetcher::default();
    let mut left_out = Vec::new();
    let mut images: Vec<(Kernel, PathBuf)> = Vec::new();
    let mut first_of = |pins: &mut dyn Iterator<Item = &Pin>| -> Result<()> {
        for pin in pins {
            match fetcher.image(pin)? {
                Ok(image) => {
                    images.push((pin.kernel.clone(), image));
                    break;
                }
                Err(why) => left_out.push((pin.kernel.clone(), why)),
            }
        }
        Ok(())
    };
    first_of(&mut of(Architecture::Amd64))?;
    first_of(&mut of(Architecture::Amd64).rev())?;
    first_of(&mut of(Architecture::Arm64).rev())?;
    let report = boot_all(setup, images, left_out)?;
    if report.booted() < 3 {
        say(format_args!(
            "left out: only {} of three kernels could be booted here, for the reasons above",
            report.booted()
        ));
    }
    Ok(())
}

fn chosen(pins: Vec<Pin>, words: &[&str]) -> Result<Vec<Pin>> {
    for word in words {
        let has_word = |pin: &Pin| pin.kernel.to_string().contains(word);
        if !pins.iter().any(has_word) {
            let names: Vec<String> = pins.iter().map(|pin| pin.kernel.to_string()).collect();
            bail!("no kernel's name contains `{word}`: {}", names.join(" "));
        }
    }
    let is_asked_for = |pin: &Pin| {
        let name = pin.kernel.to_string();
        words.is_empty() || words.iter().any(|word| name.contains(word))
    };
    Ok(pins.into_iter().filter(is_asked_for).collect())
}

/// Builds what the kernels need, boots them, and prints the report; an error if one failed.
fn boot_all(
    setup: &Setup,
    images: Vec<(Kernel, PathBuf)>,
    mut left_out: Vec<(Kernel, String)>,
) -> Result<Report> {
    let mut examples = objects::build_objects(setup)?;
    examples.retain(Example::has_loader);
    let names: Vec<String> = examples
        .iter()
        .map(|example| example.name.clone())
        .collect();
    let folder = workspace::root().join("target/kernels");
    fs::create_dir_all(&folder)?;

    let mut queue = VecDeque::new();
    let mut machines = Vec::new();
    for architecture in Architecture::ALL {
        let of = |(kernel, _): &&(Kernel, PathBuf)| kernel.architecture == architecture;
        let mut kernels: Vec<_> = images.iter().filter(of).cloned().collect();
        if kernels.is_empty() {
            continue;
        }
        match machine(setup, architecture, &examples, &folder)? {
            Ok(machine) => {
                machines.push(machine);
                queue.extend(kernels.drain(..).map(|kernel| (machines.len() - 1, kernel)));
            }
            Err(why) => left_out.extend(kernels.drain(..).map(|(kernel, _)| (kernel, why.clone()))),
        }
    }
    let start = Instant::now();
    let mut guests = boot_queue(&machines, queue, &names, &folder)?;
    guests.sort_by(|(a, _), (b, _)| a.cmp(b));

    let mut report = Report::new(&names);
    guests.into_iter().for_each(|(_, guest)| report.add(guest));
    for (kernel, why) in &left_out {
        report.leave_out(&kernel.to_string(), why);
    }
    print!("{}", report.text());
    say(format_args!(
        "booted {} of {} in {:.0} s; what each has said is in {}",
        report.booted(),
        report.booted() + left_out.len(),
        start.elapsed().as_secs_f64(),
        folder.display()
    ));
    if report.failures() > 0 {
        bail!("{} failed, as listed", report.failures());
    }
    Ok(report)
}

/// What boots an architecture's kernels, or why nothing here does.
fn machine(
    setup: &Setup,
    architecture: Architecture,
    examples: &[Example],
    folder: &Path,
) -> Result<Result<Machine, String>> {
    let qemu = match boot::qemu(architecture) {
        Ok(qemu) => qemu,
        Err(error) => return Ok(Err(format!("{error:#}"))),
    };
    let programs = match programs::build(setup, architecture, examples)? {
        Ok(programs) => programs,
        Err(why) => return Ok(Err(why)),
    };
    let mut archive = cpio::Archive::default();
    for place in ["dev", "examples", "proc", "sys", "tmp"] {
        archive.folder(place);
    }
    // What the first process writes to: `/dev` is empty until it has mounted something there.
    archive.device("dev/console", 5, 1);
    archive.program("init", &read(&programs.init)?);
    for (example, loader) in examples.iter().zip(&programs.loaders) {
        let name = &example.name;
        archive.program(&format!("examples/{name}"), &read(loader)?);
        archive.program(&format!("examples/{name}.o"), &read(&example.object())?);
    }
    let initramfs = folder.join(format!("{}.cpio", architecture.name()));
    fs::write(&initramfs, archive.finish())?;
    Ok(Ok(Machine::new(qemu, architecture, initramfs)))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("no {}", file.display()))
}

/// Kernels that wait for a guest, each with the place of its machine.
type Queue = VecDeque<(usize, (Kernel, PathBuf))>;

fn boot_queue(
    machines: &[Machine],
    queue: Queue,
    examples: &[String],
    folder: &Path,
) -> Result<Vec<(Kernel, Guest)>> {
    let queue = Mutex::new(queue);
    let next = || queue.lock().ok()?.pop_front();
    let work = || -> Result<Vec<(Kernel, Guest)>> {
        let mut guests = Vec::new();
        while let Some((machine, (kernel, image))) = next() {
            let name = kernel.to_string();
            let boot = machines[machine].boot(&image, &folder.join(format!("{name}.log")))?;
            let seconds = boot.time.as_secs_f64();
            say(format_args!(
                "{name}: {} ({seconds:.1} s)",
                boot.obstacle.as_deref().unwrap_or("booted")
            ));
            let run_of = |example: &String| {
                let mut runs = boot.transcript.runs.iter();
                Judgement::of(runs.find(|run| run.example == *example))
            };
            let guest = Guest {
                kernel: name,
                judgements: examples.iter().map(run_of).collect(),
                seconds,
                obstacle: boot.obstacle,
            };
            guests.push((kernel, guest));
        }
        Ok(guests)
    };
    let done: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..GUESTS).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join()).collect()
    });
    let mut guests = Vec::new();
    for worker in done {
        guests.extend(worker.map_err(|_| anyhow!("a guest's thread panicked"))??);
    }
    Ok(guests)
}
