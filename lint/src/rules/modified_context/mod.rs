//! `modified-context`: memory is used through a pointer into the context that was moved before.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "modified-context",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a load through a pointer into the context that was moved, which a supported kernel refuses",
    page: include_str!("modified-context.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::ModifiedContext), findings, words);
}

fn words(one: &Difference) -> Words {
    let help = match one.language {
        Language::Rust => {
            "link with `bpf-core-linker`, which loads on each way by itself, or write \
             `core::sync::atomic::compiler_fence(Ordering::SeqCst)` behind the first of the loads"
        }
        Language::C => {
            "keep the compiler from making one load of two: `barrier();` behind the first of them"
        }
    };
    Words {
        message: format!("this goes through a {}", one.subject),
        help: vec![help.to_owned()],
    }
}
