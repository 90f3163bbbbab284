//! Parses a file with its headers: the project's, those that are made, and stand-ins for what is missing.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::clang::{self, Diagnostic, Unit, Wanted};
use super::conditions::Macros;
use super::flags::Flags;
use super::includes::{self, Includes, Search, Vmlinux};
use super::lower::is_of_kernel;
use super::{File, builtin, choices, clashes, declared, standins, stored, vmlinux};
use crate::digest::digest;
use crate::front::{InPart, Reading};
use crate::span::Span;

/// How often a file is parsed anew because the compiler misses one more header.
const ROUNDS: usize = 4;

/// Parses a file, and notes what of it is not understood.
pub(super) fn whole(file: &File<'_>, reading: &mut Reading) -> Result<(Unit, Includes), String> {
    let of =
        |build: &[String]| Flags::of(file.path, file.project, build, &file.settings.clang_args);
    let said = file.project.said(file.path);
    let mut flags = of(&said.arguments);
    reading.read.extend(said.by);
    let mut includes = includes(file, &flags);
    let mut best = match rounds(file, &flags, &mut includes, reading) {
        // They may be for another compiler.
        Err(_) if !said.arguments.is_empty() => {
            flags = of(&[]);
            includes = self::includes(file, &flags);
            rounds(file, &flags, &mut includes, reading)?
        }
        parsed => parsed?,
    };
    // A build file may be for other sources, or for a system with the kernel's own headers.
    let plain = (!said.arguments.is_empty()).then(|| of(&[]));
    let machine = includes.asks_for_machine.then(|| flags.for_machine());
    for other in [plain, machine].into_iter().flatten() {
        if best.1.is_empty() {
            break;
        }
        let mut met = self::includes(file, &other);
        let parsed = rounds(file, &other, &mut met, reading)?;
        if parsed.1.len() < best.1.len() {
            (best, includes, flags) = (parsed, met, other);
        }
    }
    let is_made = matches!(includes.vmlinux, None | Some(Vmlinux::Missing(_)));
    if !best.1.is_empty() && !is_made {
        // The project's header may be of other kernels than the file: ours has more.
        let name = match &includes.vmlinux {
            Some(Vmlinux::Installed { name, .. }) => name,
            _ => "vmlinux.h",
        };
        let ours = Vmlinux::Missing(name.to_owned());
        let own = includes.vmlinux.replace(ours);
        let other = rounds(file, &flags, &mut includes, reading)?;
        if other.1.len() < best.1.len() {
            best = other;
        }
        includes.vmlinux = own;
    }
    let headers = [&[file.path.to_owned()], &includes.read[..]].concat();
    for chosen in choices::missing(&best.1, &headers) {
        if best.1.is_empty() {
            break;
        }
        let mut other = flags.clone();
        let defines = chosen.iter().map(|name| format!("-D{name}=1"));
        other.arguments.extend(defines);
        let mut met = self::includes(file, &other);
        let parsed = rounds(file, &other, &mut met, reading)?;
        if parsed.1.len() < best.1.len() {
            (best, includes, flags) = (parsed, met, other);
        }
    }
    if let Some(flags) = with_declared(file, &best.1, &includes, flags.clone()) {
        let other = rounds(file, &flags, &mut includes, reading)?;
        if other.1.len() < best.1.len() {
            best = other;
        }
    }
    if let Some(Vmlinux::Missing(_)) = includes.vmlinux {
        best = renaming(file, &flags, &mut includes, best, reading)?;
    }
    let (unit, errors) = best;
    note(file, &errors, &includes.missing, reading);
    Ok((unit, includes))
}

/// Parses a file anew with other names for what the project declares and a supported kernel has for something else,
/// where that leaves fewer errors.
fn renaming(
    file: &File<'_>,
    flags: &Flags,
    includes: &mut Includes,
    mut best: (Unit, Vec<Diagnostic>),
    reading: &mut Reading,
) -> Result<(Unit, Vec<Diagnostic>), String> {
    for _ in 1..ROUNDS {
        let before = includes.renamed.clone();
        includes
            .renamed
            .extend(clashes::names(&best.1, file.text, &includes.read));
        if includes.renamed == before {
            break;
        }
        let other = rounds(file, flags, includes, reading)?;
        if other.1.len() >= best.1.len() {
            includes.renamed = before;
            break;
        }
        best = other;
    }
    Ok(best)
}

/// The arguments with a header that declares what these errors miss.
fn with_declared(
    file: &File<'_>,
    errors: &[Diagnostic],
    includes: &Includes,
    mut flags: Flags,
) -> Option<Flags> {
    let text = declared::missing(errors, includes.missing.is_empty())?;
    let folder = stored::folder(file.settings).join("declared");
    let header = folder.join(format!("{}.h", digest(&[text.as_bytes()])));
    builtin::write_once(&header, &text).ok()?;
    flags.arguments.push("-include".to_owned());
    flags.arguments.push(header.to_string_lossy().into_owned());
    Some(flags)
}

fn includes(file: &File<'_>, flags: &Flags) -> Includes {
    let search = Search {
        project: file.project,
        folders: &flags.folders(),
        architecture: flags.architecture(),
    };
    Includes::of(file.path, file.text, &search, &Macros::of(&flags.arguments))
}

/// Parses a file until no more headers are missing.
fn rounds(
    file: &File<'_>,
    flags: &Flags,
    includes: &mut Includes,
    reading: &mut Reading,
) -> Result<(Unit, Vec<Diagnostic>), String> {
    for _ in 1..ROUNDS {
        let (unit, errors) = once(file, flags.clone(), includes, reading)?;
        let names = errors.iter().filter_map(|error| {
            let name = error.text.strip_suffix("' file not found")?;
            Some(name.strip_prefix('\'')?.to_owned())
        });
        let names: HashSet<String> = names.collect();
        let new = names.iter().filter(|name| includes.lack(name));
        if new.count() == 0 {
            return Ok((unit, errors));
        }
    }
    once(file, flags.clone(), includes, reading)
}

fn once(
    file: &File<'_>,
    mut flags: Flags,
    includes: &Includes,
    reading: &mut Reading,
) -> Result<(Unit, Vec<Diagnostic>), String> {
    headers(file, includes, &mut flags, reading);
    let precompiled = header(file, includes, &mut flags, reading);
    let parse = |precompiled: Option<&Path>| {
        let mut arguments = flags.arguments.clone();
        if let Some(header) = precompiled {
            arguments.push("-include-pch".to_owned());
            arguments.push(header.to_string_lossy().into_owned());
            if let Some(names) = clashes::header(&includes.renamed, file.settings) {
                arguments.push("-include".to_owned());
                arguments.push(names.to_string_lossy().into_owned());
            }
        }
        arguments.extend(["-x".to_owned(), "c".to_owned()]);
        Unit::parse(file.library, file.path, &arguments, &[], Wanted::Tree)
    };
    let unit = match parse(precompiled.as_deref()) {
        // A precompiled header that does not fit is no reason to give up.
        Err(clang::ParseError::Failed) if precompiled.is_some() => parse(None),
        other => other,
    };
    let unit = unit.map_err(|error| match error {
        clang::ParseError::Crashed => "libclang crashed on it",
        clang::ParseError::Failed => "libclang does not take it: its arguments may be wrong",
    })?;
    let mut errors = unit.errors();
    errors.retain(|error| !is_understood(error));
    Ok((unit, errors))
}

/// Whether what an error is about is understood all the same: a project declares what a stand-in declares too, or
/// gives a function a pointer to another address space.
fn is_understood(error: &Diagnostic) -> bool {
    let starts = [
        "redefinition of ",
        "typedef redefinition ",
        "conflicting types for ",
        "static declaration of ",
    ];
    starts.iter().any(|start| error.text.starts_with(start)) && !clashes::is_clash(error)
        || error.text.ends_with(" changes address space of pointer")
}

/// Adds the folders that a file's search lacks, in this order: the project's, libbpf's, the host's as a
/// program for the kernel sees it, and stand-ins.
fn headers(file: &File<'_>, includes: &Includes, flags: &mut Flags, reading: &mut Reading) {
    // Not as a system's: the compiler leaves out errors in the headers of those.
    for folder in &includes.folders {
        flags.arguments.push(format!("-I{}", folder.display()));
    }
    let mut ours = Vec::new();
    let made = stored::folder(file.settings);
    let system = includes::system_folders();
    let is_newer = system.iter().any(|folder| builtin::is_newer(folder));
    if includes.lacks_libbpf && !is_newer {
        let folder = made.join("libbpf");
        match builtin::write(&folder) {
            Ok(()) => ours.push(folder),
            Err(error) => {
                let why = format!("stand-ins for libbpf's headers cannot be written: {error}");
                reading.notes.push(why);
            }
        }
    }
    let view = made.join("system");
    if builtin::write_view(&view).is_ok() {
        ours.push(view);
    }
    ours.extend(system.into_iter().filter(|folder| folder.is_dir()));
    ours.extend(standins::write(
        &includes.missing,
        file.project,
        file.settings,
    ));
    ours.iter().for_each(|folder| flags.search(folder));
}

/// The precompiled `vmlinux.h` of a file, if it includes one.
fn header(
    file: &File<'_>,
    includes: &Includes,
    flags: &mut Flags,
    reading: &mut Reading,
) -> Option<PathBuf> {
    let settings = file.settings;
    let made;
    let header = match includes.vmlinux.as_ref()? {
        Vmlinux::File(path) => path.as_path(),
        Vmlinux::Installed { file, name } => {
            flags.search(&vmlinux::named(file, name, settings)?);
            file
        }
        Vmlinux::Missing(name) => {
            made = match vmlinux::made(settings, file.owner, flags.architecture()) {
                Ok(path) => {
                    reading.read.extend(settings.kernel_btf.clone());
                    path
                }
                Err(why) => {
                    reading.notes.push(why);
                    reading.is_passing = true;
                    vmlinux::stub(settings)?
                }
            };
            let folder = vmlinux::named(&made, name, settings)?;
            flags.search(&folder);
            &made
        }
    };
    for name in vmlinux::asked(header, &includes.defined) {
        flags.arguments.push(format!("-D{name}="));
    }
    vmlinux::precompiled(file.library, header, flags, settings)
}

/// Whether an error is about a call of a helper or kfunc that nobody declares: the call is there all the same.
fn is_of_call(error: &Diagnostic) -> bool {
    let name = error.text.strip_prefix("call to undeclared function '");
    let name = name.and_then(|rest| rest.split('\'').next());
    name.is_some_and(is_of_kernel)
}

/// What could not be understood is told: findings may be missing.
fn note(file: &File<'_>, errors: &[Diagnostic], missing: &[String], reading: &mut Reading) {
    let Some(first) = errors.iter().find(|error| !is_of_call(error)) else {
        return;
    };
    let (path, at) = match &first.at {
        Some((path, at)) => (path.as_str().into(), *at),
        None => (Arc::from(file.path.to_string_lossy()), 0),
    };
    let missing = missing
        .first()
        .map(|name| standins::told(name, file.project));
    // A header that is made later is no file that was read.
    reading.is_passing |= missing.is_some();
    reading.in_part = Some(InPart {
        file: file.path.to_string_lossy().into(),
        at: Span::new(&path, at..at),
        why: first.text.clone(),
        errors: errors.len(),
        missing,
    });
}
