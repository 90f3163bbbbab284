//! The front end for LLVM IR. LLVM ends its process with a signal for some damaged files, so it
//! runs in a child, which is this program again.

#[cfg(feature = "llvm")]
mod child;
#[cfg(feature = "llvm")]
pub mod worker;

use std::path::Path;

use super::Outcome;
use crate::finding::Finding;

/// What rules see of a module.
#[derive(Debug)]
pub struct Program {
    findings: Vec<Finding>,
}

impl Program {
    /// What was found for a rule.
    pub fn findings_of(&self, rule: &str) -> impl Iterator<Item = Finding> {
        let all = self.findings.iter();
        all.filter(move |finding| finding.rule == rule).cloned()
    }
}

/// Reads a module and runs the rules over it.
#[cfg(feature = "llvm")]
pub(super) fn check(path: &Path) -> Outcome {
    use super::sources::Sources;
    use crate::rules;

    let mut outcome = Outcome {
        compiled: true,
        ..Outcome::default()
    };
    let found = match child::run(path) {
        Ok(found) => found,
        Err(why) => {
            outcome.unreadable(path, why);
            return outcome;
        }
    };
    let mut sources = Sources::of(path);
    let findings = found.into_iter();
    let view = Program {
        findings: findings.map(|one| one.placed(path, &mut sources)).collect(),
    };
    for rule in rules::ALL {
        if let Some(check) = rule.ir {
            check(&view, &mut outcome.findings);
        }
    }
    sources.allow(&mut outcome);
    outcome
}

/// Says what is needed to read it.
#[cfg(not(feature = "llvm"))]
pub(super) fn check(_path: &Path) -> Outcome {
    let mut outcome = Outcome::default();
    outcome.notes.push(
        "LLVM IR is not read: this build has no LLVM; `cargo install cargo-corelint --features llvm` has"
            .to_owned(),
    );
    outcome
}
