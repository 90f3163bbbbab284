//! The types of the running kernel: its own, or those that an archive beside the object has for it.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use aya::{Btf, Endianness};
use bpf_core_btf::archive::{Archive, Uname};
use rustix::system::uname;

/// The kernel's own.
const BTF: &str = "/sys/kernel/btf/vmlinux";

/// The types for the object at `path`. A kernel without BTF of its own gets those of `NAME.btfs` beside
/// `NAME.o`, which `cargo corelint min-btf` makes.
pub(crate) fn of_running_kernel(path: &Path) -> Result<Btf> {
    if Path::new(BTF).exists() {
        return Btf::from_sys_fs().with_context(|| format!("{BTF} is not usable"));
    }
    let archive = path.with_extension("btfs");
    if !archive.exists() {
        bail!(
            "the running kernel has no types in {BTF}, and there is no {}: boot a kernel with \
             CONFIG_DEBUG_INFO_BTF=y, or make the file with `cargo corelint min-btf {} -o {}`",
            archive.display(),
            path.display(),
            archive.display()
        );
    }
    from_archive(&archive).with_context(|| archive.display().to_string())
}

fn from_archive(archive: &Path) -> Result<Btf> {
    let archive = Archive::open(&fs::read(archive)?)?;
    let running = uname();
    let btf = archive.pick(&Uname {
        release: &running.release().to_string_lossy(),
        version: &running.version().to_string_lossy(),
        machine: &running.machine().to_string_lossy(),
    })?;
    Ok(Btf::parse(btf, Endianness::default())?)
}
