//! `moved-argument`: a program reads an argument that a kernel has at another place.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, OnKernels};

mod c;

/// What to do, in all languages.
const CURE: &str = "attach to a function or tracepoint whose arguments stay, or write a second program for \
                    the other arguments and load the one that fits";

/// The rule.
pub static RULE: Rule = Rule {
    name: "moved-argument",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "an argument that a supported kernel has at another place, of another type, or not at all",
    page: include_str!("moved-argument.md"),
    c: Some(c::check),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::MovedArgument), findings, words);
}

fn words(one: &Difference) -> Words {
    Words {
        message: format!("{} is not the same on every kernel", subject(one)),
        help: vec![CURE.to_owned()],
    }
}
