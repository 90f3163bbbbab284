//! The Rust half of the twins: `twins.bpf.c` is the other, program by program.
#![no_std]
#![no_main]
#![allow(non_camel_case_types, missing_docs)]

mod kernel;

use aya_ebpf::{
    btf_maps::Array,
    helpers::bpf_get_current_task,
    macros::{btf_map, raw_tracepoint},
    programs::RawTracePointContext,
};
use bpf_core::{ReadError, core_read, core_read_into, core_read_str};
use kernel::{sock, task_struct};

#[btf_map]
static OUT: Array<u64, 4> = Array::new();

#[btf_map]
static NAME: Array<[u8; 64], 1> = Array::new();

fn current() -> *const task_struct {
    // SAFETY: the helper takes nothing and gives an address.
    unsafe { bpf_get_current_task() as *const task_struct }
}

#[inline(always)]
fn put(value: Result<u64, ReadError>) -> i32 {
    let Ok(value) = value else { return 1 };
    let Some(out) = OUT.get_ptr_mut(0) else {
        return 1;
    };
    // SAFETY: the map's memory.
    unsafe { *out = value };
    0
}

macro_rules! programs {
    ($($name:ident: $value:expr;)*) => {$(
        #[raw_tracepoint]
        pub fn $name(_: RawTracePointContext) -> i32 {
            put($value)
        }
    )*};
}

programs! {
    parent: core_read!(current(), real_parent, tgid).map(|tgid| tgid as u64);
    nested: core_read!(current(), se.vruntime);
    element: core_read!(current(), comm[3]).map(u64::from);
    inode: core_read!(current(), mm, exe_file, f_path.dentry, d_inode, i_ino);
    two_reads: read_two_reads();
    guarded: read_guarded();
    ancestors: read_ancestors();
    whole: core_read!(current(), se.load).map(|load| load.weight + u64::from(load.inv_weight));
}

#[inline(always)]
fn read_two_reads() -> Result<u64, ReadError> {
    let task = current();
    let parent = core_read!(task, real_parent)?;
    Ok(core_read!(parent, se.load.weight)? ^ core_read!(task, se.vruntime)?)
}

#[inline(always)]
fn read_guarded() -> Result<u64, ReadError> {
    let task = current();
    if let Some(state) = core_read!(task, __state)? {
        return Ok(u64::from(state));
    }
    match core_read!(task, state)? {
        Some(state) => Ok(state as u64),
        None => Ok(u64::MAX),
    }
}

#[inline(always)]
fn read_ancestors() -> Result<u64, ReadError> {
    let mut task = current();
    let mut depth = 0;
    while depth < 32 {
        if core_read!(task, tgid)? <= 1 {
            break;
        }
        task = core_read!(task, real_parent)?;
        depth += 1;
    }
    Ok(depth)
}

#[raw_tracepoint]
pub fn name(_: RawTracePointContext) -> i32 {
    let Some(name) = NAME.get_ptr_mut(0) else {
        return 1;
    };
    // SAFETY: the map's memory.
    let name = unsafe { &mut *name };
    match core_read_str!(name, current(), mm, exe_file, f_path.dentry, d_name.name) {
        Ok(_) => 0,
        Err(_) => 1,
    }
}

#[raw_tracepoint]
pub fn socket(ctx: RawTracePointContext) -> i32 {
    let sk: *const sock = ctx.arg(0);
    put(socket_of(sk))
}

#[inline(always)]
fn socket_of(sk: *const sock) -> Result<u64, ReadError> {
    if core_read!(sk, __sk_common.skc_family)? != 2 {
        return Ok(0);
    }
    let mut port = 0;
    core_read_into!(&mut port, sk, __sk_common.skc_dport)?;
    Ok(u64::from(core_read!(sk, __sk_common.skc_daddr)?) << 16 | u64::from(port))
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
