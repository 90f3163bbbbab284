//! `unwritten-stack`: bytes of the stack are read that nothing has written.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unwritten-stack",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a read of the stack that nothing has written, which a supported kernel refuses",
    page: include_str!("unwritten-stack.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::UnwrittenStack), findings, words);
}

fn words(one: &Difference) -> Words {
    let help = match one.language {
        Language::Rust => "give the variable a value first: `let mut buffer = [0u8; 64];`",
        Language::C => "give the variable a value first: `char buffer[64] = {};`",
    };
    Words {
        message: format!(
            "nothing has written the {} that are read from the stack here",
            one.subject
        ),
        help: vec![help.to_owned()],
    }
}
