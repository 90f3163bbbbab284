//! `core_list_entries!`: `list_for_each_entry` of the kernel, with a bound.

use bpf_core::{ReadError, core_field_ptr, core_list_entries, core_read};

use crate::kernel::task_struct;

rows! {
    fn children(task: *const task_struct) -> Result<i32, ReadError> {
        let mut sum = 0;
        let head = core_field_ptr!(task, children)?;
        for child in core_list_entries!(head, task_struct, sibling; 32) {
            sum += core_read!(child?, pid)?;
        }
        Ok(sum)
    }
}
