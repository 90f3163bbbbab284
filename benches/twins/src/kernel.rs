//! What the programs read of the kernel (`include/linux/sched.h`, `fs.h`, `sock.h`).

use bpf_core::CoreStruct;

#[derive(CoreStruct)]
pub struct task_struct {
    pub tgid: i32,
    pub flags: u32,
    pub comm: [u8; 16],
    pub se: sched_entity,
    pub real_parent: *const task_struct,
    pub mm: *const mm_struct,
    #[core(optional)]
    pub __state: u32,
    #[core(optional)]
    pub state: i64,
}

#[derive(CoreStruct)]
pub struct sched_entity {
    pub load: load_weight,
    pub vruntime: u64,
}

#[derive(CoreStruct)]
pub struct load_weight {
    pub weight: u64,
    pub inv_weight: u32,
}

#[derive(CoreStruct)]
pub struct mm_struct {
    pub exe_file: *const file,
}

#[derive(CoreStruct)]
pub struct file {
    pub f_path: path,
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
    pub len: u32,
    pub name: *const u8,
}

#[derive(CoreStruct)]
pub struct inode {
    pub i_ino: u64,
}

#[derive(CoreStruct)]
pub struct sock {
    pub __sk_common: sock_common,
}

#[derive(CoreStruct)]
pub struct sock_common {
    pub skc_family: u16,
    pub skc_dport: u16,
    pub skc_daddr: u32,
}
