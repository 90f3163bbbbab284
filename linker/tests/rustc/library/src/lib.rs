//! A crate of its own, which knows another part of `task_struct` than the program does.
#![no_std]
#![allow(non_camel_case_types)]

use bpf_core::{CoreStruct, ReadError, core_read};

#[derive(CoreStruct)]
pub struct task_struct {
    pub flags: u32,
    pub se: sched_entity,
    pub tgid: i32,
}

#[derive(CoreStruct)]
pub struct sched_entity {
    pub load: load_weight,
}

#[derive(CoreStruct)]
pub struct load_weight {
    pub weight: u64,
    pub inv_weight: u32,
}

/// A whole struct: its own address is asked for by nobody.
#[inline(always)]
pub fn load(task: *const task_struct) -> Result<u64, ReadError> {
    let load: load_weight = core_read!(task, se.load)?;
    Ok(load.weight ^ u64::from(load.inv_weight))
}

#[inline(always)]
pub fn flags(task: *const task_struct) -> Result<u64, ReadError> {
    core_read!(task, flags).map(u64::from)
}
