#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {}

kfuncs! {
    fn bpf_task_acquire(task: &mut task_struct, flags: [u64; 2]) -> Option<u32>;
//~                           ^^^^^^^^^^^^^^^^
//~                                                    ^^^^^^^^
//~                                                                 ^^^^^^^^^^^
    fn bpf_printk(format: *const u8, ...) -> i32;
//~                                  ^^^
    fn bpf_task_release<T>(task: *mut T);
//~                     ^
}

fn hold(task: &mut task_struct) -> Option<u32> {
    // SAFETY: it is not run.
    unsafe { bpf_task_acquire(task, [0; 2]) }
}

fn main() {
    hold(&mut task_struct {});
}
