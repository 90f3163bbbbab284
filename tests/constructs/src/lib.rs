//! Loads the objects that `setup/src/constructs.rs` makes of `ebpf`, and runs their programs.
//!
//! `table.rs` says what has to become of each, `load.rs` loads by aya and by libbpf.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use example_loader::Verdict;

pub mod load;
mod table;

pub use table::{Answers, Expected, ROWS, Release, Row};

/// The object of a row, of one build.
#[derive(Debug)]
pub struct Case {
    /// The row and the build: `copy.release`.
    pub name: String,
    /// The object.
    pub object: PathBuf,
    /// What the kernel has to do with it.
    pub row: &'static Row,
}

/// All objects in a folder that the linker has to make.
///
/// # Errors
/// The folder cannot be read, or an object has no row.
pub fn cases(folder: &Path) -> Result<Vec<Case>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("no {}: `cargo xtask constructs` makes it", folder.display()))?;
    let mut cases = Vec::new();
    for entry in entries {
        let object = entry?.path();
        if object.extension().is_none_or(|end| end != "o") {
            continue;
        }
        let name = object
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let row = row(&name).with_context(|| format!("`{name}` has no row in the table"))?;
        if !matches!(row.expected, Expected::Refused(_)) {
            cases.push(Case { name, object, row });
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    if cases.is_empty() {
        bail!("no objects in {}", folder.display());
    }
    Ok(cases)
}

/// The row of `copy.release`: its own, or that of all builds.
#[must_use]
pub fn row(name: &str) -> Option<&'static Row> {
    let of_all = name.split('.').next().unwrap_or_default();
    let find = |name: &str| ROWS.iter().find(|row| row.name == name);
    find(name).or_else(|| find(of_all))
}

impl Case {
    /// Loads the object by aya, and asks its program.
    ///
    /// # Errors
    /// The kernel refuses what it has to take, or the reverse, or an answer is wrong.
    pub fn by_aya(&self) -> Result<Verdict> {
        self.check(|| load::by_aya(&self.object))
    }

    /// The same by libbpf, which keeps its programs in a new folder of `bpffs`.
    ///
    /// # Errors
    /// As above.
    pub fn by_libbpf(&self, bpffs: &Path) -> Result<Verdict> {
        let load = || load::by_libbpf(&self.object, &bpffs.join(self.name.replace('.', "_")));
        if !self.row.by_aya_alone {
            return self.check(load);
        }
        match load() {
            Ok(_) => bail!("libbpf loads it"),
            Err(error) if error.to_string().contains("legacy map definitions") => {
                Ok(Verdict::Right)
            }
            Err(error) => Err(error),
        }
    }

    fn check(&self, load: impl FnOnce() -> Result<load::Loaded>) -> Result<Verdict> {
        let (major, minor) = self.row.since;
        if running()? < self.row.since {
            return Ok(Verdict::Skipped(format!(
                "Linux {major}.{minor} has it first"
            )));
        }
        let Expected::Answers(answers) = self.row.expected else {
            bail!("the linker has made an object of it");
        };
        let mut loaded = load()?;
        for (arguments, expected) in answers {
            let answer = loaded.answer(arguments)?;
            if answer != *expected {
                bail!("{arguments:?} gives {answer}, expected {expected}");
            }
        }
        Ok(Verdict::Right)
    }
}

/// The release of the running kernel.
fn running() -> Result<Release> {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let mut numbers = release.split(['.', '-']).map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Ok((major, minor)),
        _ => bail!("`{release}` is no release of Linux"),
    }
}
