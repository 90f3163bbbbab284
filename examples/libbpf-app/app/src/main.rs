//! Loads the eBPF program and prints what it tells. `--once` starts a program, waits for its event, and ends.

#[allow(clippy::all, clippy::pedantic)]
mod skeleton {
    include!(concat!(env!("OUT_DIR"), "/app.skel.rs"));
}

use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use app_common::Exit;
use libbpf_rs::RingBufferBuilder;
use libbpf_rs::skel::{OpenSkel as _, Skel as _, SkelBuilder as _};
use skeleton::AppSkelBuilder;

fn main() -> ExitCode {
    let once = std::env::args().any(|argument| argument == "--once");
    match run(once) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("app: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(once: bool) -> Result<()> {
    let mut storage = MaybeUninit::uninit();
    let mut open = AppSkelBuilder::default().open(&mut storage)?;
    if once {
        let rodata = open.maps.rodata_data.as_deref_mut();
        rodata.context("no `.rodata`")?.PARENT = i32::try_from(std::process::id())?;
    }
    let mut skeleton = open
        .load()
        .context("the object cannot be loaded; that needs root")?;
    skeleton.attach()?;

    let events = RefCell::new(Vec::new());
    let mut ring = RingBufferBuilder::new();
    ring.add(&skeleton.maps.EVENTS, |bytes| {
        let event = bytes.try_into().map(Exit::from_bytes);
        events.borrow_mut().push(event);
        0
    })?;
    let ring = ring.build()?;
    let next = || -> Result<Vec<Exit>> {
        ring.poll(Duration::from_millis(100))?;
        let events = events.take().into_iter();
        events
            .map(|event| event.context("an event of another size"))
            .collect()
    };
    if once {
        return expect_own_child(next);
    }
    loop {
        next()?.iter().for_each(print);
    }
}

/// Starts a program that ends with 7, and compares its event with what this process knows of it.
fn expect_own_child(next: impl Fn() -> Result<Vec<Exit>>) -> Result<()> {
    let mut child = Command::new("sh").args(["-c", "exit 7"]).spawn()?;
    let pid = i32::try_from(child.id())?;
    child.wait()?;
    let end = Instant::now() + Duration::from_secs(60);
    while Instant::now() < end {
        for event in next()? {
            let parent = event.parent;
            ensure!(
                parent.cast_unsigned() == std::process::id(),
                "the filter `PARENT` let a child of {parent} through"
            );
            if event.pid == pid {
                print(&event);
                let status = event.status;
                ensure!(status == 7 << 8, "`exit 7` ended with status {status:#x}");
                ensure!(event.ran > 0, "no time of its exec");
                return Ok(());
            }
        }
    }
    bail!("no event of process {pid}")
}

fn print(event: &Exit) {
    let name = event.comm.split(|&byte| byte == 0).next();
    println!(
        "{} {} {} ended with {} after {} us",
        event.pid,
        event.parent,
        String::from_utf8_lossy(name.unwrap_or_default()),
        event.status >> 8,
        event.ran / 1000
    );
}
