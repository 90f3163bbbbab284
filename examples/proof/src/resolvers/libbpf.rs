use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::Outcome;
use crate::kernel::Kernel;
use crate::object::Object;

/// Reads libbpf's log: it says of each instruction what it puts there.
pub(super) fn resolve(object: &Object, kernel: &Kernel) -> Vec<Outcome> {
    let output = Command::new(peer())
        .arg(&object.path)
        .arg(&kernel.btf)
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stdout);
    let functions = object.functions();
    let mut patched = BTreeMap::new();
    for line in log.lines() {
        if let Some((name, index, outcome)) = patched_instruction(line) {
            let function = functions.iter().find(|function| function.name == name);
            let function = function.unwrap_or_else(|| panic!("no function {name}: {line}"));
            let place = (function.section.clone(), function.offset + index * 8);
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

/// The program that calls libbpf, built once.
fn peer() -> &'static Path {
    static PEER: OnceLock<PathBuf> = OnceLock::new();
    PEER.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("libbpf.c");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/proof");
        fs::create_dir_all(&folder).unwrap();
        let program = folder.join("libbpf");
        let built = Command::new("cc")
            .arg("-o")
            .arg(&program)
            .arg(&source)
            .arg("-lbpf")
            .status();
        assert!(
            built.is_ok_and(|status| status.success()),
            "{} cannot be built: `sudo apt-get install gcc libbpf-dev` brings what it needs",
            source.display()
        );
        program
    })
}
