//! Direct loads through pointers that the verifier knows the type of: `preserve_access_index` of C.
//!
//! Nothing but an event runs these programs: a thread that the test starts.

use aya_ebpf::helpers::bpf_get_current_pid_tgid;
use bpf_core::{BtfArgs, ReadError, TrustedPtr, core_read};

use crate::{
    kernel::task_struct,
    row::{Answer, memory},
};

/// Whether the process that runs is the one whose id is in `MEMORY`.
#[inline(always)]
fn is_the_test() -> bool {
    let Some(memory) = memory() else {
        return false;
    };
    // SAFETY: the map's memory.
    let id = unsafe { memory.cast::<u64>().read() };
    bpf_get_current_pid_tgid() >> 32 == id
}

/// As `rows!`, of the context of `task_newtask`: `TP_PROTO(struct task_struct *task, u64 flags)`.
macro_rules! rows_of_new_tasks {
    ($(fn $name:ident($context:ident: &BtfArgs) -> $answer:ty { $($body:tt)* })*) => {$(
        #[unsafe(no_mangle)]
        #[unsafe(link_section = "tp_btf/task_newtask")]
        pub extern "C" fn $name(context: *const u64) -> i32 {
            #[inline(always)]
            fn row($context: &BtfArgs) -> $answer {
                $($body)*
            }
            if !is_the_test() {
                return 0;
            }
            // SAFETY: a `tp_btf` program.
            row(&unsafe { BtfArgs::new(context) }).give()
        }
    )*};
}

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
