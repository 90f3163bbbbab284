//! The object in the running kernel.

use example_proof::running_kernel::{finds_another_field, is_right};

const LOADER: &str = env!("CARGO_BIN_EXE_biolatency");

#[test]
fn every_request_is_counted_for_its_disk() {
    is_right(LOADER, "biolatency");
}

#[test]
fn a_wrong_field_is_found() {
    // Both are numbers in `gendisk`.
    let fields = ("major", "flags");
    let folder = env!("CARGO_TARGET_TMPDIR");
    finds_another_field(
        LOADER,
        "biolatency",
        fields,
        "block_rq_issue, block_rq_complete",
        folder,
    );
}
