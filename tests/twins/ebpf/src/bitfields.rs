//! `#[core(bitfield)]`: `BPF_CORE_READ_BITFIELD_PROBED`.

use bpf_core::{CoreStruct, ReadError, core_read};

use crate::kernel::{bpf_reg_state, sock, task_struct};

/// The same bits, declared as a truth value.
#[derive(CoreStruct)]
#[core(name = "task_struct___truth")]
pub struct task_truth {
    #[core(bitfield)]
    sched_reset_on_fork: bool,
}

rows! {
    fn bits_unsigned(task: *const task_struct) -> Result<u32, ReadError> {
        core_read!(task, sched_reset_on_fork)
    }

    fn bits_bool(task: *const task_truth) -> Result<bool, ReadError> {
        core_read!(task, sched_reset_on_fork)
    }

    fn bits_several(sk: *const sock) -> Result<u8, ReadError> {
        core_read!(sk, sk_userlocks)
    }

    // The kernel has it from 6.5.
    fn bits_signed(register: *const bpf_reg_state) -> Result<Option<i32>, ReadError> {
        core_read!(register, iter.depth)
    }

    // An `unsigned int`, and an `unsigned char` from 6.12.
    fn integer_of_another_size(task: *const task_struct) -> Result<u32, ReadError> {
        core_read!(task, se.on_rq)
    }
}
