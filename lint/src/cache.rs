//! What earlier runs found, so that an unchanged file is not read again.
//!
//! An outcome holds as long as the tool, the unit and the contents of every file that was read
//! are the same. A file whose size and time of change are those of the last run is not even
//! hashed.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::check::Outcome;
use crate::digest::digest;
use crate::input::Unit;

/// The outcomes of earlier runs and of this one.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    /// `None`: nothing is kept.
    file: Option<PathBuf>,
    old: Stored,
    new: Mutex<Stored>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Stored {
    tool: String,
    stamps: HashMap<PathBuf, Stamp>,
    units: HashMap<String, Entry>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Stamp {
    len: u64,
    /// Since 1970.
    changed: Duration,
    hash: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    read: Vec<(PathBuf, String)>,
    outcome: Outcome,
}

impl Cache {
    /// Opens the cache in `folder`. One that cannot be read, or is another version's, is empty.
    #[must_use]
    pub(crate) fn open(folder: &Path) -> Self {
        let file = folder.join("results.json");
        let tool = tool();
        let old = fs::read(&file)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Stored>(&bytes).ok())
            .filter(|stored| stored.tool == tool)
            .unwrap_or_default();
        let new = Stored {
            tool,
            ..Stored::default()
        };
        Self {
            file: Some(file),
            old,
            new: Mutex::new(new),
        }
    }

    /// The outcome for `unit`: the one that is known, or else what `check` gives.
    pub(crate) fn outcome(
        &self,
        unit: &Unit,
        options: &str,
        check: impl FnOnce() -> Outcome,
    ) -> Outcome {
        if self.file.is_none() {
            return check();
        }
        let key = key(unit, options);
        let known = self.old.units.get(&key).filter(|entry| {
            let mut files = entry.read.iter();
            files.all(|(path, hash)| self.hash(path).as_ref() == Some(hash))
        });
        if let Some(entry) = known {
            self.keep(key, entry.clone());
            return entry.outcome.clone();
        }
        // Hashed before it is read: a change in between is seen by the next run.
        let own = self.hashes(unit.work.files());
        let outcome = check();
        if outcome.is_passing {
            return outcome;
        }
        let more = self.hashes(&outcome.read);
        if let (Some(mut read), Some(more)) = (own, more) {
            read.extend(more);
            let outcome = outcome.clone();
            self.keep(key, Entry { read, outcome });
        }
        outcome
    }

    fn keep(&self, key: String, entry: Entry) {
        if let Ok(mut new) = self.new.lock() {
            new.units.insert(key, entry);
        }
    }

    /// The hashes of files, if all can be read.
    fn hashes(&self, paths: &[PathBuf]) -> Option<Vec<(PathBuf, String)>> {
        let hashes = paths
            .iter()
            .map(|path| Some((path.clone(), self.hash(path)?)));
        hashes.collect()
    }

    fn hash(&self, path: &Path) -> Option<String> {
        if let Some(stamp) = self.new.lock().ok()?.stamps.get(path) {
            return Some(stamp.hash.clone());
        }
        let metadata = fs::metadata(path).ok()?;
        let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let len = metadata.len();
        let known = self.old.stamps.get(path);
        let known = known.filter(|stamp| stamp.len == len && stamp.changed == changed);
        let hash = match known {
            Some(stamp) => stamp.hash.clone(),
            None => digest(&[&fs::read(path).ok()?]),
        };
        // Clocks of file systems are coarse: a file that just changed may change again unseen.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        let settled = now.saturating_sub(changed) > Duration::from_secs(2);
        let stamp = Stamp {
            len: if settled { len } else { u64::MAX },
            changed,
            hash: hash.clone(),
        };
        let path = path.to_owned();
        self.new.lock().ok()?.stamps.insert(path, stamp);
        Some(hash)
    }

    /// Writes it down.
    ///
    /// # Errors
    /// The folder cannot be written. The next run is slower, and nothing else.
    pub(crate) fn save(self) -> std::io::Result<()> {
        let Some(file) = self.file else {
            return Ok(());
        };
        let Ok(mut new) = self.new.into_inner() else {
            return Ok(());
        };
        // A run over one file does not forget the others.
        for (key, entry) in self.old.units {
            new.units.entry(key).or_insert(entry);
        }
        for (path, stamp) in self.old.stamps {
            new.stamps.entry(path).or_insert(stamp);
        }
        let folder = file.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(folder)?;
        // Two runs at a time must not mix.
        let draft = folder.join(format!("results.{}.json", std::process::id()));
        fs::File::create(&draft)?.write_all(&serde_json::to_vec(&new)?)?;
        fs::rename(draft, file)
    }
}

fn key(unit: &Unit, options: &str) -> String {
    let what = format!("{:?} {:?} {options}", unit.work, unit.owner.ebpf);
    digest(&[what.as_bytes()])
}

/// The version, and which build of it: a linter that is being worked on keeps its version.
fn tool() -> String {
    let build = std::env::current_exe()
        .and_then(fs::metadata)
        .and_then(|metadata| Ok((metadata.len(), metadata.modified()?)));
    format!("{} {:?}", env!("CARGO_PKG_VERSION"), build.ok())
}
