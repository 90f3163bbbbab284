//! Tells who executes what, five times: by each kind of program that can see execve(2) called.
//!
//! They differ in how they come to the address of the path, which is in user memory then for all of
//! them.
#![no_std]
#![no_main]

mod kernel;

use aya_ebpf::{
    EbpfContext as _,
    btf_maps::Array,
    helpers::bpf_get_current_pid_tgid,
    macros::{btf_map, btf_tracepoint, fentry, kprobe, raw_tracepoint, tracepoint},
    programs::{
        BtfTracePointContext, FEntryContext, ProbeContext, RawTracePointContext, TracePointContext,
    },
};
use bpf_core::{
    ReadError, TrustedPtr, UserPtr, core_read, probe_read_user_str,
    registers::{pt_regs, pt_regs_parm_syscall, pt_regs_syscall_regs},
};
use example_events::{Execution, Form, tell};
use kernel::trace_event_raw_sys_enter;

/// The process that is told of; 0 for all.
#[btf_map]
static ONLY: Array<u32, 1> = Array::new();

/// The number of execve(2), which each processor has its own of.
#[btf_map]
static EXECVE: Array<i64, 1> = Array::new();

// The record of `raw_syscalls/sys_enter`. That of `syscalls/sys_enter_execve` is a
// `syscall_trace_enter`: it looks the same, but for kernels with a larger `trace_entry`, as 6.1 rt,
// where `args` is at 24 in the one and at 16 in the other.
#[tracepoint(category = "raw_syscalls", name = "sys_enter")]
pub fn tracepoint(ctx: TracePointContext) -> u32 {
    let enter: *const trace_event_raw_sys_enter = ctx.as_ptr().cast_const().cast();
    // Which call it is cannot be known where the read fails: better one too many.
    if core_read!(enter, id).map_or(true, is_execve) {
        executes(
            Form::Tracepoint,
            core_read!(enter, args[0]).map(UserPtr::new),
        );
    }
    0
}

// TP_PROTO(struct pt_regs *regs, long id)
#[raw_tracepoint(tracepoint = "sys_enter")]
pub fn raw_tracepoint(ctx: RawTracePointContext) -> i32 {
    if is_execve(ctx.arg(1)) {
        let regs: *const pt_regs = ctx.arg(0);
        executes(Form::RawTracepoint, pt_regs_parm_syscall::<1, _>(regs));
    }
    0
}

// long __x64_sys_execve(const struct pt_regs *regs), __arm64_sys_execve likewise. The program stands
// in front of a function whose argument is in a register; what that points to are registers too. On
// arm64 the loader says where to attach it, as below.
// corelint: allow(absent-hook, reason = "on arm64 the loader names another function")
#[kprobe(function = "__x64_sys_execve")]
pub fn kprobe(ctx: ProbeContext) -> u32 {
    let regs: *const pt_regs = ctx.as_ptr().cast_const().cast();
    let path = pt_regs_syscall_regs(regs).and_then(pt_regs_parm_syscall::<1, _>);
    executes(Form::Kprobe, path);
    0
}

// corelint: allow(absent-hook, reason = "on arm64 the loader names another function")
#[fentry(function = "__x64_sys_execve")]
pub fn fentry(ctx: FEntryContext) -> i32 {
    if let Some(regs) = TrustedPtr::<pt_regs>::arg(&ctx, 0) {
        executes(Form::Fentry, pt_regs_parm_syscall::<1, _>(regs));
    }
    0
}

// TP_PROTO(struct pt_regs *regs, long id)
#[btf_tracepoint(function = "sys_enter")]
pub fn tp_btf(ctx: BtfTracePointContext) -> i32 {
    if is_execve(ctx.arg(1))
        && let Some(regs) = TrustedPtr::<pt_regs>::arg(&ctx, 0)
    {
        executes(Form::TpBtf, pt_regs_parm_syscall::<1, _>(regs));
    }
    0
}

fn is_execve(id: i64) -> bool {
    EXECVE.get(0) == Some(&id)
}

#[inline(always)]
fn executes(told_by: Form, path: Result<UserPtr<u8>, ReadError>) {
    let process = (bpf_get_current_pid_tgid() >> 32) as u32;
    if matches!(ONLY.get(0), Some(&only) if only != 0 && only != process) {
        return;
    }
    tell(|event| {
        let Execution {
            form,
            pid,
            len,
            bytes,
        } = event;
        *form = told_by as u32;
        *pid = process;
        let read = path.and_then(|path| probe_read_user_str(bytes, path));
        len.put(read.map(|path| path.len() as u32));
    });
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
