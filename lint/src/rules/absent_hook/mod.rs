//! `absent-hook`: a kernel lacks what a program is attached to.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "absent-hook",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a hook that a supported kernel lacks, or does not offer to this type of program",
    page: include_str!("absent-hook.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    let mut all = Vec::new();
    difference::check(view, (RULE.name, Kind::AbsentHook), &mut all, words);
    let mut told: Vec<Finding> = Vec::new();
    for found in all {
        match told.iter_mut().find(|one| are_of_one_program(one, &found)) {
            Some(one) => add(one, found),
            None => told.push(found),
        }
    }
    findings.extend(told);
}

/// Some kernels lack the hook, and others what attaches programs of this type to any: one cure is for both.
fn are_of_one_program(one: &Finding, other: &Finding) -> bool {
    let (Some(on), Some(others)) = (&one.on, &other.on) else {
        return false;
    };
    one.primary.span == other.primary.span && on.programs == others.programs
}

fn add(one: &mut Finding, other: Finding) {
    if let (Some(on), Some(others)) = (&mut one.on, other.on) {
        on.cases.extend(others.cases);
    }
}

fn words(one: &Difference) -> Words {
    let help = match one.language {
        Language::Rust => {
            "write a second program for another hook, and load and attach the one whose hook is there"
        }
        Language::C => {
            "write a second program for another hook, and leave the one out whose hook is absent: `bpf_program__set_autoload(program, false)`"
        }
    };
    Words {
        message: format!(
            "not every kernel lets the program attach to {}",
            subject(one)
        ),
        help: vec![help.to_owned()],
    }
}
