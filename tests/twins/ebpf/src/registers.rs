//! `pt_regs_parm`: `PT_REGS_PARMn_CORE` and `PT_REGS_PARMn_CORE_SYSCALL`.

use bpf_core::{
    ReadError, UserPtr,
    registers::{pt_regs, pt_regs_parm, pt_regs_parm_syscall},
};

rows! {
    fn register_parm(regs: *const pt_regs) -> Result<u64, ReadError> {
        pt_regs_parm::<1, _>(regs)
    }

    fn register_of_syscall(regs: *const pt_regs) -> Result<UserPtr<u8>, ReadError> {
        pt_regs_parm_syscall::<4, _>(regs)
    }
}
