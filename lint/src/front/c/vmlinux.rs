//! Makes `vmlinux.h` of the supported kernels where the project has none, and precompiles either.
//! The header is by far the largest part of most files, and is parsed once for all of them.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use bpf_core_catalogue::KernelSet;

use super::clang::{Library, Unit, Wanted};
use super::flags::Flags;
use super::includes::directive;
use super::{builtin, dump, stored};
use crate::digest::digest;
use crate::front::{Settings, architecture};
use crate::input::Owner;
use crate::kept;
use crate::known::{self, Choice, Known};

/// Headers of this run that were made, by what they depend on, or why there is none.
static MADE: Mutex<Option<HashMap<String, MadeSlot>>> = Mutex::new(None);

type MadeSlot = Arc<OnceLock<Result<PathBuf, String>>>;

type Slot = Arc<OnceLock<Option<PathBuf>>>;

/// Precompiled headers of this run, by what they depend on.
static PRECOMPILED: Mutex<Option<HashMap<String, Slot>>> = Mutex::new(None);

/// The header made for the supported kernels of an architecture: written once, and kept for later runs.
pub(super) fn made(
    settings: &Settings,
    owner: &Owner,
    architecture: &str,
) -> Result<PathBuf, String> {
    let why = |what: &dyn std::fmt::Display| {
        format!(
            "`vmlinux.h` is missing and cannot be made: {what}; types of the kernel are unknown, so few \
             findings are possible"
        )
    };
    let made = |known: &Known<'_>, kernels: &KernelSet, print: &str| {
        let of_architecture = kernels.iter().filter(|at| {
            let kernel = &known.kernels()[*at];
            kernel.architecture == architecture::in_debian(architecture)
        });
        let mut chosen: KernelSet = of_architecture.collect();
        if chosen.is_empty() {
            chosen = kernels.clone();
        }
        // A header that was made by another text of the modules is another.
        let name = digest(&[
            include_bytes!("dump.rs"),
            include_bytes!("members.rs"),
            print.as_bytes(),
            format!("{chosen:?}").as_bytes(),
        ]);
        let slot = {
            let mut all = MADE.lock().map_err(|_| why(&"another one failed"))?;
            Arc::clone(all.get_or_insert_default().entry(name.clone()).or_default())
        };
        let make = || {
            let header = stored::folder(settings).join(format!("vmlinux-{name}"));
            let header = header.join("vmlinux.h");
            if !header.is_file() {
                let text = dump::header(known, &chosen).map_err(|error| why(&error))?;
                builtin::write_once(&header, &text).map_err(|error| why(&error))?;
            }
            Ok(header)
        };
        slot.get_or_init(make).clone()
    };
    if let Some(path) = &settings.kernel_btf {
        let own = known::of_btf(path).map_err(|error| why(&format_args!("{error:#}")))?;
        return made(&own, &KernelSet::first(own.kernels().len()), own.print());
    }
    let known = settings
        .known
        .as_ref()
        .ok_or_else(|| why(&"no kernels are known"))?;
    let choice = Choice::new(known, &settings.asked, owner).map_err(|error| why(&error))?;
    made(known, &choice.kernels, known.print())
}

/// What is left of the header where there is no kernel.
pub(super) fn stub(settings: &Settings) -> Option<PathBuf> {
    let path = stored::folder(settings).join("stub").join("vmlinux.h");
    builtin::write_once(&path, builtin::VMLINUX).ok()?;
    Some(path)
}

/// The folder that makes `#include "name"` find the header that was made.
pub(super) fn named(made: &Path, name: &str, settings: &Settings) -> Option<PathBuf> {
    if name == "vmlinux.h" {
        return made.parent().map(Path::to_owned);
    }
    // The header is included by its own name, once for all names.
    let top = stored::folder(settings).join("named").join(digest(&[
        made.as_os_str().as_encoded_bytes(),
        name.as_bytes(),
    ]));
    let folder = (0..4).fold(top, |folder, _| folder.join("in"));
    let path = stored::inside(&folder, name)?;
    fs::create_dir_all(&folder).ok()?;
    builtin::write_once(&path, &format!("#include \"{}\"\n", made.display())).ok()?;
    Some(folder)
}

/// Which of the names that a file defines in front of the header it asks for.
pub(super) fn asked(header: &Path, defined: &[String]) -> Vec<String> {
    let head = head(header).unwrap_or_default();
    let directives = head
        .lines()
        .filter(|line| line.trim_start().starts_with('#'));
    let words: Vec<&str> = directives.flat_map(str::split_whitespace).collect();
    let asked = defined.iter().filter(|name| words.contains(&name.as_str()));
    asked.cloned().collect()
}

/// The start of a header, where it asks for what is set.
fn head(header: &Path) -> Option<String> {
    let text = fs::read(header).ok()?;
    Some(String::from_utf8_lossy(&text[..text.len().min(64 << 10)]).into_owned())
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
        let path = stored::folder(settings).join(format!("{name}.pch"));
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
        let draft = stored::folder(settings).join(format!("{name}.{}", std::process::id()));
        fs::create_dir_all(draft.parent()?).ok()?;
        (unit.save(&draft) && fs::rename(&draft, &path).is_ok()).then_some(path)
    };
    slot.get_or_init(build).clone()
}

/// Whether it may be included twice: once precompiled, and once by the file. One that only chooses among others may, if
/// they may.
fn is_guarded(header: &Path) -> bool {
    let head = head(header).unwrap_or_default();
    if begins_guarded(&head) {
        return true;
    }
    let is_code = |line: &str| !line.is_empty() && !line.starts_with(['#', '/', '*']);
    if head.lines().any(|line| is_code(line.trim())) {
        return false;
    }
    let folder = header.parent().unwrap_or(Path::new(""));
    let directives = head.lines().filter_map(directive);
    let others = directives.filter(|(name, _)| *name == "include");
    let mut heads = others.map(|(_, name)| self::head(&folder.join(name.trim_matches('"'))));
    heads.all(|head| head.is_some_and(|head| begins_guarded(&head)))
}

fn begins_guarded(head: &str) -> bool {
    let first = head.lines().find_map(directive);
    matches!(first, Some(("ifndef", _) | ("pragma", "once")))
}

#[cfg(test)]
mod tests {
    use super::is_guarded;
    use std::fs;

    #[test]
    fn knows_guards() {
        let folder = tempfile::tempdir().expect("a folder");
        let guarded = "#ifndef A_H\n#define A_H\nstruct a;\n#endif\n";
        for (name, text, expected) in [
            ("a.h", guarded, true),
            ("once.h", "// a\n#pragma once\nstruct a;\n", true),
            (
                "choice.h",
                "/*\n * a\n */\n#if A\n#include \"a.h\"\n#else\n#include \"once.h\"\n#endif\n",
                true,
            ),
            ("plain.h", "struct a { int b; };\n", false),
            ("of_plain.h", "#if A\n#include \"plain.h\"\n#endif\n", false),
            ("of_nothing.h", "#include \"nothing.h\"\n", false),
            ("code.h", "#include \"a.h\"\nstruct b { int c; };\n", false),
        ] {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("a header");
            assert_eq!(is_guarded(&path), expected, "{name}");
        }
    }
}
