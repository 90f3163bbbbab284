//! The part of the kernel's types that the programs read.
#![expect(non_camel_case_types, reason = "the kernel's names")]

use bpf_core::CoreStruct;

/// `include/trace/events/syscalls.h`
#[derive(CoreStruct)]
pub struct trace_event_raw_sys_enter {
    pub id: i64,
    pub args: [u64; 6],
}
