//! Packs folders such that the same files give the same bytes.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use setup::process::{ask, run};
use setup::workspace;

/// The time of all files of a release, in seconds since 1970: `SOURCE_DATE_EPOCH`, or that of the commit.
pub(crate) fn date() -> Result<String> {
    if let Ok(date) = env::var("SOURCE_DATE_EPOCH") {
        return Ok(date);
    }
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%ct"])
        .current_dir(workspace::root());
    Ok(ask(&mut git)?.trim().to_owned())
}

/// Packs the folder `name` of `folder` into an archive beside it, and gives its name.
pub(crate) fn pack(folder: &Path, name: &str, date: String) -> Result<String> {
    let archive = format!("{name}.tar.xz");
    run(Command::new("tar")
        .args(["--create", "--format=ustar", "--sort=name"])
        .args(["--owner=0", "--group=0", "--numeric-owner"])
        .args(["--mode=u=rwX,go=rX", &format!("--mtime=@{date}")])
        // More threads would cut the data in other places.
        .args(["--use-compress-program=xz -9 --threads=1", "--file"])
        .args([&archive, name])
        .current_dir(folder))?;
    Ok(archive)
}

/// Writes the file that `sha256sum --check` takes, and gives its text.
pub(crate) fn checksums(folder: &Path, archives: &[String]) -> Result<String> {
    let sums = ask(Command::new("sha256sum").args(archives).current_dir(folder))?;
    fs::write(folder.join("SHA256SUMS"), &sums)?;
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use std::fs::{File, Permissions};
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::SystemTime;

    use setup::process::say;

    use super::*;

    #[test]
    fn the_same_files_give_the_same_bytes() -> Result<()> {
        if ask(Command::new("xz").arg("--version")).is_err() {
            say("LEFT OUT: archives: no xz");
            return Ok(());
        }
        let once = |names: [&str; 2], time, mode| -> Result<Vec<u8>> {
            let folder = tempfile::tempdir()?;
            let packed = folder.path().join("packed");
            fs::create_dir(&packed)?;
            for name in names {
                let path = packed.join(name);
                fs::write(&path, name)?;
                fs::set_permissions(&path, Permissions::from_mode(mode))?;
                File::open(&path)?.set_modified(time)?;
            }
            let archive = pack(folder.path(), "packed", "1000000000".to_owned())?;
            Ok(fs::read(folder.path().join(archive))?)
        };
        let archive = once(["a", "b"], SystemTime::now(), 0o600)?;
        assert_eq!(once(["b", "a"], SystemTime::UNIX_EPOCH, 0o644)?, archive);
        assert_ne!(once(["a", "b"], SystemTime::now(), 0o755)?, archive);
        Ok(())
    }
}
