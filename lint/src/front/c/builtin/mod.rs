//! Headers that stand in for those of libbpf and of the kernel where they are missing.

use std::fs;
use std::io;
use std::path::Path;

const FILES: &[(&str, &str)] = &[
    ("bpf/bpf_core_read.h", include_str!("bpf/bpf_core_read.h")),
    ("bpf/bpf_endian.h", include_str!("bpf/bpf_endian.h")),
    ("bpf/bpf_helpers.h", include_str!("bpf/bpf_helpers.h")),
    ("bpf/bpf_tracing.h", include_str!("bpf/bpf_tracing.h")),
];

/// What is left of `vmlinux.h` where there is no kernel.
pub(super) const VMLINUX: &str = include_str!("vmlinux.h");

/// Whether there is a header for `#include <name>`.
pub(super) fn has(name: &str) -> bool {
    let name = Path::new(name).file_name();
    FILES
        .iter()
        .any(|(file, _)| Path::new(file).file_name() == name)
}

/// Writes a header that the C library's own ask for on behalf of targets that they do not know,
/// such as ours: many systems have only that of the host. Gives its folder.
pub(super) fn write_stubs(folder: &Path) -> io::Result<()> {
    let path = folder.join("gnu").join("stubs-32.h");
    if !path.is_file() {
        fs::create_dir_all(folder.join("gnu"))?;
        fs::write(path, "")?;
    }
    Ok(())
}

/// Writes the headers below `folder`, both as `bpf/x.h` and as `x.h`, as projects include them.
pub(super) fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder.join("bpf"))?;
    for (name, text) in FILES {
        let short = Path::new(name).file_name().unwrap_or_default();
        fs::write(folder.join(short), text)?;
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
