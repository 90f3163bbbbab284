//! What `/proc` and system calls say of a process: nothing here knows of eBPF or BTF.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// Inode number of the program that a process executes, or why it cannot be known.
pub(crate) fn exe_inode(pid: i32) -> Result<Result<u64, &'static str>> {
    // `OVERLAYFS_SUPER_MAGIC`, `include/uapi/linux/magic.h`
    const OVERLAYFS: u64 = 0x794c_7630;
    let exe = File::open(format!("/proc/{pid}/exe"))?;
    let file_system = rustix::fs::fstatfs(&exe)?;
    if file_system.f_type.cast_unsigned() != OVERLAYFS {
        return Ok(Ok(exe.metadata()?.ino()));
    }
    // There `stat` has numbers of its own; since 5.14 `fdinfo` has that of the inode.
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", exe.as_raw_fd()))?;
    let inode = info.lines().find_map(|line| line.strip_prefix("ino:"));
    match inode {
        Some(inode) => Ok(Ok(inode.trim().parse()?)),
        None => Ok(Err("overlayfs gives `stat` inode numbers of its own")),
    }
}

/// The folder of this process's cgroup in the unified hierarchy, if that is mounted.
pub(crate) fn own_cgroup() -> Result<Option<PathBuf>> {
    let mounts = fs::read_to_string("/proc/self/mountinfo")?;
    let cgroups = fs::read_to_string("/proc/self/cgroup")?;
    Ok(cgroup_folder(&mounts, &cgroups))
}

/// Id of the cgroup whose folder is `folder`: its inode number (`kernfs_id_ino` in
/// `include/linux/kernfs.h`).
pub(crate) fn cgroup_id(folder: &Path) -> io::Result<u64> {
    Ok(fs::metadata(folder)?.ino())
}

fn cgroup_folder(mounts: &str, cgroups: &str) -> Option<PathBuf> {
    let path = cgroups.lines().find_map(|line| line.strip_prefix("0::"))?;
    // `36 35 98:0 /root /mount/point rw - cgroup2 ...`
    mounts.lines().find_map(|line| {
        let (left, right) = line.split_once(" - ")?;
        let mut left = left.split(' ').skip(3);
        let (root, point) = (left.next()?, left.next()?);
        let below = Path::new(path).strip_prefix(root).ok()?;
        right
            .starts_with("cgroup2 ")
            .then(|| Path::new(point).join(below))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unified_hierarchy_is_found_beside_others() {
        let mounts = "30 25 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n\
                      31 25 0:27 /docker/x /sys/fs/cgroup/unified rw,relatime - cgroup2 none rw\n";
        let folder = |cgroups| cgroup_folder(mounts, cgroups);
        assert_eq!(
            folder("4:cpu:/a\n0::/docker/x/y\n"),
            Some("/sys/fs/cgroup/unified/y".into())
        );
        assert_eq!(folder("0::/elsewhere\n"), None);
        assert_eq!(folder("4:cpu:/a\n"), None);
    }
}
