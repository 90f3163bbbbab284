//! Loads the eBPF program and prints what it tells. `--once` starts a program, waits for its event, and ends.

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use app_common::Exec;
use aya::maps::{MapData, RingBuf};
use aya::programs::BtfTracePoint;
use aya::{Btf, Ebpf, include_bytes_aligned};

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
    let object = include_bytes_aligned!(concat!(env!("OUT_DIR"), "/app"));
    let mut ebpf = Ebpf::load(object).context("the object cannot be loaded; that needs root")?;
    let program: &mut BtfTracePoint = ebpf.program_mut("exec").context("no program")?.try_into()?;
    program.load("sched_process_exec", &Btf::from_sys_fs()?)?;
    program.attach()?;
    let events = ebpf.take_map("EVENTS").context("no map `EVENTS`")?;
    let mut events = RingBuf::try_from(events)?;
    if once {
        expect_own_child(&mut events)
    } else {
        watch(&mut events)
    }
}

fn watch(events: &mut RingBuf<MapData>) -> Result<()> {
    loop {
        while let Some(event) = next(events)? {
            print(&event);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Starts `true`, and compares its event with what this process knows of it.
fn expect_own_child(events: &mut RingBuf<MapData>) -> Result<()> {
    let mut child = Command::new("true").spawn()?;
    let pid = i32::try_from(child.id())?;
    child.wait()?;
    let end = Instant::now() + Duration::from_secs(60);
    while Instant::now() < end {
        while let Some(event) = next(events)? {
            if event.pid == pid {
                print(&event);
                let parent = i32::try_from(std::process::id())?;
                return match event.parent {
                    found if found == parent => Ok(()),
                    found => bail!("the parent of {pid} is {parent}, and {found} was read"),
                };
            }
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    bail!("no event of process {pid}")
}

fn next(events: &mut RingBuf<MapData>) -> Result<Option<Exec>> {
    let Some(event) = events.next() else {
        return Ok(None);
    };
    let bytes = event[..].try_into().context("an event of another size")?;
    Ok(Some(Exec::from_bytes(bytes)))
}

fn print(event: &Exec) {
    let comm = event
        .comm
        .split(|&byte| byte == 0)
        .next()
        .unwrap_or_default();
    println!(
        "{} {} {}",
        event.pid,
        event.parent,
        String::from_utf8_lossy(comm)
    );
}
