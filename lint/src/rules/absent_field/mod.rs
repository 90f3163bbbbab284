//! `absent-field`: a program needs a field, type or enumerator that a kernel lacks.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "absent-field",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a field, type or enumerator that a supported kernel lacks",
    page: include_str!("absent-field.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::AbsentField), findings, words);
}

fn words(one: &Difference) -> Words {
    let subject = &one.subject;
    Words {
        message: format!("not every kernel has `{subject}`"),
        help: vec![help(subject, one.language).to_owned()],
    }
}

/// What to write for a field, type or enumerator that a kernel lacks.
#[must_use]
pub fn help(subject: &str, language: Language) -> &'static str {
    match (subject.contains("::"), subject.contains('.'), language) {
        (true, _, Language::Rust) => "ask first: `core_enum_value_exists!`",
        (true, _, Language::C) => "ask first: `bpf_core_enum_value_exists`",
        (_, true, Language::Rust) => {
            "declare the field `#[core(optional)]`: the read then gives `None` where it is absent"
        }
        (_, true, Language::C) => {
            "ask first: `bpf_core_field_exists`; a field that has another name or place on older kernels is read through a flavour (`struct task_struct___old`)"
        }
        (_, _, Language::Rust) => "ask first: `core_type_exists`",
        (_, _, Language::C) => "ask first: `bpf_core_type_exists`",
    }
}
