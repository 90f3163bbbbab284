//! Elements of the kernel's arrays, by an index known at run time.
#![no_std]
#![no_main]
#![allow(non_camel_case_types)]

use aya_ebpf::helpers::bpf_get_current_task;
use bpf_core::{
    CoreStruct, ErrorKind, ReadError, core_element_ptr, core_field_ptr, core_read, core_recast,
    probe_read_kernel,
};
use constructs_ebpf::program;

#[derive(CoreStruct)]
struct task_struct {
    comm: [u8; 16],
    thread_pid: *const pid,
    cred: *const cred,
}

#[derive(CoreStruct)]
struct cred {
    group_info: *const group_info,
}

/// `gid` has no length in any kernel.
#[derive(CoreStruct)]
struct group_info {
    ngroups: i32,
    gid: [kgid_t; 1],
}

#[derive(CoreStruct)]
#[core(name = "group_info___flexible")]
struct Groups {
    gid: [kgid_t; 0],
}

#[derive(CoreStruct)]
struct kgid_t {
    val: u32,
}

#[derive(CoreStruct)]
struct pid {
    numbers: [upid; 0],
}

/// The kernel's has 16 bytes.
#[derive(CoreStruct)]
struct upid {
    nr: i32,
}

program!(|index| {
    let index = index as usize;
    match distance(index) {
        Ok(distance) => distance,
        Err(error) if error.kind() == ErrorKind::TooLong => 7,
        Err(_) => 8,
    }
});

/// How far the element of a flexible array is from the first, if `comm` has such an element too.
#[inline(always)]
fn distance(index: usize) -> Result<usize, ReadError> {
    // SAFETY: a helper without arguments.
    let task = unsafe { bpf_get_current_task() } as *const task_struct;
    let comm = core_read!(task, comm)?;
    let letter = probe_read_kernel(core_element_ptr!(task, comm; index)?)?;
    if comm.get(index) != Some(&letter) {
        return Ok(9);
    }
    if core_read!(task, comm[index])? != letter {
        return Ok(11);
    }
    let pid = core_read!(task, thread_pid)?;
    let first = core_field_ptr!(pid, numbers[0])?;
    let element = core_element_ptr!(pid, numbers; index)?;
    if index == 0 && core_read!(element, nr)? != core_read!(pid, numbers[0].nr)? {
        return Ok(10);
    }
    if core_field_ptr!(task, thread_pid, numbers[index])? != element {
        return Ok(12);
    }
    let groups = core_read!(task, cred, group_info)?;
    let flexible = core_recast!(groups, Groups);
    if core_field_ptr!(groups, gid[index])? != core_field_ptr!(flexible, gid[index])? {
        return Ok(13);
    }
    Ok(element as usize - first as usize)
}
