//! Boots kernels, two at a time, and reports what came of the examples in each.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail};
use setup::process::say;
use setup::workspace::{self, Example};
use setup::{Setup, build, pages};

use crate::boot::{self, Machine};
use crate::initramfs::Initramfs;
use crate::pin::{Architecture, Kernel};
use crate::programs;
use crate::report::{Guest, Report};
use crate::verdict::Judgement;

/// As many guests run at once.
const GUESTS: usize = 2;

/// Builds what the kernels need, boots them, and prints the report; an error if one failed.
pub(crate) fn boot_all(
    setup: &Setup,
    images: Vec<(Kernel, PathBuf)>,
    mut left_out: Vec<(Kernel, String)>,
) -> Result<Report> {
    let mut examples = build::objects(setup)?;
    examples.retain(Example::has_loader);
    pages::build(setup, &build::linker(setup)?)?;
    examples.push(pages::example());
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
    let mut contents = Initramfs::default();
    for place in ["dev", "examples", "proc", "sys", "tmp"] {
        contents.folder(place)?;
    }
    // What the first process writes to: `/dev` is empty until it has mounted something there.
    contents.device("dev/console", 5, 1)?;
    contents.program("init", &read(&programs.init)?)?;
    for (example, loader) in examples.iter().zip(&programs.loaders) {
        let name = &example.name;
        contents.program(&format!("examples/{name}"), &read(loader)?)?;
        add(
            &mut contents,
            &format!("examples/{name}.o"),
            &example.object(),
        )?;
    }
    let initramfs = folder.join(format!("{}.cpio", architecture.name()));
    fs::write(&initramfs, contents.finish()?)?;
    Ok(Ok(Machine::new(qemu, architecture, initramfs)))
}

/// Adds a file, or a folder with all its files.
fn add(contents: &mut Initramfs, place: &str, path: &Path) -> Result<()> {
    if !path.is_dir() {
        return Ok(contents.program(place, &read(path)?)?);
    }
    contents.folder(place)?;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        add(
            contents,
            &format!("{place}/{}", name.to_string_lossy()),
            &entry.path(),
        )?;
    }
    Ok(())
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
