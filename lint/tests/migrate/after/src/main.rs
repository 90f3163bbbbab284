//! Reads of one kernel's layout, as programs have them: tests rewrite it, and run what comes out.
// As the command writes it.
#![cfg_attr(rustfmt, rustfmt_skip)]
#![no_std]
#![no_main]

#[allow(non_camel_case_types, dead_code)]
mod vmlinux;
mod kernel;

use aya_ebpf::helpers::{bpf_get_current_pid_tgid, bpf_get_current_task, bpf_probe_read_kernel};
use constructs_ebpf::program;
use kernel::{dentry, file, mm_struct, net_device, path, sock, task_struct};

/* A comment, and   odd   spaces, stay as they are: task_struct, vmlinux::task_struct. */
unsafe fn parent(task: *const task_struct) -> Result<i32, i32> {
    let parent = bpf_core::core_read!(task, real_parent)?;
    bpf_core::core_read!(parent, tgid).map_err(i32::from)
}

fn chain(task: *const crate::kernel::task_struct) -> Result<i32, i32> {
    let first = bpf_core::core_read!(task, comm[0])?;
    let tgid = bpf_core::core_read!(task, real_parent, tgid)?;
    Ok(if first == 0 { 0 } else { tgid })
}

fn vruntime(task: *const task_struct) -> Option<u64> {
    Some(bpf_core::core_read!(task, se.vruntime).ok()?)
}

fn own(task: *const task_struct) -> Result<i32, u32> {
    let tgid = bpf_core::core_read!(task, tgid).map_err(|_| 1u32)?;
    let pid = match bpf_core::core_read!(task, pid).map_err(i32::from) {
        Ok(pid) => pid,
        Err(errno) => return Err(errno as u32),
    };
    Ok(if pid == 0 { 0 } else { tgid })
}

unsafe fn arguments(task: *const task_struct) -> u64 {
    let mm: *mut mm_struct = bpf_core::core_read!(task, mm).unwrap_or(core::ptr::null_mut());
    bpf_core::core_read!(mm, arg_start).unwrap_or(0)
}

unsafe fn kind(device: *const net_device) -> Result<u16, i32> {
    let device = &*device;
    Ok(bpf_core::core_read!(core::ptr::from_ref(device), r#type)?)
}

unsafe fn frozen(task: *const task_struct, dentry: *const dentry) -> u32 {
    let files = bpf_core::core_read!(task, files).map_err(i32::from);
    let next = files.and_then(|files| bpf_core::core_read!(files, next_fd).map_err(i32::from));
    let name = unsafe { bpf_probe_read_kernel(&(*dentry).d_name) };
    let at = &raw const (*dentry).d_parent;
    next.unwrap_or(0) + u32::from(name.is_ok() || at.is_null())
}

// Zero stays what a failed load gives where no error can leave.
fn leader(task: *const task_struct) -> *mut task_struct {
    let task = bpf_core::core_read!(task, real_parent).unwrap_or(core::ptr::null_mut());
    if task.is_null() { return core::ptr::null_mut(); }
    bpf_core::core_read!(task, real_parent).unwrap_or(core::ptr::null_mut())
}

fn root(task: *const task_struct) -> i32 {
    let same = |one: *mut task_struct| bpf_core::core_read!(one, tgid).unwrap_or_default() != 0;
    i32::from(same(leader(task))) + unsafe { running() }
}

unsafe fn running() -> i32 {
    unsafe { bpf_core::core_read!(bpf_get_current_task() as *const task_struct, pid).unwrap_or_default() }
}

unsafe fn address(sk: *const sock) -> Result<u8, i32> {
    let sk = sk.cast::<u8>().cast::<sock>();
    Ok(bpf_core::core_read!(sk, __sk_common.skc_v6_daddr.in6_u.u6_addr8)?[0])
}

fn path_of(file: *const file) -> *mut path {
    bpf_core::core_field_ptr!(file, f_path).unwrap_or(core::ptr::null()) as *const _ as *mut path
}

unsafe fn name_of(file: *mut file) -> Option<*const *mut dentry> {
    Some(bpf_core::core_field_ptr!(file, f_path.dentry).ok()?)
}

program!(|_number| {
    let task = unsafe { bpf_get_current_task() } as *const task_struct;
    let tgid = (bpf_get_current_pid_tgid() >> 32) as i32;
    let parents = (unsafe { parent(task) }, chain(task));
    let same = matches!(parents, (Ok(one), Ok(other)) if one == other);
    let reads = own(task) == Ok(tgid) && vruntime(task).is_some() && unsafe { arguments(task) } != 0;
    let left = unsafe { kind(core::ptr::null()).is_err() && frozen(task, core::ptr::null()) < u32::MAX };
    let none = path_of(core::ptr::null()).cast::<u8>();
    let paths = unsafe { address(core::ptr::null()).is_err() && name_of(none.cast()).is_some() };
    u64::from(same && reads && left && paths && root(task) > 1)
});
