//! `unknown-map-type`: a type of map that a kernel does not know.

use bpf_core_portability::Rule as Kind;

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::object::{Difference, Language, OnKernels};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unknown-map-type",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "a type of map that a supported kernel does not know",
    page: include_str!("unknown-map-type.md"),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    difference::check(view, (RULE.name, Kind::UnknownMapType), findings, words);
}

fn words(one: &Difference) -> Words {
    let help = match one.language {
        Language::Rust => {
            "use an older type, or put the map and its programs into an object of their own, loaded where the type is known"
        }
        Language::C => {
            "use an older type, or leave the map out: `bpf_map__set_autocreate(map, false)`, with its uses behind a variable of `.rodata`"
        }
    };
    Words {
        message: format!("not every kernel knows the type of map {}", subject(one)),
        help: vec![help.to_owned()],
    }
}
