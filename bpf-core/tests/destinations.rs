//! What `core_read_into!` and `core_read_str!` take as a destination.
#![allow(non_camel_case_types)]

use bpf_core::{CoreStruct, ErrorKind, ReadError, core_read_into, core_read_str};

#[derive(CoreStruct)]
struct task_struct {
    tgid: i32,
    comm: [u8; 16],
}

/// A `&mut` is borrowed, and can be used again.
fn twice(task: *const task_struct, tgid: &mut i32, comm: &mut [u8]) -> [ReadError; 4] {
    [
        core_read_into!(tgid, task, tgid).unwrap_err(),
        core_read_into!(tgid, task, tgid).unwrap_err(),
        core_read_str!(comm, task, comm).unwrap_err(),
        core_read_str!(comm, task, comm).unwrap_err(),
    ]
}

/// The text lives as long as the buffer that it is in.
fn text(task: *const task_struct, buffer: &mut [u8; 16]) -> Result<&[u8], ReadError> {
    core_read_str!(buffer, task, comm)
}

#[test]
fn a_destination_is_borrowed() {
    let task = core::ptr::null();
    let (mut tgid, mut comm) = (1, [1; 16]);
    for error in twice(task, &mut tgid, &mut comm) {
        assert_eq!(error.kind(), ErrorKind::NotBpf);
    }
    assert_eq!(tgid, 1);
    assert!(text(task, &mut comm).is_err());
    assert!(core_read_str!(&mut comm[4..], task, comm).is_err());
    let mut boxed = Box::new(0);
    assert!(core_read_into!(&mut *boxed, task, tgid).is_err());
}
