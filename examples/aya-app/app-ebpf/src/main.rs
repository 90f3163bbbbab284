//! Tells of each program that is executed who does it, and whose child that is.
#![no_std]
#![no_main]
#![allow(non_camel_case_types)]

use app_common::Exec;
use aya_ebpf::{
    btf_maps::RingBuf,
    macros::{btf_map, btf_tracepoint},
    programs::BtfTracePointContext,
};
use bpf_core::{CoreStruct, ReadError, TrustedPtr, core_read, core_read_into};

#[derive(CoreStruct)]
struct task_struct {
    tgid: i32,
    comm: [u8; 16],
    real_parent: *const task_struct,
}

#[btf_map]
static EVENTS: RingBuf<(), { 64 * 1024 }> = RingBuf::new();

/// `include/trace/events/sched.h`: its first argument is the task.
#[btf_tracepoint(function = "sched_process_exec")]
pub fn exec(ctx: BtfTracePointContext) -> i32 {
    match event(&ctx) {
        Ok(()) => 0,
        Err(error) => error.into(),
    }
}

fn event(ctx: &BtfTracePointContext) -> Result<(), ReadError> {
    let Some(task) = TrustedPtr::<task_struct>::arg(ctx, 0) else {
        return Ok(());
    };
    let mut event = Exec {
        pid: core_read!(task, tgid)?,
        parent: core_read!(task, real_parent, tgid)?,
        ..Exec::default()
    };
    core_read_into!(&mut event.comm, task, comm)?;
    // A full ring buffer loses the event.
    if let Some(mut room) = EVENTS.reserve_untyped::<Exec>(0) {
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
