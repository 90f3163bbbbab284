//! Pointers that a program may dereference: on a host nothing is dereferenced.
#![allow(non_camel_case_types)]
#![deny(warnings)]

use std::ffi::c_void;

use bpf_core::{
    BtfArgs, BtfContext, CoreEnum, CoreStruct, ReadError, StructOpsArgs, TrustedMut, TrustedPtr,
    WriteError, core_cast, core_field_ptr, core_read, core_read_str, core_recast, core_write, kfuncs,
};

const ENOSYS: i32 = 38;

#[derive(CoreEnum)]
#[repr(u32)]
enum pid_type {
    PIDTYPE_PID,
}

#[derive(CoreStruct)]
struct sched_ext_entity {
    slice: u64,
}

#[derive(CoreStruct)]
struct task_struct {
    tgid: i32,
    comm: [u8; 16],
    scx: sched_ext_entity,
    real_parent: *const task_struct,
    kind: pid_type,
    done: bool,
    #[core(optional)]
    __state: u32,
    #[core(bitfield)]
    in_execve: bool,
}

#[derive(CoreStruct)]
#[core(name = "task_struct___v5")]
struct TaskOfLinux5 {
    state: i64,
}

kfuncs! {
    /// `kernel/bpf/helpers.c`
    #[allow(dead_code)]
    pub fn bpf_task_acquire(p: *mut task_struct) -> *mut task_struct;
    #[allow(dead_code)]
    fn bpf_task_from_pid(pid: i32) -> *mut task_struct;
    #[allow(dead_code)]
    fn bpf_kptr_xchg_impl(to: *mut c_void, name: *const u8, on: bool) -> *mut *mut c_void;
    #[allow(dead_code)]
    fn bpf_rcu_read_lock();
}

fn fails<T: std::fmt::Debug>(read: Result<T, ReadError>) {
    assert_eq!(read.unwrap_err().errno(), ENOSYS);
}

fn failed<T: std::fmt::Debug>(written: Result<T, WriteError>) {
    assert!(written.is_err());
}

fn first<C: BtfContext>(ctx: &C) -> Option<TrustedPtr<'_, task_struct>> {
    TrustedPtr::arg(ctx, 0)
}

fn main() {
    let task = 0_u64;
    let args = [&raw const task as u64, 0];
    // SAFETY: two arguments, as a program would get them.
    let ctx = unsafe { BtfArgs::new(&raw const args) };
    assert!(TrustedPtr::<task_struct>::arg(&ctx, 1).is_none());
    let task = first(&ctx).unwrap();
    assert_eq!(task.as_ptr() as u64, args[0]);
    fails::<i32>(core_read!(task, tgid));
    fails::<*const task_struct>(core_read!(task, real_parent));
    fails::<i32>(core_read!(task, real_parent, tgid));
    fails::<bool>(core_read!(task, in_execve));
    fails::<bool>(core_read!(task, done));
    fails::<u32>(core_read!(task, kind));
    fails::<u64>(core_read!(task, scx.slice));
    fails::<[u8; 16]>(core_read!(task, comm));
    let mut buf = [0; 4];
    fails(core_read_str!(&mut buf, task, comm));
    let _: *const [u8; 16] = core_field_ptr!(task, comm).unwrap();
    assert_eq!(core_read!(task, __state), Ok(None));
    let old: TrustedPtr<'_, TaskOfLinux5> = core_recast!(task, TaskOfLinux5);
    fails::<i64>(core_read!(old, state));
    let _: TrustedPtr<'_, task_struct> = TrustedPtr::current_task(&ctx);

    // SAFETY: as above.
    let ctx = unsafe { StructOpsArgs::new(&raw const args) };
    let task = TrustedMut::<task_struct>::arg(&ctx, 0).unwrap();
    fails::<i32>(core_read!(task, tgid));
    failed::<()>(core_write!(task, tgid = 1));
    failed::<()>(core_write!(task, scx.slice = 1 << 40));
    failed::<()>(core_write!(task, comm[3] = b'x'));
    failed::<()>(core_write!(task, done = !false));
    failed::<()>(core_write!(task, kind = pid_type::PIDTYPE_PID as u32));
    failed::<()>(core_write!(task, in_execve = true));
    assert_eq!(core_write!(task, __state = 1), Ok(None));
    let old: TrustedMut<'_, TaskOfLinux5> = core_recast!(task, TaskOfLinux5);
    failed::<()>(core_write!(old, state = -1));

    assert!(core_cast::<task_struct>(8 as *const c_void).is_none());
    assert!(core_cast::<task_struct>(core::ptr::dangling::<u8>()).is_none());
    assert!(core_cast::<task_struct>(core::ptr::dangling_mut::<task_struct>()).is_none());
}
