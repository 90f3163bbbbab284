//! Decides which findings are shown and how much each matters: the only place where findings,
//! levels and comments that allow meet.

use std::collections::HashSet;
use std::sync::Arc;

use super::levels::Levels;
use super::suppressions::Suppressions;
use crate::check::Outcome;
use crate::input::Owner;
use crate::rules::{self, Finding, Level};

/// What was found in a unit, and whose it is.
#[derive(Debug)]
pub struct Found {
    /// The package.
    pub owner: Arc<Owner>,
    /// The levels that its settings give.
    pub levels: Arc<Levels>,
    /// What was found.
    pub outcome: Outcome,
}

/// A finding that is shown.
#[derive(Clone, Debug)]
pub struct Report {
    /// What is wrong.
    pub finding: Finding,
    /// How much it matters. Not `Allow`.
    pub level: Level,
    /// Whose it is.
    pub owner: Arc<Owner>,
}

/// Drops what is allowed, adds suppressions without effect, and sorts.
#[must_use]
pub fn judge(all: Vec<Found>) -> Vec<Report> {
    let in_sources = in_sources(&all);
    let mut suppressions = Suppressions::default();
    let mut findings = Vec::new();
    for found in all {
        let (owner, levels) = (found.owner, found.levels);
        suppressions.add(found.outcome.suppressions, &owner, &levels);
        for finding in found.outcome.findings {
            if !found.outcome.compiled || !in_sources.contains(&place(&finding)) {
                findings.push((finding, Arc::clone(&owner), Arc::clone(&levels)));
            }
        }
    }
    suppressions.settle();

    let mut reports = Vec::new();
    for (finding, owner, levels) in findings {
        let Some(rule) = rules::find(finding.rule) else {
            continue;
        };
        let level = levels.of(rule);
        let allowed = suppressions.allows(&finding);
        if level != Level::Allow && (level == Level::Forbid || !allowed) {
            reports.push(Report {
                finding,
                level,
                owner,
            });
        }
    }
    reports.extend(suppressions.unused());
    reports.sort_by(|a, b| key(a).cmp(&key(b)));
    reports.dedup_by(|a, b| key(a) == key(b));
    reports
}

/// What rules find in sources. They find it in the program that is made of the sources too, where
/// it would be said a second time.
fn in_sources(all: &[Found]) -> HashSet<(&'static str, Arc<str>)> {
    let sources = all.iter().filter(|found| !found.outcome.compiled);
    sources
        .flat_map(|found| &found.outcome.findings)
        .map(place)
        .collect()
}

fn place(finding: &Finding) -> (&'static str, Arc<str>) {
    (finding.rule, finding.primary.span.source.path().into())
}

fn key(report: &Report) -> (&str, u32, u32, &str, &str) {
    let finding = &report.finding;
    let span = &finding.primary.span;
    let path = span.source.path();
    (path, span.start, span.end, finding.rule, &finding.message)
}
