//! Sends an event when a process ends: how long it ran, and its exit status.
#![no_std]
#![no_main]
#![allow(non_camel_case_types)]

use app_common::Exit;
use aya_ebpf::{
    btf_maps::{HashMap, RingBuf},
    helpers::bpf_ktime_get_ns,
    macros::{btf_map, btf_tracepoint},
    programs::BtfTracePointContext,
};
use bpf_core::{CoreStruct, ReadError, TrustedPtr, core_read, core_read_into};

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    tgid: i32,
    exit_code: i32,
    comm: [u8; 16],
    real_parent: *const task_struct,
}

/// The process whose children are shown; 0 shows all. The loader sets it before the load.
#[unsafe(no_mangle)]
static PARENT: i32 = 0;

/// When each process executed its program.
#[btf_map]
static STARTED: HashMap<i32, u64, 10240> = HashMap::new();

#[btf_map]
static EVENTS: RingBuf<(), { 64 * 1024 }> = RingBuf::new();

/// `include/trace/events/sched.h`: the first argument of both tracepoints is the task.
#[btf_tracepoint(function = "sched_process_exec")]
pub fn exec(ctx: BtfTracePointContext) -> i32 {
    started(&ctx).map_or_else(i32::from, |()| 0)
}

#[btf_tracepoint(function = "sched_process_exit")]
pub fn exit(ctx: BtfTracePointContext) -> i32 {
    ended(&ctx).map_or_else(i32::from, |()| 0)
}

fn started(ctx: &BtfTracePointContext) -> Result<(), ReadError> {
    let Some(task) = TrustedPtr::<task_struct>::arg(ctx, 0) else {
        return Ok(());
    };
    // SAFETY: the helper takes nothing.
    let now = unsafe { bpf_ktime_get_ns() };
    // A full map loses the time: the event of its end says 0.
    let _ = STARTED.insert(core_read!(task, tgid)?, now, 0);
    Ok(())
}

fn ended(ctx: &BtfTracePointContext) -> Result<(), ReadError> {
    let Some(task) = TrustedPtr::<task_struct>::arg(ctx, 0) else {
        return Ok(());
    };
    let pid = core_read!(task, tgid)?;
    // Each thread ends. The process ends with its first one.
    if core_read!(task, pid)? != pid {
        return Ok(());
    }
    // SAFETY: no program changes the value in place.
    let started = unsafe { STARTED.get(pid) }.copied();
    let _ = STARTED.remove(pid);
    let parent = core_read!(task, real_parent, tgid)?;
    // SAFETY: the loader has set it, and nobody writes it any more. `read_volatile` keeps the compiler from using 0.
    let wanted = unsafe { (&raw const PARENT).read_volatile() };
    if wanted != 0 && parent != wanted {
        return Ok(());
    }
    // SAFETY: the helper takes nothing.
    let now = unsafe { bpf_ktime_get_ns() };
    let mut event = Exit {
        ran: started.map_or(0, |started| now - started),
        pid,
        parent,
        status: core_read!(task, exit_code)?,
        ..Exit::default()
    };
    core_read_into!(&mut event.comm, task, comm)?;
    // A full ring buffer loses the event.
    if let Some(mut room) = EVENTS.reserve_untyped::<Exit>(0) {
        room.write(event);
        room.submit(0);
    }
    Ok(())
}

#[cfg(not(test))]
#[panic_handler]
fn panic(_info: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
