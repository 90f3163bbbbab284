//! Boots kernels, two at a time, with programs for each to run.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context as _, Result, anyhow};
use setup::Setup;
use setup::process::say;
use setup::workspace;

use crate::boot::{self, Boot, Machine};
use crate::initramfs::Initramfs;
use crate::payload::Payload;
use crate::pin::{Architecture, Kernel};
use crate::programs;

/// How often a kernel is booted until it answers.
const ATTEMPTS: usize = 4;

/// As many guests run at once.
const GUESTS: usize = 2;

/// Boots the kernels with the programs, and reads of each what it said. One that fails is booted again: a
/// machine with much else to do may keep a guest from its timer. Gives those that nothing here boots too.
pub(crate) fn ask<T>(
    setup: &Setup,
    mut images: Each<PathBuf>,
    payload: &[Payload],
    read: impl Fn(&Boot) -> Result<T>,
) -> Result<(BTreeMap<Kernel, T>, Each<String>)> {
    let mut all = BTreeMap::new();
    let mut left_out = Vec::new();
    for left in (0..ATTEMPTS).rev() {
        if images.is_empty() {
            break;
        }
        let (booted, others) = boot_with(setup, images.clone(), payload)?;
        images.retain(|(kernel, _)| others.iter().all(|(other, _)| other != kernel));
        left_out.extend(others);
        for (kernel, boot) in booted {
            let said = match &boot.obstacle {
                Some(obstacle) => Err(anyhow!("{obstacle}")),
                None => read(&boot),
            };
            match said {
                Ok(said) => {
                    images.retain(|(other, _)| *other != kernel);
                    all.insert(kernel, said);
                }
                Err(error) if left == 0 => return Err(error.context(kernel.to_string())),
                Err(error) => say(format_args!("{kernel}: {error:#}; once more")),
            }
        }
    }
    Ok((all, left_out))
}

/// Where initramfs and consoles are kept.
pub(crate) fn folder() -> PathBuf {
    workspace::root().join("target/kernels")
}

/// Kernels, each with what came of it.
pub(crate) type Each<T> = Vec<(Kernel, T)>;

/// Boots each kernel, and runs the programs in it. Gives them in their order, and those that nothing here
/// boots, with the reason.
pub(crate) fn boot_with(
    setup: &Setup,
    images: Each<PathBuf>,
    payload: &[Payload],
) -> Result<(Each<Boot>, Each<String>)> {
    fs::create_dir_all(folder())?;
    let mut left_out = Vec::new();
    let mut queue = VecDeque::new();
    let mut machines = Vec::new();
    for architecture in Architecture::ALL {
        let of = |(kernel, _): &&(Kernel, PathBuf)| kernel.architecture == architecture;
        let mut kernels: Vec<_> = images.iter().filter(of).cloned().collect();
        if kernels.is_empty() {
            continue;
        }
        match machine(setup, architecture, payload)? {
            Ok(machine) => {
                machines.push(machine);
                queue.extend(kernels.drain(..).map(|kernel| (machines.len() - 1, kernel)));
            }
            Err(why) => left_out.extend(kernels.drain(..).map(|(kernel, _)| (kernel, why.clone()))),
        }
    }
    let mut booted = boot_queue(&machines, queue)?;
    booted.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok((booted, left_out))
}

/// What boots an architecture's kernels, or why nothing here does.
fn machine(
    setup: &Setup,
    architecture: Architecture,
    payload: &[Payload],
) -> Result<Result<Machine, String>> {
    let qemu = match boot::qemu(architecture) {
        Ok(qemu) => qemu,
        Err(error) => return Ok(Err(format!("{error:#}"))),
    };
    let programs = match programs::build(setup, architecture, payload)? {
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
    for (one, loader) in payload.iter().zip(&programs.loaders) {
        contents.program(&format!("examples/{}", one.program), &read(loader)?)?;
        for (name, here) in &one.beside {
            add(&mut contents, &format!("examples/{name}"), here)?;
        }
    }
    let initramfs = folder().join(format!("{}.cpio", architecture.name()));
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

fn boot_queue(machines: &[Machine], queue: Queue) -> Result<Each<Boot>> {
    let queue = Mutex::new(queue);
    let next = || queue.lock().ok()?.pop_front();
    let work = || -> Result<Each<Boot>> {
        let mut guests = Vec::new();
        while let Some((machine, (kernel, image))) = next() {
            let boot = machines[machine].boot(&image, &folder().join(format!("{kernel}.log")))?;
            say(format_args!(
                "{kernel}: {} ({:.1} s)",
                boot.obstacle.as_deref().unwrap_or("booted"),
                boot.time.as_secs_f64()
            ));
            guests.push((kernel, boot));
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
