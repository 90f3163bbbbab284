use std::collections::BTreeMap;
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
    let mut patched: BTreeMap<u32, Outcome> = BTreeMap::new();
    for line in log.lines() {
        if let Some((index, outcome)) = patched_instruction(line) {
            assert_eq!(patched.insert(index * 8, outcome), None, "twice: {line}");
        }
    }
    let records = object.records();
    let outcome = |offset| {
        let outcome = patched.remove(offset);
        outcome.unwrap_or_else(|| panic!("libbpf passes over the one at {offset}:\n{log}"))
    };
    let outcomes = records
        .iter()
        .map(|record| &record.offset)
        .map(outcome)
        .collect();
    assert!(patched.is_empty(), "more than the records: {patched:?}");
    outcomes
}

/// `libbpf: prog 'x': relo #1: patched insn #21 (ALU/ALU64) imm 72 -> 2236`
/// `libbpf: prog 'x': relo #2: substituting insn #32 w/ invalid insn`
fn patched_instruction(line: &str) -> Option<(u32, Outcome)> {
    let (_, what) = line
        .strip_prefix("libbpf: prog '")?
        .split_once(": relo #")?;
    let (_, what) = what.split_once(": ")?;
    if let Some(rest) = what.strip_prefix("substituting insn #") {
        let (index, _) = rest.split_once(" w/ invalid insn")?;
        return Some((index.parse().ok()?, Outcome::Poison));
    }
    let (index, rest) = what.strip_prefix("patched insn #")?.split_once(' ')?;
    let (_, value) = rest.split_once(" -> ")?;
    Some((index.parse().ok()?, Outcome::Value(value.parse().ok()?)))
}

/// The program that calls libbpf, built once.
fn peer() -> &'static Path {
    static PEER: OnceLock<PathBuf> = OnceLock::new();
    PEER.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/libbpf.c");
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libbpf");
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
