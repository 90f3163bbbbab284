//! `unknown-program-type`: a type of program that a kernel does not know.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-program-type",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a type of program that a supported kernel does not know",
    page: include_str!("unknown-program-type.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::UnknownProgramType), findings, words);
}

fn words(one: &Difference) -> Words {
    let help = match one.language {
        Language::Rust => "load this program only where the kernel knows its type",
        Language::C => {
            "leave it out where the kernel does not know its type: `libbpf_probe_bpf_prog_type` tells, `bpf_program__set_autoload(program, false)` leaves it out"
        }
    };
    Words {
        message: format!(
            "not every kernel knows the type of program {}",
            subject(one)
        ),
        help: vec![help.to_owned()],
    }
}
