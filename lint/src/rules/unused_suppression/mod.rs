//! `unused-suppression`: a comment allows a finding that is not there.

use std::path::Path;

use super::{Finding, Group, Level, Rule};
use crate::front::suppression::Suppression;
use crate::input::Kind;

/// The rule.
pub static RULE: Rule = Rule {
    name: "unused-suppression",
    group: Group::Hygiene,
    level: Level::Warn,
    summary: "a `corelint: allow` comment without effect, or without a reason",
    page: include_str!("unused-suppression.md"),
    ..Rule::BARE
};

/// The finding about a comment that has allowed nothing in the whole run.
#[must_use]
pub fn finding(comment: &Suppression) -> Option<Finding> {
    let unknown = || {
        comment
            .rules
            .iter()
            .find(|name| super::find(name).is_none())
    };
    let (message, help) = if let Some(mistake) = &comment.mistake {
        ("this suppression has no effect".to_owned(), mistake.clone())
    } else if let Some(name) = unknown() {
        (
            format!("this suppression names an unknown rule `{name}`"),
            "`cargo corelint rules` lists them".to_owned(),
        )
    } else if could_fire(comment) {
        let rules = comment.rules.join("`, `");
        (
            format!("nothing here to allow for `{rules}`"),
            "remove the comment".to_owned(),
        )
    } else {
        return None;
    };
    Some(Finding::new(RULE.name, comment.comment.clone(), message).help(help))
}

/// Whether one of the rules looks at such files at all: a comment may be meant for a finding in the
/// object, which was not part of this run.
fn could_fire(comment: &Suppression) -> bool {
    let kind = Kind::of(Path::new(comment.comment.source.path()));
    let mut rules = comment.rules.iter().filter_map(|name| super::find(name));
    rules.any(|rule| rule.on_kernels.is_none() && kind.is_some_and(|kind| rule.reads(kind)))
}
