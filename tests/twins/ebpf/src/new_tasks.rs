//! Programs that nothing but an event runs: a thread that the test starts.

use aya_ebpf::helpers::bpf_get_current_task;

use crate::row::memory;

/// Whether the task that runs is the one whose address is in `MEMORY`. Its id would be another one
/// to a test in a PID namespace.
#[inline(always)]
pub fn is_the_test() -> bool {
    let Some(memory) = memory() else {
        return false;
    };
    // SAFETY: the map's memory.
    let task = unsafe { memory.cast::<u64>().read() };
    // SAFETY: it takes nothing and gives an address.
    unsafe { bpf_get_current_task() == task }
}

/// As `rows!`, of the context of `task_newtask`: `TP_PROTO(struct task_struct *task, u64 flags)`.
macro_rules! rows_of_new_tasks {
    ($(fn $name:ident($context:ident: $of:ty) -> $answer:ty { $($body:tt)* })*) => {$(
        #[unsafe(no_mangle)]
        #[unsafe(link_section = "tp_btf/task_newtask")]
        pub extern "C" fn $name(context: *const u64) -> i32 {
            #[inline(always)]
            fn row($context: $of) -> $answer {
                $($body)*
            }
            if !$crate::new_tasks::is_the_test() {
                return 0;
            }
            // SAFETY: a `tp_btf` program.
            let context = unsafe { bpf_core::BtfArgs::new(context) };
            $crate::row::Answer::give(row(&context))
        }
    )*};
}
