//! Which findings count, and how much: the only place that joins findings with levels and
//! suppressions.

use std::collections::HashSet;
use std::sync::Arc;

use crate::finding::Finding;
use crate::front::Outcome;
use crate::input::{Kind, Owner};
use crate::level::Level;
use crate::rules;
use crate::suppress::Suppression;

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

/// Judges what was found: drops what is allowed, adds suppressions without effect, sorts.
#[must_use]
pub fn judge(found: Vec<(Arc<Owner>, Outcome)>) -> Vec<Report> {
    let mut suppressions = Vec::new();
    let mut findings = Vec::new();
    for (owner, outcome) in found {
        let whose = |suppression| Comment {
            suppression,
            used: false,
            owner: Arc::clone(&owner),
        };
        suppressions.extend(outcome.suppressions.into_iter().map(whose));
        let whose = |finding| (finding, outcome.compiled, Arc::clone(&owner));
        findings.extend(outcome.findings.into_iter().map(whose));
    }
    // What a rule finds in a source, it finds in the program that is made of it, too.
    let in_sources: HashSet<(&str, Arc<str>)> = findings
        .iter()
        .filter(|(_, compiled, _)| !compiled)
        .map(|(finding, ..)| (finding.rule, finding.primary.span.source.path().into()))
        .collect();
    findings.retain(|(finding, compiled, _)| {
        let place = (finding.rule, finding.primary.span.source.path().into());
        !compiled || !in_sources.contains(&place)
    });
    // Two units may read one header.
    suppressions.sort_by(|a, b| a.suppression.comment.cmp(&b.suppression.comment));
    suppressions.dedup_by(|a, b| a.suppression == b.suppression);

    let mut reports: Vec<Report> = findings
        .into_iter()
        .filter_map(|(finding, _, owner)| {
            let level = owner.levels.of(rules::find(finding.rule)?);
            let allowed = is_allowed(&finding, &mut suppressions);
            let counts = level != Level::Allow && (level == Level::Forbid || !allowed);
            counts.then_some(Report {
                finding,
                level,
                owner,
            })
        })
        .collect();
    reports.extend(suppressions.iter().filter_map(Comment::report));
    reports.sort_by(|a, b| key(a).cmp(&key(b)));
    reports.dedup_by(|a, b| key(a) == key(b));
    reports
}

fn key(report: &Report) -> (&str, u32, u32, &str, &str) {
    let finding = &report.finding;
    let span = &finding.primary.span;
    let path = span.source.path();
    (path, span.start, span.end, finding.rule, &finding.message)
}

struct Comment {
    suppression: Suppression,
    used: bool,
    owner: Arc<Owner>,
}

fn is_allowed(finding: &Finding, comments: &mut [Comment]) -> bool {
    let mut allowed = false;
    // All that cover it are used: which of them is superfluous is not for us to say.
    for comment in comments {
        let suppression = &comment.suppression;
        if suppression.scope.contains(&finding.primary.span)
            && suppression.rules.iter().any(|rule| rule == finding.rule)
        {
            comment.used = true;
            allowed = true;
        }
    }
    allowed
}

impl Comment {
    fn report(&self) -> Option<Report> {
        let suppression = &self.suppression;
        let (message, help) = match &suppression.mistake {
            Some(mistake) => ("this suppression has no effect".to_owned(), mistake.clone()),
            None if self.used => return None,
            None => {
                let unknown = suppression
                    .rules
                    .iter()
                    .find(|name| rules::find(name).is_none());
                match unknown {
                    Some(name) => (
                        format!("this suppression names an unknown rule `{name}`"),
                        "`cargo corelint rules` lists them".to_owned(),
                    ),
                    None if !self.could_fire() => return None,
                    None => (
                        format!(
                            "nothing here to allow for `{}`",
                            suppression.rules.join("`, `")
                        ),
                        "remove the comment".to_owned(),
                    ),
                }
            }
        };
        let rule = &rules::unused_suppression::RULE;
        let level = self.owner.levels.of(rule);
        let finding = Finding::new(rule.name, suppression.comment.clone(), message).help(help);
        (level != Level::Allow).then(|| Report {
            finding,
            level,
            owner: Arc::clone(&self.owner),
        })
    }

    /// Whether one of the rules looks at such files at all: a comment may be meant for a finding
    /// in the object, which was not part of this run.
    fn could_fire(&self) -> bool {
        let path = self.suppression.comment.source.path();
        let kind = Kind::of(std::path::Path::new(path));
        let mut rules = self
            .suppression
            .rules
            .iter()
            .filter_map(|name| rules::find(name));
        rules.any(|rule| kind.is_some_and(|kind| rule.reads(kind)))
    }
}
