//! Findings to edits.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use similar::TextDiff;

use crate::report::sink::Report;
use crate::rules::finding::{Applicability, Edit};
use crate::span::Source;

/// A file before and after.
#[derive(Debug)]
pub(crate) struct Rewrite {
    /// Which file.
    pub path: PathBuf,
    /// Its text now.
    pub before: String,
    /// Its text with the fixes.
    pub after: String,
    /// How many findings that cures.
    pub fixes: usize,
}

/// What all fixes that are safe come to. Of two that overlap, the first is taken.
///
/// # Errors
/// A file cannot be read.
pub(crate) fn rewrites(reports: &[Report]) -> Result<Vec<Rewrite>> {
    let mut files: BTreeMap<Arc<str>, (Vec<&Edit>, usize)> = BTreeMap::new();
    for report in reports {
        let Some(fix) = &report.finding.fix else {
            continue;
        };
        // A fix over several files would need to be taken as a whole; no rule has one.
        let Some(Source::File(path)) = fix.edits.first().map(|edit| &edit.span.source) else {
            continue;
        };
        let (taken, count) = files.entry(Arc::clone(path)).or_default();
        let free = fix.edits.iter().all(|edit| {
            let same_file = edit.span.source == Source::File(Arc::clone(path));
            same_file && taken.iter().all(|other| apart(edit, other))
        });
        if free && fix.applicability == Applicability::MachineApplicable {
            taken.extend(&fix.edits);
            *count += 1;
        }
    }
    let mut rewrites = Vec::new();
    for (path, (mut edits, fixes)) in files {
        if edits.is_empty() {
            continue;
        }
        let before = fs::read_to_string(path.as_ref()).with_context(|| path.to_string())?;
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
        let mut after = before.clone();
        for edit in edits {
            let range = edit.span.range();
            if after.get(range.clone()).is_some() {
                after.replace_range(range, &edit.text);
            }
        }
        let path = PathBuf::from(path.as_ref());
        rewrites.push(Rewrite {
            path,
            before,
            after,
            fixes,
        });
    }
    Ok(rewrites)
}

fn apart(a: &Edit, b: &Edit) -> bool {
    let in_order = a.span.end <= b.span.start || b.span.end <= a.span.start;
    in_order && a.span.start != b.span.start
}

impl Rewrite {
    /// Writes the new text.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn apply(&self) -> Result<()> {
        fs::write(&self.path, &self.after).with_context(|| self.path.display().to_string())
    }

    /// The change as a patch, which `patch -p1` and `git apply` read.
    #[must_use]
    pub(crate) fn patch(&self, root: &Path) -> String {
        let path = self.path.strip_prefix(root).unwrap_or(&self.path).display();
        let diff = TextDiff::from_lines(&self.before, &self.after);
        let mut patch = diff.unified_diff();
        patch.header(&format!("a/{path}"), &format!("b/{path}"));
        patch.to_string()
    }
}
