//! `changed-type`: a field is there, and is not what the program reads.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "changed-type",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a field that is not of the type that the program reads",
    page: include_str!("changed-type.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::ChangedType), findings, words);
}

fn words(one: &Difference) -> Words {
    let help = match one.language {
        Language::Rust => {
            "declare the other form as a flavour (`task_struct___old`), and read the one that `core_field_exists!` or `core_field_size!` tells to be there"
        }
        Language::C => {
            "declare the other form as a flavour (`struct task_struct___old`), and read the one that `bpf_core_field_exists` or `bpf_core_field_size` tells to be there"
        }
    };
    Words {
        message: format!("{} is of another type on some kernels", subject(one)),
        help: vec![help.to_owned()],
    }
}
