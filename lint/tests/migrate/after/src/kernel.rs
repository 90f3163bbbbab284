//! Types of the kernel, for many kernels at once, by `cargo corelint migrate`.

#![allow(unused_imports, dead_code, non_camel_case_types, non_snake_case)]

// What is not declared here is still that of one kernel.
pub use crate::vmlinux::*;
use bpf_core::CoreStruct;

/// `struct path`
#[derive(Clone, Copy, CoreStruct)]
pub struct path {
    pub dentry: *mut dentry,
}

/// `struct file`
#[derive(Clone, Copy, CoreStruct)]
pub struct file {
    pub f_path: path,
}

/// `struct files_struct`
#[derive(Clone, Copy, CoreStruct)]
pub struct files_struct {
    pub next_fd: u32,
}

/// It has no name in the kernel
#[derive(Clone, Copy, CoreStruct)]
pub union in6_addr_in6_u {
    pub u6_addr8: [u8; 16],
}

/// `struct in6_addr`
#[derive(Clone, Copy, CoreStruct)]
pub struct in6_addr {
    pub in6_u: in6_addr_in6_u,
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

/// `struct sock_common`
#[derive(Clone, Copy, CoreStruct)]
pub struct sock_common {
    pub skc_v6_daddr: in6_addr,
}

/// `struct sock`
#[derive(Clone, Copy, CoreStruct)]
pub struct sock {
    pub __sk_common: sock_common,
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
