//! `one-architecture`: a build names one architecture, and nothing chooses it.

use super::{Finding, Group, Level, Rule};
use crate::front::manifest::Commands;

/// The rule.
pub static RULE: Rule = Rule {
    name: "one-architecture",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a program that is built for one architecture whatever machine it is for",
    page: include_str!("one-architecture.md"),
    commands: Some(in_build),
    ..Rule::BARE
};

fn in_build(view: &Commands, findings: &mut Vec<Finding>) {
    for (span, name) in &view.fixed {
        let message = format!("`-D__TARGET_ARCH_{name}` is fixed in the build");
        let found = Finding::new(RULE.name, span.clone(), message)
            .label("on another machine the program reads the wrong registers")
            .help("take the architecture from the target of the build");
        findings.push(found);
    }
}
