//! A project on disk, and runs of the linter in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with files, removed and made anew for each test.
pub(crate) struct Project(pub(crate) PathBuf);

/// What a run gave.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Project {
    pub(crate) fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("projects")
            .join(name);
        let _ = fs::remove_dir_all(&root);
        let project = Self(root);
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).expect("a file")
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        self.run_with(words, &[])
    }

    /// A run with variables of the environment that name folders of the project.
    pub(crate) fn run_with(&self, words: &[&str], folders: &[(&str, &str)]) -> Ran {
        let folders = folders
            .iter()
            .map(|(name, folder)| (name, self.0.join(folder)));
        let output = Command::new(env!("CARGO_BIN_EXE_cargo-corelint"))
            .arg("corelint")
            .args(words)
            .current_dir(&self.0)
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("NO_COLOR")
            .envs(folders)
            .output()
            .expect("the linter");
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }
}
