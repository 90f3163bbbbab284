//! Where files are kept for later runs if a project has no target folder of Cargo's: among the user's
//! own cached files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What nobody has used for so long is removed.
const AGE: Duration = Duration::from_secs(30 * DAY.as_secs());

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Written when old files were looked for.
const STAMP: &str = "pruned";

/// The folder for all projects. `None` if the environment names none.
#[must_use]
pub(crate) fn folder() -> Option<PathBuf> {
    let home = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cache")));
    let home = home.filter(|home| home.is_absolute())?;
    Some(home.join("corelint"))
}

/// Says that a file was used.
pub(crate) fn touch(path: &Path) {
    let file = fs::File::options().append(true).open(path);
    // At worst it is made again one day.
    let _ = file.and_then(|file| file.set_modified(SystemTime::now()));
}

/// Removes what nobody has used for a month. Looks for it once a day: with many projects, that takes longer
/// than a run.
pub(crate) fn prune(folder: &Path) {
    let stamp = folder.join(STAMP);
    if age(&stamp).is_some_and(|age| age < DAY) {
        return;
    }
    remove_old(folder);
    // There is no folder if nothing was ever kept.
    let _ = fs::write(stamp, "");
}

/// Removes old files, and folders that are empty then.
fn remove_old(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        // What cannot be removed today is tried again by a later run.
        let _ = match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                remove_old(&path);
                fs::remove_dir(&path)
            }
            Ok(_) if age(&path).is_some_and(|age| age > AGE) => fs::remove_file(&path),
            _ => Ok(()),
        };
    }
}

/// How long ago a file was written.
fn age(path: &Path) -> Option<Duration> {
    path.metadata().ok()?.modified().ok()?.elapsed().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_age(path: &Path, age: Duration) {
        let file = fs::File::options().append(true).open(path).expect("a file");
        let time = SystemTime::now() - age;
        file.set_modified(time).expect("its time");
    }

    #[test]
    fn removes_what_is_old_once_a_day() {
        const OLD: Duration = Duration::from_secs(AGE.as_secs() + 60);
        let folder = tempfile::tempdir().expect("a folder");
        let (old, new) = (folder.path().join("a/old"), folder.path().join("b/new"));
        for path in [&old, &new] {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, "").expect("a file");
        }
        set_age(&old, OLD);
        prune(folder.path());
        assert!(!old.exists() && !folder.path().join("a").exists());
        assert!(new.exists());

        set_age(&new, OLD);
        prune(folder.path());
        assert!(new.exists(), "the next look is tomorrow");
        let stamp = folder.path().join(STAMP);
        set_age(&stamp, DAY + Duration::from_secs(60));
        touch(&new);
        prune(folder.path());
        assert!(new.exists(), "it was used");
        set_age(&new, OLD);
        set_age(&stamp, DAY + Duration::from_secs(60));
        prune(folder.path());
        assert!(!new.exists());
    }
}
