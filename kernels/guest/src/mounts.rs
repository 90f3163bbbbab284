//! The file systems that a loader expects.

use std::fs;
use std::io;

use rustix::mount::{MountFlags, mount};

/// Type and place, those first that others are in.
const FILE_SYSTEMS: [(&str, &str); 8] = [
    ("proc", "/proc"),
    ("sysfs", "/sys"),
    ("devtmpfs", "/dev"),
    ("tmpfs", "/tmp"),
    ("cgroup2", "/sys/fs/cgroup"),
    ("bpf", "/sys/fs/bpf"),
    ("debugfs", "/sys/kernel/debug"),
    ("tracefs", "/sys/kernel/tracing"),
];

/// Puts an empty folder over one that the kernel fills.
pub(crate) fn hide(place: &str) -> io::Result<()> {
    Ok(mount("tmpfs", place, "tmpfs", MountFlags::empty(), None)?)
}

/// Mounts what the kernel has, and gives what it has not: a loader that needs that one says so.
pub(crate) fn make() -> Vec<(&'static str, io::Error)> {
    let mut missing = Vec::new();
    for (file_system, place) in FILE_SYSTEMS {
        // In sysfs the place is there, or nobody can make it: the mount then fails, and tells.
        let _ = fs::create_dir(place);
        let mounted = mount(file_system, place, file_system, MountFlags::empty(), None);
        if let Err(error) = mounted {
            missing.push((file_system, error.into()));
        }
    }
    missing
}
