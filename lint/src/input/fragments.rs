//! Finds C files that others include: they are read there, and are no programs alone.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders around a file that a path of its directives may begin at.
const DEPTH: usize = 8;

/// Those of `files` that another one of them includes.
#[must_use]
pub(super) fn included(files: &[PathBuf]) -> HashSet<PathBuf> {
    let mut included = HashSet::new();
    for file in files {
        let folder = file.parent().unwrap_or(Path::new(""));
        let text = fs::read(file).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        for name in text.lines().filter_map(source) {
            // A path may begin at any folder around: `-I.` of the build.
            let paths = folder.ancestors().map(|folder| folder.join(name));
            let path = paths.take(DEPTH).find_map(|path| path.canonicalize().ok());
            included.extend(path.filter(|path| path != file));
        }
    }
    included
}

/// The C file that a directive includes.
fn source(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix('#')?.trim_start();
    let rest = rest.strip_prefix("include")?.trim_start();
    let name = rest.strip_prefix('"')?.split('"').next()?;
    name.ends_with(".c").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_included() {
        let folder = tempfile::tempdir().expect("a folder");
        let top = folder.path().canonicalize().expect("a path");
        fs::create_dir(top.join("in")).expect("a folder");
        let paths: Vec<PathBuf> = ["a.bpf.c", "in/b.bpf.c", "c.bpf.c", "in/d.bpf.c"]
            .map(|name| top.join(name))
            .into();
        fs::write(&paths[0], "#include \"in/b.bpf.c\"\n  # include \"c.h\"\n").expect("a file");
        fs::write(&paths[1], "// #include \"../c.bpf.c\"\n").expect("a file");
        fs::write(&paths[2], "#include \"c.bpf.c\"\n").expect("a file");
        fs::write(&paths[3], "#include \"in/b.bpf.c\"\n").expect("a file");
        assert_eq!(included(&paths[1..]), HashSet::from([paths[1].clone()]));
        assert_eq!(included(&paths[..3]), HashSet::from([paths[1].clone()]));
    }
}
