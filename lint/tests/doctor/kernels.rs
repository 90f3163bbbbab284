//! Kernels that do not load programs.

use std::io;

use crate::case::{Case, NOTHING, check};
use crate::recorded::btf;

#[test]
fn kernels() {
    check(&[
        Case {
            name: "healthy",
            files: &[],
            machine: NOTHING,
            says: &[],
        },
        Case {
            name: "kernel-without-types",
            files: &[],
            machine: |machine| {
                machine
                    .without_option("CONFIG_DEBUG_INFO_BTF=")
                    .no_file("/sys/kernel/btf/vmlinux", io::ErrorKind::NotFound);
            },
            says: &[&["Error kernel types: ", " is not here | ", "min-btf OBJECT"]],
        },
        Case {
            name: "sysfs-not-mounted",
            files: &[],
            machine: |machine| {
                machine.no_file("/sys/kernel/btf/vmlinux", io::ErrorKind::NotFound);
            },
            says: &[&["Error kernel types: ", "mount -t sysfs"]],
        },
        Case {
            name: "types-not-readable",
            files: &[],
            machine: |machine| {
                machine.no_file("/sys/kernel/btf/vmlinux", io::ErrorKind::PermissionDenied);
            },
            says: &[&["Error kernel types: ", "cannot be read: permission denied"]],
        },
        Case {
            name: "types-damaged",
            files: &[],
            machine: |machine| {
                machine.file("/sys/kernel/btf/vmlinux", &btf(true)[..20]);
            },
            says: &[&["Error kernel types: ", "is damaged"]],
        },
        Case {
            name: "options-off",
            files: &[],
            machine: |machine| {
                machine.without_option("CONFIG_BPF_SYSCALL");
            },
            says: &[&["Error kernel options: CONFIG_BPF_SYSCALL is off"]],
        },
        Case {
            name: "options-in-boot",
            files: &[],
            machine: |machine| {
                machine
                    .no_file("/proc/config.gz", io::ErrorKind::NotFound)
                    .file(
                        "/boot/config-6.18.44",
                        "CONFIG_BPF_SYSCALL=y\nCONFIG_BPF_EVENTS=y\n",
                    );
            },
            says: &[&["Warning kernel options: CONFIG_BPF_JIT is off"]],
        },
        Case {
            name: "options-unknown",
            files: &[],
            machine: |machine| {
                machine.file("/proc/config.gz", "not gzip");
            },
            says: &[&["Note kernel options: neither"]],
        },
        Case {
            name: "no-rights",
            files: &[],
            machine: |machine| {
                machine.file("/proc/self/status", "CapEff:\t0000000000000000\n");
            },
            says: &[&["Note rights: ", "CAP_BPF and CAP_PERFMON"]],
        },
        Case {
            name: "rights-to-load-alone",
            files: &[],
            machine: |machine| {
                machine.file("/proc/self/status", "CapEff:\t0000008000000000\n");
            },
            says: &[&["Warning rights: ", "without CAP_PERFMON"]],
        },
        Case {
            name: "locked-down",
            files: &[],
            machine: |machine| {
                let text = "none integrity [confidentiality]\n";
                machine.file("/sys/kernel/security/lockdown", text);
            },
            says: &[&["Error lockdown: "]],
        },
        Case {
            name: "no-jit",
            files: &[],
            machine: |machine| {
                machine.file("/proc/sys/net/core/bpf_jit_enable", "0\n");
            },
            says: &[&["Warning jit: ", "sysctl net.core.bpf_jit_enable=1"]],
        },
    ]);
}
