//! The first process of a kernel under test: lets each example verify itself, and switches off.
//!
//! It is the only program of the initramfs that `cargo xtask kernels` makes, beside the loaders and
//! their objects in `/examples`. What it says on the console begins with `guest: `, and
//! `kernels/src/transcript.rs` reads it.

mod loopback;
mod mounts;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::system::{RebootCommand, reboot, uname};

const EXAMPLES: &str = "/examples";

fn main() {
    println!("guest: kernel {}", uname().release().to_string_lossy());
    for (file_system, error) in mounts::make() {
        println!("guest: no {file_system}: {error}");
    }
    if let Err(error) = loopback::up() {
        println!("guest: no loopback: {error}");
    }
    match examples() {
        Ok(loaders) => run(&loaders),
        Err(error) => println!("guest: no {EXAMPLES}: {error}"),
    }
    println!("guest: done");
    // The power may go before the serial port has sent what it was given.
    let _ = rustix::termios::tcdrain(io::stdout());
    // Where this fails, the process ends, and the kernel panics for want of it: `panic=-1` makes
    // that the end of the guest too.
    let _ = reboot(RebootCommand::PowerOff);
}

/// The loaders, each beside its object, by name.
fn examples() -> io::Result<Vec<PathBuf>> {
    let files = fs::read_dir(EXAMPLES)?.map(|entry| entry.map(|entry| entry.path()));
    let mut loaders: Vec<PathBuf> = files.collect::<io::Result<_>>()?;
    loaders.retain(|file| file.extension().is_none());
    loaders.sort();
    Ok(loaders)
}

/// Runs each; and those again that have BTF of their own, on a kernel that shows none.
fn run(loaders: &[PathBuf]) {
    loaders.iter().for_each(|loader| verify(loader, ""));
    let with_btf = loaders.iter();
    let with_btf: Vec<_> = with_btf
        .filter(|loader| loader.with_extension("btfs").exists())
        .collect();
    if with_btf.is_empty() {
        return;
    }
    match mounts::hide("/sys/kernel/btf") {
        Ok(()) => with_btf
            .iter()
            .for_each(|loader| verify(loader, "-without-btf")),
        Err(error) => println!("guest: no way to hide /sys/kernel/btf: {error}"),
    }
}

fn verify(loader: &Path, ending: &str) {
    let name = loader.file_name().unwrap_or_default().display();
    let name = format!("{name}{ending}");
    println!("guest: {name} starts");
    let ended = Command::new(loader)
        .arg("--verify")
        .arg(loader.with_extension("o"))
        .stdin(Stdio::null())
        .status();
    match ended {
        Ok(status) => println!("guest: {name} ended: {status}"),
        Err(error) => println!("guest: {name} ended: cannot be started: {error}"),
    }
}
