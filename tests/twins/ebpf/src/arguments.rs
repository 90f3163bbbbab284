//! Addresses for the other programs to look at: not programs to compare.

use aya_ebpf::helpers::bpf_get_current_task;
use bpf_core::{ReadError, core_read, probe_read_kernel};

use crate::{
    kernel::{file, sock, task_struct},
    row::memory,
};

rows! {
    fn current_task() -> u64 {
        // SAFETY: it takes nothing and gives an address.
        unsafe { bpf_get_current_task() }
    }

    fn filled_memory() -> Option<*const u8> {
        memory()
    }

    // `struct file **fd` of the table (`include/linux/fdtable.h`): the path ends there, and goes on
    // at an element of an array whose length is not in its type.
    fn socket_of_file(task: *const task_struct, descriptor: u64) -> Result<*const sock, ReadError> {
        let table = core_read!(task, files, fdt, fd)?;
        let file: *const file = probe_read_kernel(table.wrapping_add(descriptor as usize))?;
        let socket = core_read!(file, private_data)?;
        core_read!(socket, sk)
    }
}
