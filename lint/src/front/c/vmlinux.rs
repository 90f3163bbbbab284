//! Makes `vmlinux.h` from the running kernel where the project has none, and precompiles either.
//! The header is by far the largest part of most files, and is parsed once for all of them.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use bpf_core_btf::Btf;

use super::clang::{Library, Unit, Wanted};
use super::dump;
use super::flags::Flags;
use crate::digest::digest;
use crate::front::Settings;
use crate::kept;

/// Where a kernel shows its types.
const KERNEL_BTF: &str = "/sys/kernel/btf/vmlinux";

/// A `vmlinux.h` that was made from BTF, or why there is none.
static MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();

type Slot = Arc<OnceLock<Option<PathBuf>>>;

/// Precompiled headers of this run, by what they depend on.
static PRECOMPILED: Mutex<Option<HashMap<String, Slot>>> = Mutex::new(None);

/// The header made from a kernel's BTF: written once, and kept for later runs.
pub(super) fn made(settings: &Settings) -> Result<&'static Path, &'static str> {
    let made = MADE.get_or_init(|| {
        let path = source(settings);
        let why = |what: &dyn std::fmt::Display| {
            format!(
                "`vmlinux.h` is missing and cannot be made from {}: {what}; \
                 types of the kernel are unknown, so few findings are possible",
                path.display()
            )
        };
        let bytes = fs::read(path).map_err(|error| why(&error))?;
        let folder = folder(settings).join(format!("vmlinux-{}", digest(&[&bytes])));
        let header = folder.join("vmlinux.h");
        if !header.is_file() {
            let btf = Btf::parse(&bytes).map_err(|error| why(&error))?;
            write(&header, dump::header(&btf).as_bytes()).map_err(|error| why(&error))?;
        }
        Ok(header)
    });
    made.as_deref().map_err(String::as_str)
}

/// The file that has the kernel's types.
pub(super) fn source(settings: &Settings) -> &Path {
    let path = settings.kernel_btf.as_deref();
    path.unwrap_or(Path::new(KERNEL_BTF))
}

/// What is left of the header where there is no kernel.
pub(super) fn stub(settings: &Settings) -> Option<PathBuf> {
    let path = folder(settings).join("stub").join("vmlinux.h");
    write(&path, super::builtin::VMLINUX.as_bytes()).ok()?;
    Some(path)
}

/// The precompiled form of `header` for files with these arguments. `None` if there can be none.
pub(super) fn precompiled(
    library: &'static Library,
    header: &Path,
    flags: &Flags,
    settings: &Settings,
) -> Option<PathBuf> {
    let metadata = header.metadata().ok()?;
    let meaning = flags.meaning();
    let changed = format!("{} {:?}", metadata.len(), metadata.modified().ok()?);
    let name = digest(&[
        library.version().as_bytes(),
        header.as_os_str().as_encoded_bytes(),
        changed.as_bytes(),
        meaning.join("\0").as_bytes(),
    ]);
    let slot = {
        let mut all = PRECOMPILED.lock().ok()?;
        Arc::clone(all.get_or_insert_default().entry(name.clone()).or_default())
    };
    let build = || {
        let path = folder(settings).join(format!("{name}.pch"));
        if path.is_file() {
            kept::touch(&path);
            return Some(path);
        }
        if !is_guarded(header) {
            return None;
        }
        // A header may include others of the project: their folders are searched as for files.
        let mut arguments = flags.arguments.clone();
        arguments.extend(["-x".to_owned(), "c-header".to_owned()]);
        let unit = Unit::parse(library, header, &arguments, &[], Wanted::Precompiled).ok()?;
        if unit.errors().iter().any(|error| error.fatal) {
            return None;
        }
        // Two runs at a time must not mix, and half a file must not be found by the next.
        let draft = folder(settings).join(format!("{name}.{}", std::process::id()));
        fs::create_dir_all(draft.parent()?).ok()?;
        (unit.save(&draft) && fs::rename(&draft, &path).is_ok()).then_some(path)
    };
    slot.get_or_init(build).clone()
}

/// Whether it may be included twice: once precompiled, and once by the file.
fn is_guarded(header: &Path) -> bool {
    let Ok(text) = fs::read(header) else {
        return false;
    };
    let head = String::from_utf8_lossy(&text[..text.len().min(64 << 10)]);
    let mut directives = head
        .lines()
        .filter(|line| line.trim_start().starts_with('#'));
    directives
        .next()
        .is_some_and(|first| first.contains("ifndef") || first.contains("pragma once"))
}

/// Where made files are kept: beside the results of earlier runs, or else among the user's own
/// cached files. Never in a folder that others can write to.
pub(super) fn folder(settings: &Settings) -> PathBuf {
    if let Some(folder) = &settings.cache_folder {
        return folder.join("c");
    }
    kept::folder()
        .unwrap_or_else(|| std::env::temp_dir().join(format!("corelint-{}", std::process::id())))
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    let draft = folder.join(format!("draft-{}", std::process::id()));
    fs::write(&draft, bytes)?;
    fs::rename(draft, path)
}
