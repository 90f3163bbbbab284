//! `ambiguous-type`: a record fits several types of a kernel, with different answers.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "ambiguous-type",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a relocation that fits several types of a kernel",
    page: include_str!("ambiguous-type.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::AmbiguousType), findings, words);
}

fn words(one: &Difference) -> Words {
    Words {
        message: format!("{} fits several types of the kernel, which give different answers", subject(one)),
        help: vec!["declare more of the struct, so that one type is left that fits, or reach the field from another struct".to_owned()],
    }
}
