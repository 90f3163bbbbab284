//! Two declarations of one type of the kernel.

use bpf_core::{CoreStruct, ReadError, core_read, core_recast};

use crate::kernel::task_struct;

/// Before 5.14.
#[derive(CoreStruct)]
#[core(name = "task_struct___old")]
pub struct task_struct_old {
    #[core(optional)]
    state: i64,
    tgid: i32,
}

rows! {
    fn flavour(task: *const task_struct_old) -> Result<i32, ReadError> {
        core_read!(task, tgid)
    }

    fn recast(task: *const task_struct) -> Result<i32, ReadError> {
        core_read!(core_recast!(task, task_struct_old), tgid)
    }

    fn flavour_guarded(task: *const task_struct) -> Result<Option<u64>, ReadError> {
        match core_read!(task, __state)? {
            Some(state) => Ok(Some(u64::from(state))),
            None => {
                let state = core_read!(core_recast!(task, task_struct_old), state)?;
                Ok(state.map(|state| state as u64))
            }
        }
    }
}
