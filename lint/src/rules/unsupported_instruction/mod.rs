//! `unsupported-instruction`: a kernel does not take an instruction.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unsupported-instruction",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "an instruction that a supported kernel does not take",
    page: include_str!("unsupported-instruction.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(
        view,
        (RULE.name, Kind::UnsupportedInstruction),
        findings,
        words,
    );
}

fn words(one: &Difference) -> Words {
    let help = match one.language {
        Language::Rust => {
            "write a second program without the instruction, and load the one that the kernel takes"
        }
        Language::C => {
            "write a second program without the instruction, and leave the one out that the kernel does not take: `bpf_program__set_autoload(program, false)`"
        }
    };
    Words {
        message: format!("not every kernel takes this instruction: {}", one.subject),
        help: vec![help.to_owned()],
    }
}
