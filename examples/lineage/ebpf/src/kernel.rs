//! The part of the kernel's types that the program reads. Neither order nor gaps count.
#![expect(non_camel_case_types, reason = "the kernel's names")]

use bpf_core::CoreStruct;
use example_events::COMM_LEN;

/// `include/linux/sched.h`
#[derive(CoreStruct)]
pub struct task_struct {
    pub tgid: i32,
    pub comm: [u8; COMM_LEN],
    pub real_parent: *const task_struct,
    pub group_leader: *const task_struct,
    pub se: sched_entity,
    pub mm: *const mm_struct,
    pub cgroups: *const css_set,
}

/// `include/linux/sched.h`
#[derive(CoreStruct)]
pub struct sched_entity {
    pub vruntime: u64,
}

/// `include/linux/mm_types.h`: all of it is in an unnamed struct, which needs no word here.
#[derive(CoreStruct)]
pub struct mm_struct {
    pub exe_file: *const file,
}

/// `include/linux/fs.h`
#[derive(CoreStruct)]
pub struct file {
    pub f_inode: *const inode,
}

/// `include/linux/fs.h`
#[derive(CoreStruct)]
pub struct inode {
    pub i_ino: u64,
}

/// `include/linux/cgroup-defs.h`
#[derive(CoreStruct)]
pub struct css_set {
    pub dfl_cgrp: *const cgroup,
}

/// `include/linux/cgroup-defs.h`
#[derive(CoreStruct)]
pub struct cgroup {
    pub kn: *const kernfs_node,
}

/// `include/linux/kernfs.h`
#[derive(CoreStruct)]
pub struct kernfs_node {
    pub id: u64,
}
