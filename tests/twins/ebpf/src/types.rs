//! Questions about types, whose answers the loader knows.

use bpf_core::{
    CoreStruct, core_type_exists, core_type_id_kernel, core_type_id_local, core_type_size,
};

use crate::kernel::task_struct;

#[derive(CoreStruct)]
pub struct of_no_kernel {
    _id: u32,
}

rows! {
    fn type_exists() -> bool {
        core_type_exists::<task_struct>()
    }

    fn type_is_missing() -> bool {
        core_type_exists::<of_no_kernel>()
    }

    fn type_size() -> Option<usize> {
        core_type_size::<task_struct>()
    }

    fn type_id_local() -> u32 {
        core_type_id_local::<task_struct>()
    }

    fn type_id_kernel() -> Option<u32> {
        core_type_id_kernel::<task_struct>()
    }
}
