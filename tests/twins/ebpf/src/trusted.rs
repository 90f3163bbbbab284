//! Direct loads through pointers that the verifier knows the type of: `preserve_access_index` of C.

use bpf_core::{BtfArgs, ReadError, TrustedPtr, core_read};

use crate::kernel::task_struct;

#[inline(always)]
fn new_task(context: &BtfArgs) -> Option<TrustedPtr<'_, task_struct>> {
    TrustedPtr::arg(context, 0)
}

rows_of_new_tasks! {
    fn trusted(context: &BtfArgs) -> Option<Result<i32, ReadError>> {
        let task = new_task(context)?;
        Some(core_read!(task, tgid))
    }

    // The first hop is a load, the second one the helper's.
    fn trusted_far(context: &BtfArgs) -> Option<Result<i32, ReadError>> {
        let task = new_task(context)?;
        Some(core_read!(task, real_parent, tgid))
    }

    fn trusted_bits(context: &BtfArgs) -> Result<u32, ReadError> {
        let task: TrustedPtr<'_, task_struct> = TrustedPtr::current_task(context);
        core_read!(task, sched_reset_on_fork)
    }
}
