//! The object in the running kernel.

use example_proof::running_kernel::{finds_another_field, is_right};

const LOADER: &str = env!("CARGO_BIN_EXE_tcpconnect");

#[test]
fn every_connection_is_right() {
    is_right(LOADER, "tcpconnect");
}

#[test]
fn a_wrong_bit_field_is_found() {
    // Both are bits in `sock`; a socket of a process has none of the second.
    let fields = ("sk_userlocks", "sk_kern_sock");
    let folder = env!("CARGO_TARGET_TMPDIR");
    finds_another_field(
        LOADER,
        "tcpconnect",
        fields,
        "inet_sock_set_state, IPv4",
        folder,
    );
}
