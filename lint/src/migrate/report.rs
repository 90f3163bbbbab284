//! What is said of a migration: a patch, what is left and why, and what remains to be done by hand.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Serialize;

use super::site;
use crate::input::Owner;
use crate::input::manifest::Manifest;
use crate::report::fixes::Rewrite;

/// What a migration has found.
#[derive(Debug)]
pub(super) struct Outcome {
    root: PathBuf,
    pub(super) rewrites: Vec<Rewrite>,
    /// How many places are rewritten.
    pub(super) rewritten: usize,
    pub(super) left: Vec<Left>,
    notes: Vec<String>,
}

/// A place that is left.
#[derive(Debug, Serialize)]
pub(super) struct Left {
    place: String,
    what: String,
    why: String,
}

impl Left {
    pub(super) fn new(one: &site::Left, place: String) -> Self {
        let what = match one.fields.as_str() {
            "" => format!("`{}`", one.owner),
            fields => format!("`{}.{fields}`", one.owner),
        };
        Self {
            place,
            what,
            why: one.why.clone(),
        }
    }
}

impl Outcome {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            rewrites: Vec::new(),
            rewritten: 0,
            left: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// A path for people.
    pub(super) fn short(&self, path: &Path) -> String {
        let short = path.strip_prefix(&self.root).unwrap_or(path);
        short.display().to_string()
    }

    /// Says that a package needs `bpf-core`, if it does not have it.
    pub(super) fn add_dependency(&mut self, owner: &Owner) {
        let Some(path) = &owner.manifest_path else {
            return;
        };
        let manifest = Manifest::read(path);
        if !manifest.is_ok_and(|manifest| manifest.depends_on("bpf-core")) {
            let place = self.short(path);
            self.notes
                .push(format!("{place}: add `bpf-core` to `[dependencies]`"));
        }
    }

    pub(super) fn human(&self, is_written: bool) -> String {
        let mut text = String::new();
        for rewrite in &self.rewrites {
            match is_written {
                true => {
                    let _ = writeln!(text, "wrote {}", self.short(&rewrite.path));
                }
                false => text.push_str(&rewrite.patch(&self.root)),
            }
        }
        if !text.is_empty() {
            text.push('\n');
        }
        for left in &self.left {
            let _ = writeln!(text, "left {}: {}: {}", left.place, left.what, left.why);
        }
        for note in &self.notes {
            let _ = writeln!(text, "note {note}");
        }
        let all = self.rewritten + self.left.len();
        let _ = match all {
            0 => writeln!(
                text,
                "nothing to migrate: no field is read by generated bindings or a literal offset"
            ),
            _ => writeln!(text, "{} of {all} places rewritten", self.rewritten),
        };
        text
    }

    pub(super) fn json(&self) -> Result<String> {
        let patch = |rewrite: &Rewrite| rewrite.patch(&self.root);
        let patch: String = self.rewrites.iter().map(patch).collect();
        let answer = serde_json::json!({
            "rewritten": self.rewritten,
            "left": self.left,
            "notes": self.notes,
            "patch": patch,
        });
        Ok(format!("{answer}\n"))
    }
}
