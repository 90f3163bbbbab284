//! `loader-unsupported`: the loader cannot do what an object asks.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

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
    let differences = view.differences.iter();
    let own = differences.filter(|one| one.rule == Kind::LoaderUnsupported);
    // Also what another loader may take.
    findings
        .extend(own.filter_map(|one| difference::finding(RULE.name, (view, one), |_| true, words)));
}

fn words(loader: &str, one: &Difference) -> Words {
    let help = match (one.subject.as_str(), one.language) {
        ("section maps", Language::C) => {
            "declare the map by its types: `struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, u32); ... } name SEC(\".maps\");`"
        }
        ("section maps", Language::Rust) => {
            "declare the map with `#[btf_map]` of `aya_ebpf::btf_maps`, or name the loader that loads the object: `--loader aya`"
        }
        (of, _) if of.starts_with("extern ") => {
            "link the object with the one that has it: `bpftool gen object whole.o part.o other.o`"
        }
        (of, Language::C) if of.starts_with("static program ") => "remove `static`",
        (of, Language::C) if of.starts_with("map ") && !of.starts_with("map of maps ") => {
            "write the sizes that the map must have: `__type(key, __u32)`, `__uint(value_size, 4)`"
        }
        ("the kernel's BTF", _) => "take a release of the loader that knows it",
        _ => "go without it, or name the loader that loads the object: `--loader`",
    };
    Words {
        message: format!("{loader} does not support {}", subject(one)),
        help: vec![help.to_owned()],
    }
}
