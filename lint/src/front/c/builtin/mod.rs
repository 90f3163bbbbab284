//! Headers that stand in for those of libbpf and of the kernel where they are missing.

use std::fs;
use std::io;
use std::path::Path;

use bpf_core_kernel_facts::helper;

const FILES: &[(&str, &str)] = &[
    ("bpf/bpf_core_read.h", include_str!("bpf/bpf_core_read.h")),
    ("bpf/bpf_endian.h", include_str!("bpf/bpf_endian.h")),
    (
        "bpf/bpf_helper_defs.h",
        include_str!("bpf/bpf_helper_defs.h"),
    ),
    ("bpf/bpf_helpers.h", include_str!("bpf/bpf_helpers.h")),
    ("bpf/bpf_tracing.h", include_str!("bpf/bpf_tracing.h")),
    ("bpf/usdt.bpf.h", include_str!("bpf/usdt.bpf.h")),
];

/// What is left of `vmlinux.h` where there is no kernel.
pub(super) const VMLINUX: &str = include_str!("vmlinux.h");

/// The version of libbpf whose headers these are like.
const VERSION: (u32, u32) = (1, 7);

/// Whether there is a header for `#include <name>`.
pub(super) fn has(name: &str) -> bool {
    let (folder, _) = name.rsplit_once('/').unwrap_or(("", name));
    matches!(folder, "" | "bpf") && libbpfs(name).is_some()
}

/// The header of libbpf that a name is for, whatever folder a project keeps it in: `libbpf/src/bpf_helpers.h` is
/// `bpf/bpf_helpers.h`.
pub(super) fn libbpfs(name: &str) -> Option<&'static str> {
    let file = Path::new(name).file_name();
    let mut files = FILES.iter().map(|(one, _)| *one);
    files.find(|one| Path::new(one).file_name() == file)
}

/// Whether the compiler brings a header along.
pub(super) fn is_compilers(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "float.h",
        "iso646.h",
        "limits.h",
        "stdalign.h",
        "stdarg.h",
        "stdatomic.h",
        "stdbool.h",
        "stddef.h",
        "stdint.h",
        "stdnoreturn.h",
        "tgmath.h",
        "varargs.h",
    ];
    NAMES.contains(&name)
}

/// Whether the system's libbpf is newer than what these headers are like.
pub(super) fn is_newer(system: &Path) -> bool {
    let text = fs::read_to_string(system.join("bpf/libbpf_version.h")).unwrap_or_default();
    let number = |name: &str| {
        let line = text.lines().find(|line| line.contains(name))?;
        line.split_whitespace().last()?.parse().ok()
    };
    let version = number("LIBBPF_MAJOR_VERSION").zip(number("LIBBPF_MINOR_VERSION"));
    version.is_some_and(|version| version > VERSION)
}

/// Headers of the C library and of the kernel that ask which machine they are for: one of 64 bits, as
/// programs for the kernel see it, and not one that they do not know.
const VIEW: &[(&str, &str)] = &[
    ("gnu/stubs-32.h", ""),
    (
        "bits/wordsize.h",
        "#define __WORDSIZE 64\n#define __SYSCALL_WORDSIZE 64\n",
    ),
    (
        "asm/bitsperlong.h",
        "#ifndef __ASM_BITSPERLONG_H\n#define __ASM_BITSPERLONG_H\n#define __BITS_PER_LONG 64\n\
         #define BITS_PER_LONG 64\n#endif\n",
    ),
];

/// Writes these headers below `folder`.
pub(super) fn write_view(folder: &Path) -> io::Result<()> {
    VIEW.iter()
        .try_for_each(|(name, text)| write_once(&folder.join(name), text))
}

/// Writes the headers of libbpf below `folder`, both as `bpf/x.h` and as `x.h`, as projects include them.
pub(super) fn write(folder: &Path) -> io::Result<()> {
    for (name, text) in FILES {
        let short = Path::new(name).file_name().unwrap_or_default();
        let text = match short == "bpf_helper_defs.h" {
            true => with_all_helpers(text),
            false => (*text).to_owned(),
        };
        write_once(&folder.join(short), &text)?;
        write_once(&folder.join(name), &text)?;
    }
    Ok(())
}

/// The declarations of helpers, with those that a header does not declare itself.
fn with_all_helpers(text: &str) -> String {
    // Since C23, a function without parameters takes nothing.
    const ANY: &str = "#if __STDC_VERSION__ > 201710L\n#define CORELINT_ANY ...\n#else\n#define CORELINT_ANY\n#endif\n";
    let mut text = format!("#ifndef CORELINT_HELPERS\n#define CORELINT_HELPERS\n{ANY}{text}\n");
    for (_, name) in helper::all() {
        if !text.contains(&format!("bpf_{name}(")) && name != "unspec" {
            text.push_str(&format!("long bpf_{name}(CORELINT_ANY);\n"));
        }
    }
    text + "#endif\n"
}

/// Writes a file that has another text. Two runs at a time must not mix.
pub(super) fn write_once(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
    let writer = (std::process::id(), std::thread::current().id());
    let draft = path.with_extension(format!("{writer:?}"));
    fs::write(&draft, text)?;
    fs::rename(draft, path)
}
