//! `invalid-relocation`: no loader can resolve a record.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-relocation",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a relocation that no loader can resolve",
    page: include_str!("invalid-relocation.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::InvalidRelocation), findings, words);
}

fn words(one: &Difference) -> Words {
    Words {
        message: format!("the record for {} and its instruction do not fit", subject(one)),
        help: vec!["build the object again from its sources; what changes instructions behind the compiler's back breaks records".to_owned()],
    }
}
