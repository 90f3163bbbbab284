//! `unbounded-result`: a program on a hook of security modules gives what the hook does not take.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unbounded-result",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a program of an LSM hook that gives more than 0 and errnos, which a supported kernel refuses",
    page: include_str!("unbounded-result.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::UnboundedResult), findings, words);
}

fn words(one: &Difference) -> Words {
    let help = match one.language {
        Language::Rust => {
            "give a constant: `if denied { -1 } else { 0 }`, or bound it: `error.clamp(-4095, 0)`"
        }
        Language::C => {
            "give a constant: `return error ? -EPERM : 0;`, or bound it: `if (error < -4095 || error > 0) error = -EPERM;`"
        }
    };
    Words {
        message: format!("the {} may be no errno and not 0", subject(one)),
        help: vec![help.to_owned()],
    }
}
