//! Reads of one kernel's layout, as programs have them: tests rewrite it, and run what comes out.
// As the command writes it.
#![cfg_attr(rustfmt, rustfmt_skip)]
#![no_std]
#![no_main]

#[allow(non_camel_case_types, dead_code)]
mod vmlinux;

use aya_ebpf::helpers::{bpf_get_current_pid_tgid, bpf_get_current_task, bpf_probe_read_kernel};
use constructs_ebpf::program;
use vmlinux::{dentry, file, mm_struct, net_device, path, sock, task_struct};

/* A comment, and   odd   spaces, stay as they are: task_struct, vmlinux::task_struct. */
unsafe fn parent(task: *const task_struct) -> Result<i32, i32> {
    let parent = bpf_probe_read_kernel(&(*task).real_parent)?;
    bpf_probe_read_kernel(core::ptr::addr_of!((*parent).tgid))
}

fn chain(task: *const crate::vmlinux::task_struct) -> Result<i32, i32> {
    let first = unsafe { (*task).comm[0] };
    let tgid = unsafe { (*(*task).real_parent).tgid };
    Ok(if first == 0 { 0 } else { tgid })
}

fn vruntime(task: *const task_struct) -> Option<u64> {
    Some(unsafe { (*task).se.vruntime })
}

fn own(task: *const task_struct) -> Result<i32, u32> {
    let tgid = unsafe { bpf_probe_read_kernel(&(*task).tgid as *const vmlinux::pid_t) }.map_err(|_| 1u32)?;
    let pid = match unsafe { bpf_probe_read_kernel::<i32>(&raw const (*task).pid) } {
        Ok(pid) => pid,
        Err(errno) => return Err(errno as u32),
    };
    Ok(if pid == 0 { 0 } else { tgid })
}

unsafe fn arguments(task: *const task_struct) -> u64 {
    let mm: *mut mm_struct = bpf_probe_read_kernel(&(*task).mm).unwrap_or(core::ptr::null_mut());
    bpf_probe_read_kernel(&(*mm).__bindgen_anon_1.arg_start).unwrap_or(0)
}

unsafe fn kind(device: *const net_device) -> Result<u16, i32> {
    let device = &*device;
    Ok(bpf_probe_read_kernel(&device.type_)?)
}

unsafe fn frozen(task: *const task_struct, dentry: *const dentry) -> u32 {
    let files = bpf_probe_read_kernel(&(*task).files);
    let next = files.and_then(|files| unsafe { bpf_probe_read_kernel(&(*files).next_fd) });
    let name = unsafe { bpf_probe_read_kernel(&(*dentry).d_name) };
    let at = &raw const (*dentry).d_parent;
    next.unwrap_or(0) + u32::from(name.is_ok() || at.is_null())
}

// Zero stays what a failed load gives where no error can leave.
fn leader(task: *const task_struct) -> *mut task_struct {
    let task = unsafe { &*task }.real_parent;
    if task.is_null() { return core::ptr::null_mut(); }
    unsafe { (*task).real_parent }
}

fn root(task: *const task_struct) -> i32 {
    let same = |one: *mut task_struct| unsafe { (*one).tgid } != 0;
    i32::from(same(leader(task))) + unsafe { running() }
}

unsafe fn running() -> i32 {
    unsafe { (*(bpf_get_current_task() as *const task_struct)).pid }
}

unsafe fn address(sk: *const sock) -> Result<u8, i32> {
    let sk = sk.cast::<u8>().cast::<sock>();
    Ok(bpf_probe_read_kernel(&(*sk).__sk_common.skc_v6_daddr.in6_u.u6_addr8)?[0])
}

fn path_of(file: *const file) -> *mut path {
    unsafe { &(*file).f_path as *const _ as *mut path }
}

unsafe fn name_of(file: *mut file) -> Option<*const *mut dentry> {
    Some(core::ptr::addr_of!((*file).f_path.dentry))
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
