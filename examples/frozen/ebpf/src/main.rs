//! How not to do it. Two fields are found by name on every kernel; the third is where it was on
//! the author's, as with bindings that were generated there. Nothing fails on another kernel: the
//! number is another one. The tests of `lineage` have to find this out.
#![no_std]
#![no_main]

use aya_ebpf::{
    btf_maps::Array, helpers::bpf_probe_read_kernel, macros::btf_map, macros::raw_tracepoint,
    programs::RawTracePointContext,
};
use bpf_core::{CoreStruct, core_read};

#[derive(CoreStruct)]
#[expect(non_camel_case_types, reason = "the kernel's name")]
pub struct task_struct {
    pub tgid: i32,
    pub real_parent: *const task_struct,
}

/// `offsetof(struct task_struct, start_boottime)` in Debian's 6.18.15 for the cloud.
const START_BOOTTIME: usize = 3056;

/// Pid, parent's pid and start of who executed a program last.
#[btf_map]
static LAST: Array<[u64; 3], 1> = Array::new();

// TP_PROTO(struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm)
#[raw_tracepoint(tracepoint = "sched_process_exec")]
pub fn frozen(ctx: RawTracePointContext) -> i32 {
    let task: *const task_struct = ctx.arg(0);
    let start: *const u64 = task.wrapping_byte_add(START_BOOTTIME).cast();
    // SAFETY: a probe read of any address is safe; what it reads is another matter.
    let start = unsafe { bpf_probe_read_kernel(start) };
    let pids = (core_read!(task, tgid), core_read!(task, real_parent, tgid));
    if let (Ok(pid), Ok(parent), Ok(start)) = (pids.0, pids.1, start) {
        let _ = LAST.set(0, [pid as u64, parent as u64, start], 0);
    }
    0
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
