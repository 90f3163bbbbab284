//! Types of the kernel, for many kernels at once, by `cargo corelint migrate`.

#![allow(unused_imports, dead_code, non_camel_case_types, non_snake_case)]

// What is not declared here is still that of one kernel.
pub use crate::vmlinux::*;
use bpf_core::CoreStruct;

/// `struct files_struct`
#[derive(Clone, Copy, CoreStruct)]
pub struct files_struct {
    pub next_fd: u32,
}

/// `struct mm_struct`
#[derive(Clone, Copy, CoreStruct)]
pub struct mm_struct {
    pub arg_start: u64,
}

/// `struct net_device`
#[derive(Clone, Copy, CoreStruct)]
pub struct net_device {
    pub r#type: u16,
}

/// `struct sched_entity`
#[derive(Clone, Copy, CoreStruct)]
pub struct sched_entity {
    pub vruntime: u64,
}

/// `struct task_struct`
#[derive(Clone, Copy, CoreStruct)]
pub struct task_struct {
    pub se: sched_entity,
    pub mm: *mut mm_struct,
    pub pid: i32,
    pub tgid: i32,
    pub real_parent: *mut task_struct,
    pub comm: [i8; 16],
    pub files: *mut files_struct,
}
