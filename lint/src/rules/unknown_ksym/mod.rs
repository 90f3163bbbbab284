//! `unknown-ksym`: a kfunc or variable that a kernel lacks.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-ksym",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a kfunc or variable that a supported kernel lacks",
    page: include_str!("unknown-ksym.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::UnknownKsym), findings, words);
}

fn words(one: &Difference) -> Words {
    let help = match one.language {
        Language::Rust => {
            "do without it in a second program, and load the one that fits".to_owned()
        }
        Language::C => format!(
            "declare it `__weak`, and ask first: `bpf_ksym_exists({})`",
            one.subject
        ),
    };
    Words {
        message: format!("not every kernel has {}", subject(one)),
        help: vec![help],
    }
}
