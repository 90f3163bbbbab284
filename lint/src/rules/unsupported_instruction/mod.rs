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
    let kind = (RULE.name, Kind::UnsupportedInstruction);
    difference::check_but(view, kind, findings, |one| is_of_helper(view, one), words);
}

/// Whether the instruction serves a helper, and every kernel that refuses the instruction lacks that helper: `bpf_loop`
/// takes the address of a function. `unknown-helper` reports these kernels.
fn is_of_helper(view: &OnKernels, one: &Difference) -> bool {
    let mut helpers = view.differences.iter();
    helpers.any(|other| {
        other.rule == Kind::UnknownHelper
            && other.span == one.span
            && one.kernels().difference(&other.kernels()).is_empty()
    })
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
