#![allow(non_camel_case_types)]

use bpf_core::*;

mod kernel {
    use bpf_core::CoreStruct;

    #[derive(CoreStruct)]
    pub struct task_struct {
        pub tgid: i32,
        pid: i32,
    }
}

fn read(task: *const kernel::task_struct) -> Result<i32, ReadError> {
    core_read!(task, pid)
//~                  ^^^
}

fn main() {}
