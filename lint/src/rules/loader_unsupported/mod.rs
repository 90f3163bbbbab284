//! `loader-unsupported`: the loader cannot do what an object asks.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "loader-unsupported",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "something that the loader cannot do",
    page: include_str!("loader-unsupported.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    let words = |one: &Difference| words(&view.matrix.loader, one);
    difference::check(view, (RULE.name, Kind::LoaderUnsupported), findings, words);
}

fn words(loader: &str, one: &Difference) -> Words {
    Words {
        message: format!("{loader} does not support {}", subject(one)),
        help: vec![
            "go without it, or name the loader that loads the object: `--loader`".to_owned(),
        ],
    }
}
