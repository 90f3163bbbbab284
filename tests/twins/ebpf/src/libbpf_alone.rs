//! What libbpf alone loads, as aya 0.14 refuses an object that asks it: kfuncs and `type_matches`.
//! `../c/twins-libbpf.bpf.c` is the other half.
#![no_std]
#![no_main]
#![allow(non_camel_case_types, missing_docs)]

#[macro_use]
#[allow(dead_code, reason = "the other object needs more of it")]
mod row;
#[macro_use]
mod new_tasks;

use aya_ebpf::helpers::bpf_get_current_task;
use bpf_core::{
    BtfArgs, CoreStruct, ReadError, TrustedPtr, core_cast, core_field_ptr, core_read,
    core_type_matches, kfuncs,
};

#[derive(CoreStruct)]
pub struct task_struct {
    tgid: i32,
    real_parent: *const task_struct,
}

#[derive(CoreStruct)]
#[core(name = "task_struct___wide")]
pub struct task_struct_wide {
    #[core(name = "tgid")]
    _tgid: u64,
}

// kernel/bpf/helpers.c
kfuncs! {
    fn bpf_task_acquire(p: *mut task_struct) -> *mut task_struct;
    fn bpf_task_release(p: *mut task_struct);
}

rows! {
    // For the others to look at.
    fn current_task() -> u64 {
        // SAFETY: it takes nothing and gives an address.
        unsafe { bpf_get_current_task() }
    }

    fn cast(task: *const task_struct) -> Option<Result<i32, ReadError>> {
        let task = core_cast::<task_struct>(task)?;
        Some(core_read!(task, tgid))
    }

    // The first hop is a load, the second one the helper's.
    fn cast_far(task: *const task_struct) -> Option<Result<i32, ReadError>> {
        let task = core_cast::<task_struct>(task)?;
        Some(core_read!(task, real_parent, tgid))
    }

    // Nothing is read behind the first hop.
    fn cast_address(task: *const task_struct) -> Option<Result<*const i32, ReadError>> {
        let task = core_cast::<task_struct>(task)?;
        Some(core_field_ptr!(task, real_parent, tgid))
    }

    fn type_matches() -> bool {
        core_type_matches::<task_struct>()
    }

    fn type_differs() -> bool {
        core_type_matches::<task_struct_wide>()
    }
}

rows_of_new_tasks! {
    // The verifier lets nothing into it but what it trusts.
    fn kfunc(context: &BtfArgs) -> Option<Result<i32, ReadError>> {
        let task: TrustedPtr<'_, task_struct> = TrustedPtr::arg(context, 0)?;
        // SAFETY: a task, which is given back below.
        let task = unsafe { bpf_task_acquire(task.as_ptr().cast_mut()) };
        if task.is_null() {
            return None;
        }
        let tgid = core_read!(task.cast_const(), tgid);
        // SAFETY: it was acquired.
        unsafe { bpf_task_release(task) };
        Some(tgid)
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
