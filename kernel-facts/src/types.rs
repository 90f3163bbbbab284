//! Names of structs, unions and enums: which belong to the kernel alone, and which are an interface
//! that does not change.

use std::collections::HashSet;
use std::sync::LazyLock;

/// All that the kernel's headers for user space declare, a line each.
const DECLARED: &str = include_str!("generated/uapi_types.txt");

/// What has a fixed layout, though no such header declares it.
const FIXED: &[&str] = &[
    // Of system calls: `include/linux/{dirent,socket}.h`, `fs/readdir.c`.
    "cmsghdr",
    "linux_dirent",
    "linux_dirent64",
    "mmsghdr",
    "sockaddr",
    "user_msghdr",
    "utsname",
    // Of the wire: `include/linux/if_vlan.h`, `include/net/ipv6.h`, `include/linux/sctp.h`.
    "frag_hdr",
    "sctphdr",
    "vlan_ethhdr",
    "vlan_hdr",
    // Of loaders: libbpf's before 1.0, and that of iproute2.
    "bpf_elf_map",
    "bpf_map_def",
];

/// The headers that a system has without the kernel's sources, a line each.
const HEADERS: &str = include_str!("generated/user_headers.txt");

static UAPI: LazyLock<HashSet<&str>> =
    LazyLock::new(|| DECLARED.lines().chain(FIXED.iter().copied()).collect());

/// The headers in `linux/` and `net/` that the kernel and the C library have for user space.
pub fn headers() -> impl Iterator<Item = &'static str> {
    HEADERS.lines()
}

/// Headers of the kernel's sources that have macros alone, which builds of eBPF programs include first.
const WITHOUT_STRUCTS: &[&str] = &[
    "linux/build_bug.h",
    "linux/compiler.h",
    "linux/compiler_types.h",
    "linux/kconfig.h",
    "linux/stringify.h",
];

/// Whether a header is one of the kernel's own that has structs, and which only its sources have: `linux/cred.h`.
#[must_use]
pub fn is_kernel_header(name: &str) -> bool {
    (name.starts_with("linux/") || name.starts_with("net/"))
        && !WITHOUT_STRUCTS.contains(&name)
        && headers().all(|one| one != name)
}

/// What the kernel's headers for user space declare.
pub fn declared() -> impl Iterator<Item = &'static str> {
    DECLARED.lines()
}

/// Whether a struct, union or enum is user-space API, or the context of an iterator: its layout is
/// fixed for ever. Takes the name without a flavour.
#[must_use]
pub fn is_uapi(name: &str) -> bool {
    name.starts_with("bpf_iter__") || UAPI.contains(name)
}

/// Structs that tracing programs read, of the thousands that the kernel has: a struct of that name is
/// the kernel's, wherever it is declared. A choice, so it is made by hand.
pub const TRACED: &[&str] = &[
    "address_space",
    "bio",
    "block_device",
    "cgroup",
    "cgroup_subsys_state",
    "cred",
    "css_set",
    "dentry",
    "file",
    "files_struct",
    "fdtable",
    "fs_struct",
    "gendisk",
    "inet_connection_sock",
    "inet_sock",
    "inode",
    "io_kiocb",
    "kernfs_node",
    "kiocb",
    "linux_binprm",
    "mm_struct",
    "mnt_namespace",
    "module",
    "mount",
    "msghdr",
    "net",
    "net_device",
    "nsproxy",
    "ns_common",
    "page",
    "path",
    "pid",
    "pid_namespace",
    "proto",
    "qstr",
    "request",
    "request_sock",
    "rq",
    "sched_entity",
    "sighand_struct",
    "signal_struct",
    "sk_buff",
    "sock",
    "sock_common",
    "socket",
    "super_block",
    "task_struct",
    "tcp_sock",
    "thread_info",
    "thread_struct",
    "tty_struct",
    "udp_sock",
    "unix_sock",
    "upid",
    "user_namespace",
    "user_struct",
    "uts_namespace",
    "vfsmount",
    "vm_area_struct",
    "work_struct",
];

/// Whether a struct of that name, wherever it is declared, stands for one of the kernel's own that
/// tracing programs read.
#[must_use]
pub fn is_kernel_struct(name: &str) -> bool {
    TRACED.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::{DECLARED, FIXED, TRACED, is_uapi};

    #[test]
    fn knows_the_api() {
        for name in [
            "iphdr",
            "__sk_buff",
            "pt_regs",
            "bpf_iter__task",
            "sockaddr_in6",
            "statx",
        ] {
            assert!(is_uapi(name), "{name}");
        }
        for name in [
            "task_struct",
            "bpf_map",
            "nf_conn",
            "btf",
            "msghdr",
            "",
            "IPPROTO_TCP",
        ] {
            assert!(!is_uapi(name), "{name}");
        }
    }

    #[test]
    fn a_name_is_on_one_list() {
        for name in TRACED {
            assert!(!is_uapi(name), "`{name}` is user-space API");
        }
        for name in FIXED {
            assert!(
                !DECLARED.lines().any(|line| line == *name),
                "`{name}` is declared"
            );
        }
    }
}
