//! Writes headers that stand in for those that nobody has, by their names: what is made at build time, and
//! what is of another project.

use std::fs;
use std::path::PathBuf;

use super::includes::system_folders;
use super::project::Project;
use super::{builtin, stored};
use crate::digest::digest;
use crate::front::Settings;

/// Folders above the search's own: `../../x.h` is to stay inside.
const DEPTH: usize = 6;

/// Writes stand-ins, and gives the folder to search for them.
pub(super) fn write(names: &[String], project: &Project, settings: &Settings) -> Option<PathBuf> {
    let project_name = digest(&[project.root.as_os_str().as_encoded_bytes()]);
    let top = stored::folder(settings).join("missing").join(project_name);
    let folder = (0..DEPTH).fold(top.clone(), |folder, _| folder.join("in"));
    fs::create_dir_all(&folder).ok()?;
    for name in names {
        let path = stored::inside(&folder, name).filter(|path| path.starts_with(&top))?;
        let text = match project.template(name).map(fs::read_to_string) {
            Some(Ok(template)) => configured(&template),
            _ => same_elsewhere(name).unwrap_or_default(),
        };
        builtin::write_once(&path, &text).ok()?;
    }
    Some(folder)
}

/// What stands for a header of the kernel's sources or of libbpf, or for a copy of it in another project:
/// `uapi/linux/bpf.h` and `compat/linux/bpf.h` are the system's `linux/bpf.h`.
fn same_elsewhere(name: &str) -> Option<String> {
    if let Some(libbpfs) = builtin::libbpfs(name) {
        return Some(format!("#include <{libbpfs}>\n"));
    }
    let mut rest = name;
    while let Some((_, short)) = rest.split_once('/') {
        let is_kernels = short.starts_with("linux/") || short.starts_with("asm");
        if is_kernels
            && system_folders()
                .iter()
                .any(|system| system.join(short).is_file())
        {
            return Some(format!("#include <{short}>\n"));
        }
        rest = short;
    }
    None
}

/// The name in words, for whoever wonders where it is.
pub(super) fn told(name: &str, project: &Project) -> String {
    match project.template(name) {
        Some(_) => format!("`{name}` is missing (made by the build from `{name}.in`)"),
        None => format!("`{name}` is missing"),
    }
}

/// What CMake's `configure_file` and autoconf make of a template, where nothing is set.
fn configured(template: &str) -> String {
    let mut out = String::new();
    for line in template.lines() {
        if line.trim_start().starts_with("#cmakedefine") || line.trim_start().starts_with("#undef")
        {
            continue;
        }
        let mut rest = line;
        while let Some((before, name, after)) = variable(rest) {
            out.push_str(before);
            if !name.is_empty() {
                out.push('0');
            }
            rest = after;
        }
        out.push_str(rest);
        out.push('\n');
    }
    out
}

/// `a @NAME@ b` and `a ${NAME} b`, in three.
fn variable(text: &str) -> Option<(&str, &str, &str)> {
    let (at, open, close) = match (text.find('@'), text.find("${")) {
        (Some(at), Some(other)) if other < at => (other, 2, '}'),
        (Some(at), _) => (at, 1, '@'),
        (None, Some(at)) => (at, 2, '}'),
        (None, None) => return None,
    };
    let behind = &text[at + open..];
    let end = behind.find(close)?;
    Some((&text[..at], &behind[..end], &behind[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configures() {
        let template =
            "#define A \"@VERSION@\"\n#cmakedefine B\n#define C ${MAJOR}.1\n#define D x@y\n";
        let expected = "#define A \"0\"\n#define C 0.1\n#define D x@y\n";
        assert_eq!(configured(template), expected);
    }
}
