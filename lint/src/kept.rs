//! Where files are kept for later runs if a project has no target folder of Cargo's: among the user's
//! own cached files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What nobody has used for so long is removed.
const AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The folder for all projects. `None` if the environment names none.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let home = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cache")));
    let home = home.filter(|home| home.is_absolute())?;
    Some(home.join("corelint"))
}

/// Says that a file was used.
pub fn touch(path: &Path) {
    let file = fs::File::options().append(true).open(path);
    // At worst it is made again one day.
    let _ = file.and_then(|file| file.set_modified(SystemTime::now()));
}

/// Removes what nobody has used for a month, and folders that are empty then.
pub fn prune(folder: &Path) {
    let is_old = |path: &Path| {
        let changed = path.metadata().and_then(|metadata| metadata.modified());
        changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age > AGE))
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        // What cannot be removed today is tried again by the next run.
        let _ = match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                prune(&path);
                fs::remove_dir(&path)
            }
            Ok(_) if is_old(&path) => fs::remove_file(&path),
            _ => Ok(()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_what_is_old() {
        let folder = tempfile::tempdir().expect("a folder");
        let (old, new) = (folder.path().join("a/old"), folder.path().join("b/new"));
        for path in [&old, &new] {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, "").expect("a file");
        }
        let before = SystemTime::now() - AGE - Duration::from_secs(60);
        let file = fs::File::options().append(true).open(&old).expect("a file");
        file.set_modified(before).expect("its time");
        prune(folder.path());
        assert!(!old.exists() && !folder.path().join("a").exists());
        assert!(new.exists());

        let file = fs::File::options().append(true).open(&new).expect("a file");
        file.set_modified(before).expect("its time");
        touch(&new);
        prune(folder.path());
        assert!(new.exists());
    }
}
