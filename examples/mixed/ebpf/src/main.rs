//! Tells who executes a program, as the C half reads it and as the Rust half does.
#![no_std]
#![no_main]

mod shim;

use aya_ebpf::{
    btf_maps::Array,
    macros::{btf_map, raw_tracepoint},
    programs::RawTracePointContext,
};
use bpf_core::{CoreStruct, core_read, core_read_into};
use example_events::{COMM_LEN, Mixed, Seen, is_asked_for, start_of, tell};

/// `include/linux/sched.h`. The C half has another declaration, with other fields.
#[derive(CoreStruct)]
#[expect(non_camel_case_types, reason = "the kernel's name")]
pub struct task_struct {
    pub real_parent: *const task_struct,
    pub group_leader: *const task_struct,
    pub comm: [u8; COMM_LEN],
    pub tgid: i32,
}

/// The parent whose children are told of; 0 for everyone's.
#[btf_map]
static ONLY_CHILDREN_OF: Array<i32, 1> = Array::new();

// TP_PROTO(struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm)
#[raw_tracepoint(tracepoint = "sched_process_exec")]
pub fn mixed(ctx: RawTracePointContext) -> i32 {
    let task: *const task_struct = ctx.arg(0);
    if is_asked_for(&ONLY_CHILDREN_OF, || core_read!(task, real_parent, tgid)) {
        tell(|event| {
            let Mixed { by_c, by_rust } = event;
            look_by_c(task, by_c);
            look_by_rust(task, by_rust);
        });
    }
    0
}

#[inline(always)]
fn look_by_c(task: *const task_struct, seen: &mut Seen) {
    let Seen {
        pid,
        comm,
        parent,
        start,
    } = seen;
    *pid = shim::read(shim::shim_pid, task);
    *comm = shim::read(shim::shim_comm, task);
    *parent = shim::read(shim::shim_parent, task);
    *start = shim::read(shim::shim_start, task);
}

#[inline(always)]
fn look_by_rust(task: *const task_struct, seen: &mut Seen) {
    let Seen {
        pid,
        comm,
        parent,
        start,
    } = seen;
    pid.fill(|pid| core_read_into!(pid, task, tgid));
    comm.fill(|comm| core_read_into!(comm, task, group_leader, comm));
    parent.fill(|parent| core_read_into!(parent, task, real_parent, tgid));
    start.put(start_of(task));
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
