//! The pages of the linter's rules, and the list of them.

use std::fmt::Write as _;
use std::path::PathBuf;

use cargo_corelint::rules::{ALL, Group, Rule};

use crate::Pages;

/// Where the list is.
const LIST: &str = "rules.md";

/// The page of each rule, where the repository has it, and the list.
pub(crate) fn pages() -> Pages {
    let mut pages: Pages = ALL
        .iter()
        .map(|rule| (PathBuf::from(path(rule)), rule.page.to_owned()))
        .collect();
    pages.insert(LIST.into(), list());
    pages
}

fn path(rule: &Rule) -> String {
    let folder = rule.name.replace('-', "_");
    format!("lint/src/rules/{folder}/{}.md", rule.name)
}

fn list() -> String {
    let mut text = "# Rules\n\n`cargo corelint --explain RULE` shows a rule's page. \
                    `-A`, `-W`, `-D` and `-F` set the level of a rule or a group.\n"
        .to_owned();
    for group in Group::ALL {
        let mut rules = ALL.iter().filter(|rule| rule.group == group).peekable();
        if rules.peek().is_none() {
            continue;
        }
        let _ = write!(
            text,
            "\n## {}\n\n| rule | level | what it reports |\n|---|---|---|\n",
            group.as_str()
        );
        for rule in rules {
            let _ = writeln!(
                text,
                "| [`{}`]({}) | {} | {} |",
                rule.name,
                path(rule),
                rule.level.as_str(),
                rule.summary
            );
        }
    }
    text
}

/// The summary of the book with a chapter for each rule below the list.
pub(crate) fn with_chapters(summary: &str) -> String {
    let mut text = String::new();
    for line in summary.lines() {
        let _ = writeln!(text, "{line}");
        if line.ends_with(&format!("({LIST})")) {
            for rule in ALL {
                let _ = writeln!(text, "  - [{}]({})", rule.name, path(rule));
            }
        }
    }
    text
}
