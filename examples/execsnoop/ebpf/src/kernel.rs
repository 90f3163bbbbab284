//! The part of the kernel's types that the programs read.
#![expect(non_camel_case_types, reason = "the kernel's names")]

use bpf_core::CoreStruct;

/// `include/trace/events/syscalls.h`
#[derive(CoreStruct)]
pub struct trace_event_raw_sys_enter {
    pub id: i64,
    pub args: [u64; 6],
}

/// `arch/*/include/asm/ptrace.h`: each kernel has the registers of its own processor.
#[derive(CoreStruct)]
pub struct pt_regs {
    /// amd64
    #[core(optional)]
    pub di: u64,
    /// arm64
    #[core(optional)]
    pub regs: [u64; 31],
}
