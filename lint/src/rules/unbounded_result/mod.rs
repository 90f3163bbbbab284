//! `unbounded-result`: a program on a hook gives what the hook does not take.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unbounded-result",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a program that gives more than its hook takes (`lsm`, `fentry`, `fexit`, `iter`), which a supported kernel refuses",
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
            "end with a constant: 0 for `fentry` and `fexit`, 0 or 1 for an iterator, 0 or an errno for an LSM hook; \
             there `error.clamp(-4095, 0)` does too"
        }
        Language::C => {
            "end with a constant: 0 for `fentry` and `fexit`, 0 or 1 for an iterator, 0 or an errno for an LSM hook; \
             there `if (error < -4095 || error > 0) error = -EPERM;` does too"
        }
    };
    Words {
        message: format!(
            "the {} may be a number that the hook does not take",
            subject(one)
        ),
        help: vec![help.to_owned()],
    }
}
