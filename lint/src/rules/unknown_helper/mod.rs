//! `unknown-helper`: a helper that a kernel lacks, or does not allow in this type of program.

use bpf_core_btf::Poison;
use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-helper",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a helper that a supported kernel lacks",
    page: include_str!("unknown-helper.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::UnknownHelper), findings, words);
}

fn words(one: &Difference) -> Words {
    if let Some(poison) = Poison::ALL.iter().find(|of| of.to_string() == one.subject) {
        let (what, cure) = left(*poison);
        return Words {
            message: format!("the call is {poison}: a loader wrote it in place of {what}"),
            help: vec![format!(
                "check and load the object as the compiler wrote it, not a copy that a loader has changed; {cure}"
            )],
        };
    }
    let name = one.subject.strip_prefix("bpf_").unwrap_or("...");
    let question = match one.language {
        Language::Rust => format!("core_enum_value_exists!(bpf_func_id::BPF_FUNC_{name})"),
        Language::C => {
            format!("bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_{name})")
        }
    };
    Words {
        message: match one.subject.starts_with("helper ") {
            true => format!("not every kernel has {}", subject(one)),
            false => format!("not every kernel has the helper {}", subject(one)),
        },
        help: vec![format!(
            "ask first: `{question}`, and do without it where it is absent"
        )],
    }
}

/// What a loader had no answer to, and what keeps programs away from it.
fn left(poison: Poison) -> (&'static str, &'static str) {
    match poison {
        Poison::Record => (
            "a field, type or enumerator that its kernel lacks",
            "there the finding names the field",
        ),
        Poison::Map => (
            "the address of a map that it did not create",
            "let the program use the map only where it is created",
        ),
        Poison::Kfunc => (
            "a weak kfunc that its kernel lacks",
            "ask for the kfunc before the call: `bpf_ksym_exists`",
        ),
    }
}
