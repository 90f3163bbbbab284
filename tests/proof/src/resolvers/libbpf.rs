//! Resolves an object for a kernel by libbpf.

use std::collections::BTreeMap;
use std::fs;

use bpf_core_conformance::libbpf::{Answer, SYSTEM};

use crate::kernel::Kernel;
use crate::object::Object;
use crate::outcome::Outcome;

/// Reads libbpf's log: it says of each instruction what it puts there.
pub(super) fn resolve(object: &Object, kernel: &Kernel) -> Vec<Outcome> {
    let types = fs::read(&kernel.btf).unwrap();
    let Answer { log, .. } = SYSTEM.relocate(&object.bytes, &types, &[]);
    let parsed = object.parsed();
    let mut patched = BTreeMap::new();
    for line in log.lines() {
        if let Some((name, index, outcome)) = patched_instruction(line) {
            let mut functions = parsed.functions().iter();
            let function = functions.find(|function| function.name == name);
            let function = function.unwrap_or_else(|| panic!("no function {name}: {line}"));
            let section = parsed.section_of(function).name.to_owned();
            let place = (section, function.start + index * 8);
            assert_eq!(patched.insert(place, outcome), None, "twice: {line}");
        }
    }
    let outcomes = object.records().into_iter().map(|record| {
        let outcome = patched.remove(&(record.section.clone(), record.offset));
        outcome.unwrap_or_else(|| panic!("libbpf passes over {record:?}:\n{log}"))
    });
    let outcomes = outcomes.collect();
    assert!(patched.is_empty(), "more than the records: {patched:?}");
    outcomes
}

/// `libbpf: prog 'x': relo #1: patched insn #21 (ALU/ALU64) imm 72 -> 2236`
/// `libbpf: prog 'x': relo #2: substituting insn #32 w/ invalid insn`
fn patched_instruction(line: &str) -> Option<(&str, u32, Outcome)> {
    let (name, what) = line
        .strip_prefix("libbpf: prog '")?
        .split_once("': relo #")?;
    let (_, what) = what.split_once(": ")?;
    if let Some(rest) = what.strip_prefix("substituting insn #") {
        let (index, _) = rest.split_once(" w/ invalid insn")?;
        return Some((name, index.parse().ok()?, Outcome::Poison));
    }
    let (index, rest) = what.strip_prefix("patched insn #")?.split_once(' ')?;
    let (_, value) = rest.split_once(" -> ")?;
    Some((
        name,
        index.parse().ok()?,
        Outcome::Value(value.parse().ok()?),
    ))
}
