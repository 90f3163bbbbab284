//! What the programs read of the kernel.

use bpf_core::{CoreStruct, Plain, UserPtr, list::list_head};

// include/linux/sched.h

#[derive(CoreStruct)]
pub struct task_struct {
    pub pid: i32,
    pub tgid: i32,
    pub comm: [u8; 16],
    pub se: sched_entity,
    pub real_parent: *const task_struct,
    pub group_leader: *const task_struct,
    pub children: list_head,
    pub sibling: list_head,
    pub mm: *const mm_struct,
    pub signal: *const signal_struct,
    pub files: *const files_struct,
    #[core(optional)]
    pub robust_list: UserPtr<robust_list_head>,
    #[core(optional)]
    pub futex: futex_sched_data,
    #[core(bitfield)]
    pub sched_reset_on_fork: u32,
    #[core(optional)]
    pub __state: u32,
    #[core(optional)]
    pub state: i64,
    #[core(optional)]
    pub of_no_kernel: u32,
}

#[derive(CoreStruct)]
pub struct sched_entity {
    pub load: load_weight,
    #[core(bitfield)]
    pub on_rq: u32,
}

#[derive(CoreStruct)]
pub struct signal_struct {
    pub rlim: [rlimit; 16],
}

/// `include/uapi/linux/resource.h`
#[derive(Clone, Copy, Plain)]
#[repr(C)]
pub struct rlimit {
    pub rlim_cur: u64,
    pub rlim_max: u64,
}

#[derive(CoreStruct)]
pub struct load_weight {
    pub weight: u64,
    pub inv_weight: u32,
}

#[derive(CoreStruct)]
pub struct futex_sched_data {
    pub robust_list: UserPtr<robust_list_head>,
}

// include/linux/mm_types.h, fs.h, path.h, dcache.h, fdtable.h

#[derive(CoreStruct)]
pub struct mm_struct {
    pub exe_file: *const file,
}

#[derive(CoreStruct)]
pub struct file {
    pub f_path: path,
    pub private_data: *const socket,
}

#[derive(CoreStruct)]
pub struct path {
    pub dentry: *const dentry,
}

#[derive(CoreStruct)]
pub struct dentry {
    pub d_name: qstr,
    pub d_inode: *const inode,
}

#[derive(CoreStruct)]
pub struct qstr {
    pub name: *const u8,
}

#[derive(CoreStruct)]
pub struct inode {
    pub i_ino: u64,
}

#[derive(CoreStruct)]
pub struct files_struct {
    pub fdt: *const fdtable,
}

#[derive(CoreStruct)]
pub struct fdtable {
    pub fd: *const *const file,
}

// include/linux/net.h, include/net/sock.h

#[derive(CoreStruct)]
pub struct socket {
    pub sk: *const sock,
}

#[derive(CoreStruct)]
pub struct sock {
    pub __sk_common: sock_common,
    #[core(bitfield)]
    pub sk_userlocks: u8,
}

#[derive(CoreStruct)]
pub struct sock_common {
    pub skc_family: u16,
    pub skc_dport: u16,
    pub skc_daddr: u32,
}

// include/linux/bpf_verifier.h

#[derive(CoreStruct)]
pub struct bpf_reg_state {
    #[core(optional)]
    pub iter: register_iter,
}

/// A struct without a name, in an unnamed union.
#[derive(CoreStruct)]
pub struct register_iter {
    #[core(bitfield)]
    pub depth: i32,
}

// include/linux/socket.h, dirent.h, include/uapi/linux/futex.h

#[derive(CoreStruct)]
// corelint: allow(relocation-on-uapi, reason = "to read user memory by name is what is tested")
pub struct user_msghdr {
    pub msg_name: *const u8,
    pub msg_controllen: u64,
}

#[derive(CoreStruct)]
// corelint: allow(relocation-on-uapi, reason = "to read user memory by name is what is tested")
pub struct linux_dirent64 {
    pub d_name: [u8; 0],
}

#[derive(CoreStruct)]
pub struct robust_list {
    pub next: *const robust_list,
}

#[derive(CoreStruct)]
// corelint: allow(relocation-on-uapi, reason = "to read user memory by name is what is tested")
pub struct robust_list_head {
    pub list: robust_list,
    pub futex_offset: i64,
}
