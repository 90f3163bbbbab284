//! What libbpf alone loads, as aya 0.14 refuses an object that asks it: kfuncs and `type_matches`.
//! `../c/twins-libbpf.bpf.c` is the other half.
#![no_std]
#![no_main]
#![allow(non_camel_case_types, missing_docs)]

#[macro_use]
#[allow(dead_code, reason = "the other object needs more of it")]
mod row;

use aya_ebpf::helpers::bpf_get_current_task;
use bpf_core::{CoreStruct, ReadError, core_cast, core_read, core_type_matches};

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

rows! {
    // For the others to look at.
    fn current_task() -> u64 {
        // SAFETY: it takes nothing and gives an address.
        unsafe { bpf_get_current_task() }
    }

    fn cast(task: *const task_struct) -> Option<Result<i32, ReadError>> {
        let task = core_cast::<task_struct>(task.cast())?;
        Some(core_read!(task, tgid))
    }

    // The first hop is a load, the second one the helper's.
    fn cast_far(task: *const task_struct) -> Option<Result<i32, ReadError>> {
        let task = core_cast::<task_struct>(task.cast())?;
        Some(core_read!(task, real_parent, tgid))
    }

    fn type_matches() -> bool {
        core_type_matches::<task_struct>()
    }

    fn type_differs() -> bool {
        core_type_matches::<task_struct_wide>()
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[unsafe(link_section = "license")]
#[unsafe(no_mangle)]
static LICENSE: [u8; 13] = *b"Dual MIT/GPL\0";
