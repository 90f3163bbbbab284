//! Finds places in the source files that a compiled program names.

use std::collections::HashMap;
use std::fs;
use std::iter;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::lex::Dialect;
use super::{Reading, suppression};
use crate::span::Span;

/// Longer files are not looked into.
const LONGEST: u64 = 8 << 20;

/// A place in a source file, as debug info has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// The path of the file.
    pub(super) file: &'a str,
    /// From 1.
    pub(super) line: u32,
    /// From 1, or 0 if it is not known.
    pub(super) column: u32,
    /// The text of the line, if debug info has it.
    pub(super) text: &'a str,
}

/// Source files of a compiled program.
#[derive(Debug)]
pub(super) struct Sources {
    /// The compiled program.
    program: PathBuf,
    /// When the program was compiled.
    made: Option<SystemTime>,
    files: HashMap<String, Option<File>>,
}

/// A source file.
#[derive(Debug)]
struct File {
    path: Arc<str>,
    text: String,
    /// Where each line begins.
    lines: Vec<usize>,
    changed: Option<SystemTime>,
    /// Whether debug info has this path. Else another file may have the name, and the text of a line tells.
    is_named: bool,
}

impl File {
    fn new(path: Arc<str>, text: String, changed: Option<SystemTime>) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            path,
            lines: iter::once(0).chain(ends).collect(),
            text,
            changed,
            is_named: true,
        }
    }
}

impl Sources {
    /// Those of the program in a file.
    pub(super) fn of(program: &Path) -> Self {
        Self {
            program: program.to_owned(),
            made: changed(program),
            files: HashMap::new(),
        }
    }

    /// A place to point at: a range of the file if it is at hand and unchanged, else the line as
    /// debug info has it.
    pub(super) fn span(&mut self, place: Place<'_>) -> Span {
        if !self.files.contains_key(place.file) {
            let file = self.find(place.file);
            self.files.insert(place.file.to_owned(), file);
        }
        if let Some(Some(file)) = self.files.get(place.file)
            && let Some(range) = locate(file, place, file.is_named && file.changed <= self.made)
        {
            return Span::new(&file.path, range);
        }
        let shown = match place.text.trim() {
            "" => "(the source is not at hand)",
            text => text,
        };
        Span::rendered(&place.file.into(), Some(place.line), shown)
    }

    /// Finds the file that debug info names. Another machine may have compiled the program, or another folder: then
    /// the end of the path is looked for in the folders around the program.
    fn find(&self, recorded: &str) -> Option<File> {
        let recorded = Path::new(recorded);
        if recorded.is_absolute()
            && let Some(file) = read(recorded)
        {
            return Some(file);
        }
        let names = recorded.components().filter_map(|part| match part {
            Component::Normal(name) => Some(name),
            _ => None,
        });
        let names: Vec<_> = names.collect();
        for folder in around(&self.program) {
            for first in 0..names.len() {
                let path = folder.join(names[first..].iter().collect::<PathBuf>());
                if let Some(file) = read(&path) {
                    return Some(File {
                        is_named: false,
                        ..file
                    });
                }
            }
        }
        None
    }

    /// Adds the comments of the sources, and the sources themselves, to what was read.
    pub(super) fn tell(&self, reading: &mut Reading) {
        for File { path, text, .. } in self.files.values().flatten() {
            let dialect = if path.ends_with(".rs") {
                Dialect::Rust
            } else {
                Dialect::C
            };
            let comments = suppression::of_text(path, text, dialect);
            reading.suppressions.extend(comments);
            reading.read.push(path.as_ref().into());
        }
        reading.read.sort();
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

fn read(path: &Path) -> Option<File> {
    let metadata = fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > LONGEST {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    let name = path.to_string_lossy().as_ref().into();
    Some(File::new(name, text, metadata.modified().ok()))
}

/// The folders around a program, up to that of its repository.
fn around(program: &Path) -> impl Iterator<Item = &Path> {
    let mut is_inside = true;
    program.ancestors().skip(1).take_while(move |folder| {
        let before = is_inside;
        is_inside &= !folder.join(".git").exists();
        before
    })
}

/// The code that a record means, if the file is still the one that was compiled. A record without
/// text says so only by the file's age.
fn locate(file: &File, place: Place<'_>, old_enough: bool) -> Option<Range<usize>> {
    let index = usize::try_from(place.line.checked_sub(1)?).ok()?;
    let start = *file.lines.get(index)?;
    let end = file.lines.get(index + 1).copied();
    let found = &file.text[start..end.unwrap_or(file.text.len())];
    let same = match place.text.trim() {
        "" => old_enough,
        recorded => recorded == found.trim(),
    };
    if !same || found.trim().is_empty() {
        return None;
    }
    let column = (place.column as usize).saturating_sub(1);
    let indent = found.len() - found.trim_start().len();
    let skipped = match found.get(column..) {
        Some(rest) if column > indent && !rest.trim().is_empty() => column,
        _ => indent,
    };
    let rest = &found[skipped..];
    // A statement's end, so that a comment behind it is not part of it.
    let len = rest.find(';').unwrap_or_else(|| rest.trim_end().len());
    Some(start + skipped..start + skipped + len.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "int f()\n{\n\treturn read(p + 8); // why\n}\n";

    fn line(text: &str, column: u32) -> Place<'_> {
        Place {
            file: "f.c",
            text,
            line: 3,
            column,
        }
    }

    #[test]
    fn a_source_is_found_by_the_end_of_its_path() {
        let folder = tempfile::tempdir().expect("a folder");
        let top = folder.path();
        for name in [".git", "pkg/dataplane", "bpf/tc"] {
            fs::create_dir_all(top.join(name)).expect("a folder");
        }
        let source = top.join("bpf/tc/main.c");
        fs::write(&source, TEXT).expect("a file");
        let found = |file: &str, text: &str| {
            let program = top.join("pkg/dataplane/main_bpfel.o");
            let span = Sources::of(&program).span(Place {
                file,
                ..line(text, 0)
            });
            matches!(&span.source, crate::span::Source::File(path) if Path::new(&**path) == source)
        };
        let same = "\treturn read(p + 8); // why";
        assert!(found("../../bpf/tc/main.c", same));
        assert!(found("/src/project/bpf/tc/main.c", same));
        assert!(!found("bpf/main.c", same), "no such end");
        assert!(
            !found("../../bpf/tc/main.c", "return 0;"),
            "another file by now"
        );
        assert!(!found("../../bpf/tc/main.c", ""), "perhaps another one");
    }

    #[test]
    fn statement_without_comment() {
        let file = File::new("f.c".into(), TEXT.to_owned(), None);
        let shown = |line| locate(&file, line, false).map(|range| &TEXT[range]);
        let same = "\treturn read(p + 8); // why";
        assert_eq!(shown(line(same, 0)), Some("return read(p + 8)"));
        assert_eq!(shown(line(same, 14)), Some("p + 8)"));
        assert_eq!(shown(line("return 0;", 0)), None, "another file by now");
        assert_eq!(shown(line("", 0)), None, "perhaps another one");
        assert!(locate(&file, line("", 0), true).is_some());
    }
}
