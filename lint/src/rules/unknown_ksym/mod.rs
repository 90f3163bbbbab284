//! `unknown-ksym`: a kfunc, variable or option that a kernel lacks, or keeps from the program.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-ksym",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a kfunc, variable or option that a supported kernel lacks, or keeps from the program",
    page: include_str!("unknown-ksym.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::UnknownKsym), findings, words);
}

fn words(one: &Difference) -> Words {
    let has = |start: &str| one.cases.iter().any(|case| case.has.starts_with(start));
    let help = if has("not for programs") {
        "call it from a program of another type".to_owned()
    } else if has("it has `") {
        "declare it as the kernel does, with the structs defined: include `vmlinux.h`".to_owned()
    } else if one.subject.starts_with("CONFIG_") {
        "declare it `__weak`: then it is 0 where it is not set".to_owned()
    } else {
        match one.language {
            Language::Rust => {
                "do without it in a second program, and load the one that fits".to_owned()
            }
            Language::C => format!(
                "declare it `__weak`, and ask first: `bpf_ksym_exists({})`",
                one.subject
            ),
        }
    };
    Words {
        message: format!("not every kernel has {} for this program", subject(one)),
        help: vec![help],
    }
}
