//! Where headers that are made for a run are kept.

use std::path::{Component, Path, PathBuf};

use crate::front::Settings;
use crate::kept;

/// Where made files are kept: among the user's own cached files, or else beside the results of earlier runs.
/// Never in a folder that others can write to.
pub(super) fn folder(settings: &Settings) -> PathBuf {
    let users = kept::folder().or_else(|| settings.cache_folder.clone());
    match users {
        Some(folder) => folder.join("c"),
        None => std::env::temp_dir().join(format!("corelint-{}", std::process::id())),
    }
}

/// `folder/name`, without `.` and `..`.
pub(super) fn inside(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut path = folder.to_owned();
    for part in Path::new(name).components() {
        match part {
            Component::Normal(part) => path.push(part),
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::inside;

    #[test]
    fn stays_inside() {
        let folder = Path::new("/a/b");
        assert_eq!(inside(folder, "../x.h"), Some("/a/x.h".into()));
        assert_eq!(inside(folder, "./c/x.h"), Some("/a/b/c/x.h".into()));
        assert_eq!(inside(folder, "/etc/x.h"), None);
    }
}
