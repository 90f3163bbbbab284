//! `core_read!` and `core_read_into!`: `BPF_CORE_READ` and `BPF_CORE_READ_INTO`.

use bpf_core::{ReadError, core_read, core_read_into};

use crate::kernel::{sock, task_struct};

rows! {
    fn parent(task: *const task_struct) -> Result<i32, ReadError> {
        core_read!(task, real_parent, tgid)
    }

    fn nested(task: *const task_struct) -> Result<u64, ReadError> {
        core_read!(task, se.load.weight)
    }

    fn element(task: *const task_struct) -> Result<u8, ReadError> {
        core_read!(task, comm[3])
    }

    fn inode(task: *const task_struct) -> Result<u64, ReadError> {
        core_read!(task, mm, exe_file, f_path.dentry, d_inode, i_ino)
    }

    fn two_reads(task: *const task_struct) -> Result<i32, ReadError> {
        let parent = core_read!(task, real_parent)?;
        Ok(core_read!(parent, tgid)? ^ core_read!(task, tgid)?)
    }

    fn ancestors(task: *const task_struct) -> Result<u64, ReadError> {
        let mut task = task;
        let mut depth = 0;
        while depth < 32 {
            if core_read!(task, tgid)? <= 1 {
                break;
            }
            task = core_read!(task, real_parent)?;
            depth += 1;
        }
        Ok(depth)
    }

    fn whole(task: *const task_struct) -> Result<u64, ReadError> {
        core_read!(task, se.load).map(|load| load.weight + u64::from(load.inv_weight))
    }

    fn plain(task: *const task_struct) -> Result<u64, ReadError> {
        core_read!(task, signal, rlim[7]).map(|limit| limit.rlim_cur ^ limit.rlim_max << 32)
    }

    fn into(task: *const task_struct) -> Result<i32, ReadError> {
        let mut tgid = 0;
        core_read_into!(&mut tgid, task, tgid)?;
        Ok(tgid)
    }

    fn into_far(task: *const task_struct) -> Result<i32, ReadError> {
        let mut tgid = 0;
        core_read_into!(&mut tgid, task, real_parent, group_leader, tgid)?;
        Ok(tgid)
    }

    fn socket(sk: *const sock) -> Result<u64, ReadError> {
        if core_read!(sk, __sk_common.skc_family)? != 2 {
            return Ok(0);
        }
        let mut port = 0;
        core_read_into!(&mut port, sk, __sk_common.skc_dport)?;
        Ok(u64::from(core_read!(sk, __sk_common.skc_daddr)?) << 16 | u64::from(port))
    }
}
