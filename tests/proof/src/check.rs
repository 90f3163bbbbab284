//! Whether the relocations of an object become what a kernel's types state.

use crate::kernel::Kernel;
use crate::object::Record;
use crate::outcome::Outcome;

/// What is wrong, one line each. `outcomes` are those of `records`, `accesses` the ones to be.
pub fn complaints(
    accesses: &[String],
    kernel: &Kernel,
    records: &[Record],
    outcomes: &[Outcome],
) -> Vec<String> {
    assert_eq!(records.len(), outcomes.len());
    let mut complaints = Vec::new();
    for access in accesses {
        if !records.iter().any(|record| record.access == *access) {
            complaints.push(format!("{access}: no relocation, the same on every kernel"));
        }
    }
    for (record, outcome) in records.iter().zip(outcomes) {
        let access = &record.access;
        if !accesses.contains(access) {
            complaints.push(format!("{access}: not expected at all"));
        } else if *outcome != kernel.outcome(access) {
            let (section, offset) = (&record.section, record.offset);
            let right = kernel.outcome(access);
            complaints.push(format!(
                "{access} at {section}+{offset}: {outcome}, expected {right}"
            ));
        }
    }
    complaints
}
