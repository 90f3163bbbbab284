//! Names that mean one thing in a project and another in some supported kernel. The `vmlinux.h` that the linter makes has
//! the types of all these kernels and of their modules.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::clang::Diagnostic;
use super::{builtin, stored};
use crate::digest::digest;
use crate::front::Settings;

/// What the names begin with instead.
const OWN: &str = "corelint_own_";

/// Whether an error says that a name is two things.
pub(super) fn is_clash(error: &Diagnostic) -> bool {
    error.text.ends_with("as different kind of symbol")
}

/// The names that errors are about, of those that the project declares.
pub(super) fn names(errors: &[Diagnostic], text: &str, headers: &[PathBuf]) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut records: BTreeSet<&str> = BTreeSet::new();
    for error in errors {
        let text = error.text.as_str();
        match name(text) {
            Some(name) if text.starts_with("no member named ") => drop(records.insert(name)),
            Some(name) => drop(names.insert(name.to_owned())),
            None => {}
        }
    }
    if !records.is_empty() {
        let read = |path: &PathBuf| fs::read_to_string(path).unwrap_or_default();
        let mut texts: Vec<String> = headers.iter().map(read).collect();
        texts.push(text.to_owned());
        let own = records
            .into_iter()
            .filter(|name| texts.iter().any(|text| declares(text, name)));
        names.extend(own.map(str::to_owned));
    }
    names
}

/// The name that an error is about.
fn name(text: &str) -> Option<&str> {
    let first = text.split('\'').nth(1)?;
    if text.starts_with("no member named ") {
        let of = text.split_once("' in '")?.1;
        return of.strip_suffix('\'')?.strip_prefix("struct ");
    }
    let is_other = text.starts_with("unexpected type name ")
        || text.contains(" with tag type that does not match ")
        || text.ends_with("as different kind of symbol");
    is_other.then_some(first)
}

/// Whether a text has the members of a struct.
fn declares(text: &str, name: &str) -> bool {
    let start = format!("struct {name}");
    let mut places = text.match_indices(&start);
    places.any(|(at, _)| text[at + start.len()..].trim_start().starts_with('{'))
}

/// A header that gives the project's things other names, for behind the kernel's types. `None` without names.
pub(super) fn header(names: &BTreeSet<String>, settings: &Settings) -> Option<PathBuf> {
    if names.is_empty() {
        return None;
    }
    let lines = names
        .iter()
        .map(|name| format!("#define {name} {OWN}{name}\n"));
    let text: String = lines.collect();
    let file = format!("{}.h", digest(&[text.as_bytes()]));
    let path = stored::folder(settings)
        .join("renamed")
        .join(Path::new(&file));
    builtin::write_once(&path, &text).ok()?;
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_what_is_two_things() {
        let error = |text: &str| Diagnostic {
            text: text.to_owned(),
            at: None,
            fatal: false,
        };
        let errors = [
            error("no member named 'timestamp_ns' in 'struct event_header'"),
            error("no member named 'state' in 'struct task_struct'"),
            error("unexpected type name 'config': expected expression"),
            error("use of 'page_key' with tag type that does not match previous declaration"),
            error("redefinition of 'events' as different kind of symbol"),
            error("use of undeclared identifier 'size_t'"),
        ];
        let text = "struct event_header\n{\n\t__u64 timestamp_ns;\n};\nstruct task_struct *task;\n";
        let found = names(&errors, text, &[]);
        let expected = ["config", "event_header", "events", "page_key"];
        assert_eq!(found, expected.map(str::to_owned).into());
    }
}
