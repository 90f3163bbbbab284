//! Reads by literal offsets of 6.1.176 amd64 cloud, as programs have them: tests rewrite it, and run what comes
//! out.
// As the command writes it.
#![cfg_attr(rustfmt, rustfmt_skip)]
#![no_std]
#![no_main]
#![allow(dead_code)]

mod kernel;

use aya_ebpf::helpers::{bpf_get_current_pid_tgid, bpf_get_current_task, bpf_probe_read_kernel};
use aya_ebpf::macros::raw_tracepoint;
use aya_ebpf::programs::RawTracePointContext;
use constructs_ebpf::program;

const TGID: usize = 2420;
const REAL_PARENT: u64 = 2432;

/// A pointer to bytes, and a method that adds.
fn tgid(task: *const u8) -> Result<i32, i32> {
    let tgid = bpf_core::core_read!(task as *const crate::kernel::task_struct, tgid)?;
    Ok(tgid)
}

/// An address as a number, and what is behind the pointer that is read.
fn parent() -> Result<u32, i32> {
    let task = unsafe { bpf_get_current_task() };
    let parent = bpf_core::core_read!(task as *const crate::kernel::task_struct, real_parent).map(|value| value as u64)?;
    bpf_core::core_read!(parent as *const crate::kernel::task_struct, tgid).map(|value| value as u32).map_err(i32::from)
}

/// A struct in a struct, and a type that has a struct around its number.
fn inner() -> Result<(u64, u32), i32> {
    let task = unsafe { bpf_get_current_task() } as *const u8;
    let runtime = bpf_core::core_read!(task as *const crate::kernel::task_struct, se.vruntime)?;
    let cred = unsafe { bpf_core::core_read!(bpf_get_current_task() as *const crate::kernel::task_struct, cred).map(|value| value as *const u8) }?;
    let uid = bpf_core::core_read!(cred as *const crate::kernel::cred, uid.val)?;
    Ok((runtime, uid))
}

fn name() -> Option<[u8; 16]> {
    let task = unsafe { bpf_get_current_task() } as *const u8;
    bpf_core::core_read!(task as *const crate::kernel::task_struct, comm).ok()
}

/// A function that adds and reads.
unsafe fn read_field<T: Copy>(base: *const u8, offset: usize) -> Result<T, i32> {
    let place = unsafe { base.add(offset) };
    unsafe { bpf_probe_read_kernel(place as *const T) }
}

/// The same for one type, which drops the error.
fn read_pointer(base: u64, offset: u64) -> Option<u64> {
    let value = unsafe { bpf_probe_read_kernel((base + offset) as *const u64) };
    value.ok()
}

fn passed() -> Result<i32, i32> {
    let task = unsafe { bpf_get_current_task() };
    let parent = bpf_core::core_read!(task as *const crate::kernel::task_struct, real_parent).map(|value| value as u64).ok().ok_or(1)?;
    let of_parent = bpf_core::core_read!(parent as *const crate::kernel::task_struct, tgid).map_err(i32::from);
    let own: i32 = bpf_core::core_read!(task as *const crate::kernel::task_struct, tgid).map_err(|_| 1)?;
    Ok(if of_parent? == 0 { 0 } else { own })
}

/// A pointer that the hook gives.
#[raw_tracepoint(tracepoint = "sched_process_fork")]
fn forked(ctx: RawTracePointContext) -> i32 {
    let child: *const u8 = ctx.arg(1);
    let tgid = bpf_core::core_read!(child as *const crate::kernel::task_struct, tgid).map_err(i32::from);
    tgid.unwrap_or(-1)
}

/// What is left.
fn left(task: *const u8, device: *const u8) -> Result<u64, i32> {
    let middle = unsafe { bpf_probe_read_kernel(task.add(2421) as *const u32) }?;
    let unknown = unsafe { bpf_probe_read_kernel(device.add(256) as *const u32) }?;
    let untyped: u64 = unsafe { bpf_probe_read_kernel(task.add(2784).cast()) }?;
    Ok(u64::from(middle) + u64::from(unknown) + untyped)
}

fn own() -> Result<bool, i32> {
    let task = unsafe { bpf_get_current_task() } as *const u8;
    let own = (bpf_get_current_pid_tgid() >> 32) as i32;
    let named = name().is_some_and(|name| name[0] != 0);
    let inner = inner()?;
    Ok(tgid(task)? == own && passed()? == own && parent()? != 0 && inner.0 != 0 && named && left(task, core::ptr::null()).is_err())
}

program!(|_number| {
    u64::from(own() == Ok(true))
});
