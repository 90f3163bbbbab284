//! The object in the running kernel.

use example_proof::running_kernel::{finds_another_field, is_right};

const LOADER: &str = env!("CARGO_BIN_EXE_statesnoop");

#[test]
fn every_state_is_right() {
    is_right(LOADER, "statesnoop");
}

#[test]
fn a_wrong_field_is_found() {
    // Only the first says that a task is a zombie.
    let fields = ("exit_state", "nr_dirtied");
    let folder = env!("CARGO_TARGET_TMPDIR");
    finds_another_field(LOADER, "statesnoop", fields, "sched_switch, Z", folder);
}
