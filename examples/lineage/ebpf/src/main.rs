//! Tells who executes a program, and who that one's parent and grandparent are.
//!
//! One object for every kernel: each field below is looked up by name when it is loaded.
#![no_std]
#![no_main]

mod kernel;

use aya_ebpf::{
    btf_maps::Array,
    macros::{btf_map, raw_tracepoint},
    programs::RawTracePointContext,
};
use bpf_core::{ReadError, core_read, core_read_into};
use example_events::{Lineage, Process, is_asked_for, start_of, tell};
use kernel::task_struct;

/// The parent whose children are told of; 0 for everyone's.
#[btf_map]
static ONLY_CHILDREN_OF: Array<i32, 1> = Array::new();

// TP_PROTO(struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm)
#[raw_tracepoint(tracepoint = "sched_process_exec")]
pub fn lineage(ctx: RawTracePointContext) -> i32 {
    let task: *const task_struct = ctx.arg(0);
    if is_asked_for(&ONLY_CHILDREN_OF, || core_read!(task, real_parent, tgid)) {
        tell(|event| look(task, event));
    }
    0
}

#[inline(always)]
fn look(task: *const task_struct, event: &mut Lineage) {
    let Lineage {
        process,
        parent,
        grandparent,
        vruntime,
        start,
        cgroup,
        exe,
    } = event;
    let its_parent = core_read!(task, real_parent);
    let its_grandparent = its_parent.and_then(|parent| core_read!(parent, real_parent));
    look_at_process(Ok(task), process);
    look_at_process(its_parent, parent);
    look_at_process(its_grandparent, grandparent);
    vruntime.fill(|vruntime| core_read_into!(vruntime, task, se.vruntime));
    start.put(start_of(task));
    cgroup.fill(|id| core_read_into!(id, task, cgroups, dfl_cgrp, kn, id));
    exe.put(exe_of(task));
}

#[inline(always)]
fn look_at_process(task: Result<*const task_struct, ReadError>, process: &mut Process) {
    let Process { pid, comm } = process;
    pid.fill(|pid| core_read_into!(pid, task?, tgid));
    // A parent is a thread: the name of its process is that of the first.
    comm.fill(|comm| core_read_into!(comm, task?, group_leader, comm));
}

/// The inode of the program, which a thread of the kernel has not.
#[inline(always)]
fn exe_of(task: *const task_struct) -> Result<Option<u64>, ReadError> {
    let mm = core_read!(task, mm)?;
    if mm.is_null() {
        return Ok(None);
    }
    core_read!(mm, exe_file, f_inode, i_ino).map(Some)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
