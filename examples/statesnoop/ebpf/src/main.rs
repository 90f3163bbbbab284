//! Tells of every task that leaves the CPU in which state it does.
//!
//! The field for it was renamed and got another type: `long state` until 5.13, `unsigned int
//! __state` since. One object reads both.
#![no_std]
#![no_main]

use aya_ebpf::{
    btf_maps::Array,
    macros::{btf_map, raw_tracepoint},
    programs::RawTracePointContext,
};
use bpf_core::{CoreStruct, ReadError, core_read, core_read_into, core_recast};
use example_events::{COMM_LEN, Switch, is_asked_for, tell};

/// `include/linux/sched.h`
#[derive(CoreStruct)]
#[expect(non_camel_case_types, reason = "the kernel's name")]
pub struct task_struct {
    pub pid: i32,
    pub comm: [u8; COMM_LEN],
    pub exit_state: i32,
    /// Since 5.14.
    #[core(optional)]
    pub __state: u32,
}

/// The same struct, as it was before: what stands behind `___` is no part of the kernel's name.
#[derive(CoreStruct)]
#[core(name = "task_struct___before_5_14")]
#[expect(non_camel_case_types, reason = "the kernel's name")]
pub struct task_struct_before_5_14 {
    pub state: i64,
}

/// The task that is told of; 0 for all.
#[btf_map]
static ONLY: Array<i32, 1> = Array::new();

// TP_PROTO(bool preempt, struct task_struct *prev, struct task_struct *next), and since 5.18
// `unsigned int prev_state`
#[raw_tracepoint(tracepoint = "sched_switch")]
pub fn statesnoop(ctx: RawTracePointContext) -> i32 {
    let task: *const task_struct = ctx.arg(1);
    if is_asked_for(&ONLY, || core_read!(task, pid)) {
        tell(|event| {
            let Switch {
                pid,
                comm,
                state,
                exit_state,
                preempted,
            } = event;
            pid.fill(|pid| core_read_into!(pid, task, pid));
            comm.fill(|comm| core_read_into!(comm, task, comm));
            state.put(state_of(task));
            exit_state.put(core_read!(task, exit_state).map(|state| state as u32));
            *preempted = u32::from(ctx.arg::<u64>(0) != 0);
        });
    }
    0
}

/// The guard is part of the first read. Where the kernel has `__state`, the second is never
/// reached, and the verifier does not mind that there is no `state`.
#[inline(always)]
fn state_of(task: *const task_struct) -> Result<u64, ReadError> {
    match core_read!(task, __state)? {
        Some(state) => Ok(state.into()),
        None => {
            let task = core_recast!(task, task_struct_before_5_14);
            core_read!(task, state).map(|state| state as u64)
        }
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
