//! `core_read_str!`: `BPF_CORE_READ_STR_INTO`.

use bpf_core::{ReadError, core_read_str};

use crate::{kernel::task_struct, row::text};

rows! {
    // In the struct itself.
    fn comm(task: *const task_struct) -> Option<Result<&'static [u8], ReadError>> {
        let text = text()?;
        Some(core_read_str!(text, task, comm))
    }

    // Behind a pointer.
    fn name(task: *const task_struct) -> Option<Result<&'static [u8], ReadError>> {
        let text = text()?;
        Some(core_read_str!(text, task, mm, exe_file, f_path.dentry, d_name.name))
    }
}
