//! `unchecked-lookup`: an element of a map is used without a test for null.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unchecked-lookup",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "an element of a map that a supported kernel wants a test for null of",
    page: include_str!("unchecked-lookup.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::UncheckedLookup), findings, words);
}

fn words(one: &Difference) -> Words {
    let help = match one.language {
        Language::Rust => {
            "leave the program where `get_ptr` gives `None`, before the element is used"
        }
        Language::C => {
            "leave the program where the pointer is `NULL`, before it is used or added to"
        }
    };
    Words {
        message: format!(
            "not every kernel takes an {} without a test for null",
            subject(one)
        ),
        help: vec![help.to_owned()],
    }
}
