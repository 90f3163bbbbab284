#![allow(non_camel_case_types)]
#![deny(private_interfaces)]

mod kernel {
    use bpf_core::*;

    #[derive(CoreStruct)]
    struct mm_struct {
        arg_start: u64,
    }

    #[derive(CoreStruct)]
    pub struct task_struct {
        pub mm: *const mm_struct,
//~     ^^^^^^^^^^^^^^^^^^^^^^^^
    }
}

fn main() {}
