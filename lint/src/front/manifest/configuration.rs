//! Reads Cargo's configuration around a folder: what `.cargo/config.toml` says of builds for the kernel.

use std::fs;
use std::path::{Path, PathBuf};

use super::profile::{Profile, profiles};
use super::table::{File, Part};
use crate::span::Span;

/// Cargo's configuration, as far as it is about programs for the kernel.
#[derive(Debug, Default)]
pub struct Configuration {
    /// Whether it is about their target. Otherwise they are built in a way that only their author knows.
    pub is_present: bool,
    /// The linker that is named for them.
    pub linker: Option<(String, Span)>,
    /// Flags for rustc that are set for them.
    pub flags: Vec<(String, Span)>,
    /// Those of them that are for no other target.
    pub own_flags: Vec<String>,
    /// `RUSTC_BOOTSTRAP` of `[env]`, which opens `-Z` on a compiler that is not nightly.
    pub bootstrap: Option<String>,
    /// The profiles.
    pub(super) profiles: Vec<Profile>,
}

impl Configuration {
    /// Reads the files for a build that runs in `folder`. `read` gets them.
    ///
    /// # Errors
    /// One of them is no TOML.
    pub fn of(folder: &Path, read: &mut Vec<PathBuf>) -> Result<Self, String> {
        let mut configuration = Self::default();
        for folder in folder.ancestors() {
            for name in ["config.toml", "config"] {
                let path = folder.join(".cargo").join(name);
                if let Ok(text) = fs::read_to_string(&path) {
                    let file = File::parse(&path, &text)
                        .map_err(|why| format!("`{}` is {why}", path.display()))?;
                    configuration.add(&file);
                    read.push(path);
                }
            }
        }
        Ok(configuration)
    }

    /// Settings of the nearest folder come first, and count.
    fn add(&mut self, file: &File<'_>) {
        let targets = file.get(&["target"]);
        let targets = targets.iter().flat_map(Part::entries);
        let own = targets.filter(|(name, _)| name.contains("bpf"));
        let target = file.get(&["build", "target"]);
        let words = target.map(|target| target.words()).unwrap_or_default();
        self.is_present |= words.iter().any(|(word, _)| word.starts_with("bpf"));
        for (_, target) in own {
            self.is_present = true;
            if let Some(linker) = target.get("linker").filter(|_| self.linker.is_none())
                && let Some(text) = linker.text()
            {
                self.linker = Some((text.to_owned(), linker.span()));
            }
            let before = self.flags.len();
            self.add_flags(target.get("rustflags"));
            let added = self.flags[before..].iter().map(|(flag, _)| flag.clone());
            self.own_flags.extend(added);
        }
        self.add_flags(file.get(&["build", "rustflags"]));
        if let Some(all) = file.get(&["profile"]) {
            self.profiles
                .extend(profiles(all).into_iter().map(|profile| Profile {
                    end_of_header: None,
                    ..profile
                }));
        }
        // A table `{ value = "1", force = true }` will do as well.
        let variable = file.get(&["env", "RUSTC_BOOTSTRAP"]);
        let value = variable.map(|part| part.get("value").unwrap_or(part));
        if let Some(text) = value
            .and_then(|part| part.text())
            .filter(|_| self.bootstrap.is_none())
        {
            self.bootstrap = Some(text.to_owned());
        }
    }

    fn add_flags(&mut self, flags: Option<Part<'_, '_>>) {
        let words = flags.map(|flags| flags.words()).unwrap_or_default();
        let words = words.into_iter();
        self.flags
            .extend(words.map(|(word, span)| (word.to_owned(), span)));
    }
}
