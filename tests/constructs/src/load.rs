//! Loads an object by aya, and by libbpf as `bpftool` does.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use aya::programs::{RawTracePoint, RawTracePointRunOptions, TestRun as _};
use aya::{Btf, Ebpf, EbpfLoader};

/// The program `prog` in the kernel.
#[derive(Debug)]
pub enum Loaded {
    /// Of an object that aya has loaded.
    ByAya(Box<Ebpf>),
    /// By a file in a bpffs.
    Pinned(Box<RawTracePoint>),
}

impl Loaded {
    /// Runs the program.
    ///
    /// # Errors
    /// The object has no such program, or the kernel cannot run it.
    pub fn answer(&mut self, arguments: &[u64]) -> Result<u32> {
        let program = match self {
            Self::ByAya(ebpf) => {
                let program = ebpf.program_mut("prog").context("no program `prog`")?;
                program.try_into()?
            }
            Self::Pinned(program) => &mut **program,
        };
        let mut options = RawTracePointRunOptions::new();
        options.args[..arguments.len()].copy_from_slice(arguments);
        Ok(program.test_run(options)?.return_value)
    }
}

/// Loads all programs of an object.
///
/// # Errors
/// Aya or the kernel refuses it.
pub fn by_aya(object: &Path) -> Result<Loaded> {
    let btf = Btf::from_sys_fs()?;
    let mut ebpf = EbpfLoader::new().btf(Some(&btf)).load(&fs::read(object)?)?;
    for (_, program) in ebpf.programs_mut() {
        let program: &mut RawTracePoint = program.try_into()?;
        program.load()?;
    }
    Ok(Loaded::ByAya(Box::new(ebpf)))
}

/// Loads all programs of an object, and pins them in a new folder.
///
/// # Errors
/// libbpf or the kernel refuses it.
pub fn by_libbpf(object: &Path, pins: &Path) -> Result<Loaded> {
    bpftool(object, pins)?;
    let program = RawTracePoint::from_pin(pins.join("prog"))?;
    Ok(Loaded::Pinned(Box::new(program)))
}

/// As above, and leaves them pinned.
///
/// # Errors
/// As above.
pub fn bpftool(object: &Path, pins: &Path) -> Result<()> {
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("bpftool")
        // Debian has it where only root's `PATH` leads.
        .env("PATH", format!("{path}:/usr/sbin"))
        .args(["prog", "loadall"])
        .args([object, pins])
        .output()
        .context("`bpftool` cannot be started")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{said}");
    }
    // That the kernel refuses the BTF is a warning only.
    ensure!(!said.contains("BTF"), "{said}");
    Ok(())
}
