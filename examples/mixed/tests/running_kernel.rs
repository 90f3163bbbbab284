//! The object in the running kernel.

use example_proof::running_kernel::{finds_another_field, is_right};

const LOADER: &str = env!("CARGO_BIN_EXE_mixed");
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

#[test]
fn both_halves_are_right() {
    is_right(LOADER, "mixed");
}

/// Both read the field, each by its own record.
#[test]
fn a_wrong_field_is_found() {
    for half in ["sched_process_exec, C", "sched_process_exec, Rust"] {
        let fields = ("start_boottime", "parent_exec_id");
        finds_another_field(LOADER, "mixed", fields, half, FOLDER);
    }
}
