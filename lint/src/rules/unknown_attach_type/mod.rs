//! `unknown-attach-type`: a way to attach that a kernel does not know.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-attach-type",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a way to attach that a supported kernel does not know",
    page: include_str!("unknown-attach-type.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::UnknownAttachType), findings, words);
}

fn words(one: &Difference) -> Words {
    let help = match one.language {
        Language::Rust => "attach in an older way where the kernel does not know this one",
        Language::C => {
            "attach in an older way where the kernel does not know this one: `bpf_program__set_autoload(program, false)` leaves the program out"
        }
    };
    Words {
        message: format!("not every kernel knows the way to attach {}", subject(one)),
        help: vec![help.to_owned()],
    }
}
