//! The object in the running kernel.

use example_proof::running_kernel::{finds_another_field, is_right};

const LOADER: &str = env!("CARGO_BIN_EXE_execsnoop");

#[test]
fn every_path_is_right_by_every_form() {
    is_right(LOADER, "execsnoop");
}

#[test]
fn a_wrong_register_is_found() {
    // The second argument of a system call on amd64, which is no path.
    let fields = ("di", "si");
    let folder = env!("CARGO_TARGET_TMPDIR");
    if cfg!(target_arch = "x86_64") {
        finds_another_field(LOADER, "execsnoop", fields, "raw_tracepoint", folder);
    }
}
