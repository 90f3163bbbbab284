//! Lists the files below a folder.

use std::fs;
use std::path::{Path, PathBuf};

/// The files below `folder` that `wanted` takes, sorted. Folders of build results, of version
/// control and those that are links are not entered: a link may lead back.
#[must_use]
pub fn files(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        // A folder that vanishes or is closed to us is none of ours.
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if !wanted(&path) {
                continue;
            }
            if kind.is_dir() {
                if !is_skipped(&path) {
                    folders.push(path);
                }
            } else if kind.is_file() || path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn is_skipped(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    // `.cargo` has settings that rules read.
    (name.starts_with('.') && name != ".cargo")
        || name == "node_modules"
        || (name == "target" && is_build_folder(folder))
}

fn is_build_folder(folder: &Path) -> bool {
    ["CACHEDIR.TAG", "corelint", "debug"]
        .iter()
        .any(|name| folder.join(name).exists())
}
