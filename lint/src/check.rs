//! Runs the rules over the views of a unit: the only loop over rules.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::front::object::Matrix;
use crate::front::suppression::Suppression;
use crate::front::{self, InPart, Problem, Reading, Settings, View};
use crate::input::Unit;
use crate::rules::{self, Finding, unreadable_input};

/// What is found in a unit: all that a cache needs to keep of it. Levels are no part of it, so
/// another `-D` reads nothing again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// Findings of all rules, whatever their level.
    pub findings: Vec<Finding>,
    /// Whether the places are those that a compiler gives, which is the line at best.
    pub compiled: bool,
    /// What each program of an object does on each kernel.
    pub matrix: Option<Matrix>,
    /// Comments that allow findings.
    pub suppressions: Vec<Suppression>,
    /// What the user should know about the run itself: a header that is missing, a library that
    /// is not there. Shown on stderr.
    pub notes: Vec<String>,
    /// Files that were read besides the unit's own, such as headers: the outcome holds as long as
    /// they stay as they are.
    pub read: Vec<PathBuf>,
    /// Set where a C file was understood in part.
    pub in_part: Option<InPart>,
    /// Whether it says more about this machine than about the file: a library is missing that may
    /// be installed tomorrow. It is not kept then.
    #[serde(skip)]
    pub is_passing: bool,
}

/// Reads a unit and runs the rules over it. A bug in the linter costs one unit, and is told.
#[must_use]
pub fn check(unit: &Unit, settings: &Settings) -> Outcome {
    let checked = catch_unwind(AssertUnwindSafe(|| {
        judge(front::read(unit, settings, rules::want))
    }));
    checked.unwrap_or_else(|_| {
        let mut reading = Reading::default();
        for path in unit.work.files().iter().take(1) {
            let why = "the linter itself failed; please report it";
            reading.problems.push(Problem::new(path, 0..0, why));
        }
        judge(reading)
    })
}

fn judge(reading: Reading) -> Outcome {
    let problems = reading.problems.iter();
    let mut findings: Vec<Finding> = problems.map(unreadable_input::finding).collect();
    for view in &reading.views {
        let first = findings.len();
        for rule in rules::ALL {
            rule.check(view, &mut findings);
        }
        rules::macros::merge(view, &mut findings, first);
    }
    let mut suppressions = reading.suppressions;
    if reading.compiled {
        // A comment that allows nothing in the program may be meant for the source itself.
        suppressions.retain(|comment| {
            findings
                .iter()
                .any(|finding| comment.covers(finding.rule, &finding.primary.span))
        });
    }
    Outcome {
        findings,
        compiled: reading.compiled,
        matrix: reading.views.into_iter().find_map(|view| match view {
            View::OnKernels(judged) => Some(judged.matrix),
            _ => None,
        }),
        suppressions,
        notes: reading.notes,
        read: reading.read,
        in_part: reading.in_part,
        is_passing: reading.is_passing,
    }
}
