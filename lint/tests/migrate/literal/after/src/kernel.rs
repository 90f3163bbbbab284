//! Types of the kernel, for many kernels at once, by `cargo corelint migrate`.

#![allow(dead_code, non_camel_case_types, non_snake_case)]

use bpf_core::CoreStruct;

/// `kuid_t`
#[derive(Clone, Copy, CoreStruct)]
#[core(typedef)]
pub struct kuid_t {
    pub val: u32,
}

/// `struct cred`
#[derive(Clone, Copy, CoreStruct)]
pub struct cred {
    pub uid: kuid_t,
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
    pub tgid: i32,
    pub real_parent: *const task_struct,
    pub cred: *const cred,
    pub comm: [u8; 16],
}
