//! Questions about fields, whose answers the loader knows.

use bpf_core::{
    ReadError, core_container_of, core_field_exists, core_field_offset, core_field_ptr,
    core_field_size, core_read,
};

use crate::kernel::{sched_entity, task_struct};

rows! {
    fn field_exists() -> bool {
        core_field_exists!(task_struct, se.load.weight)
    }

    fn field_is_missing() -> bool {
        core_field_exists!(task_struct, of_no_kernel)
    }

    fn field_size() -> usize {
        core_field_size!(task_struct, comm)
    }

    fn field_offset() -> usize {
        core_field_offset!(task_struct, real_parent)
    }

    // Of what the pointer is declared to point to.
    fn field_size_of_pointee(task: *const task_struct) -> usize {
        core_field_size!(*task, real_parent, comm)
    }

    fn field_address(task: *const task_struct) -> Result<*const sched_entity, ReadError> {
        core_field_ptr!(task, se)
    }

    fn container(entity: *const sched_entity) -> *const task_struct {
        core_container_of!(entity, task_struct, se)
    }

    fn field_renamed(task: *const task_struct) -> Result<Option<u64>, ReadError> {
        if let Some(state) = core_read!(task, __state)? {
            return Ok(Some(u64::from(state)));
        }
        Ok(core_read!(task, state)?.map(|state| state as u64))
    }
}
