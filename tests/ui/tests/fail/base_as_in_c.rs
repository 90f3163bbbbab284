#![allow(non_camel_case_types)]

use bpf_core::*;

#[derive(CoreStruct)]
struct task_struct {
    pid: i32,
    se: sched_entity,
    real_parent: *const task_struct,
}

#[derive(CoreStruct)]
struct sched_entity {
    vruntime: u64,
}

fn read(task: *const task_struct) {
    let _ = core_read!(task->pid);
//~                        ^^
    let _ = core_read!((*task).pid);
//~                    ^^^^^^^^^^^
    let _ = core_read!((*(*task).real_parent).se.vruntime);
//~                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    let _ = core_field_ptr!(&(*task).pid);
//~                         ^^^^^^^^^^^^
    let _ = core_read!(task; pid);
//~                        ^
}

fn exists(task: *const task_struct) {
    let _ = core_field_exists!(task->pid);
//~                                ^^
    let _ = core_field_exists!((*task).pid);
//~                            ^^^^^^^^^^^
    let _ = core_field_exists!(task_struct.pid);
//~                                       ^
    let _ = core_field_exists!(struct task_struct, pid);
//~                            ^^^^^^
}

fn main() {}
