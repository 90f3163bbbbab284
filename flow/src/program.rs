//! Program types by the names of their sections (libbpf's `section_defs`), and what their contexts
//! hold.

use crate::pointer::Origin;

/// A type of program, as far as its context matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    /// A kprobe: the context is `struct pt_regs`.
    Kprobe,
    /// A kprobe on a system call's wrapper, whose argument is another `struct pt_regs`.
    SyscallKprobe,
    /// A raw tracepoint: arguments are numbers to the verifier.
    RawTracepoint,
    /// `tp_btf`, `fentry`, `lsm`, `struct_ops`: arguments have types, and may be read directly.
    Trampoline,
    /// An iterator: the context has pointers that may be read directly.
    Iterator,
    /// Others, whose contexts lead to no structs of the kernel.
    Other,
}

impl Program {
    /// The type of the programs in a section. `None` if it is no section of a program, such as
    /// `.text`. `symbol` is the name of the function, for sections that do not say where a program
    /// is attached.
    #[must_use]
    pub fn of_section(section: &str, symbol: &str) -> Option<Self> {
        let section = section.strip_prefix('?').unwrap_or(section);
        let (kind, target) = section.split_once('/').unwrap_or((section, ""));
        // Sleepable, multi, session: as the plain one here.
        let kind = kind.split('.').next().unwrap_or(kind);
        Some(match kind {
            "kprobe" | "kretprobe"
                if is_syscall(target) || target.is_empty() && is_syscall(symbol) =>
            {
                Self::SyscallKprobe
            }
            "kprobe" | "kretprobe" => Self::Kprobe,
            "ksyscall" | "kretsyscall" => Self::SyscallKprobe,
            "raw_tp" | "raw_tracepoint" if is_syscall(target) => Self::Other,
            "raw_tp" | "raw_tracepoint" => Self::RawTracepoint,
            "tp_btf" if is_syscall(target) => Self::Other,
            "tp_btf" | "fentry" | "fexit" | "fmod_ret" | "fsession" | "lsm" | "lsm_cgroup"
            | "struct_ops" => Self::Trampoline,
            "iter" => Self::Iterator,
            "tracepoint" | "tp" | "perf_event" | "uprobe" | "uretprobe" | "usdt" | "xdp" | "tc"
            | "tcx" | "netkit" | "classifier" | "action" | "socket" | "sockops" | "sk_msg"
            | "sk_skb" | "sk_lookup" | "sk_reuseport" | "cgroup" | "cgroup_skb"
            | "cgroup_device" | "cgroup_sysctl" | "cgroup_sock" | "cgroup_sock_addr"
            | "cgroup_sockopt" | "flow_dissector" | "lirc_mode2" | "netfilter" | "syscall"
            | "freplace" | "lwt_in" | "lwt_out" | "lwt_xmit" | "lwt_seg6local" => Self::Other,
            _ => return None,
        })
    }

    /// What eight bytes at `offset` of the context are, if they may be a pointer to a struct of the
    /// kernel.
    #[must_use]
    pub fn argument(self, offset: i64) -> Option<Origin> {
        /// `PT_REGS_PARM1` to 6 and `PT_REGS_RC` of x86-64, and the first four of arm64. The rest
        /// of the registers seldom hold arguments.
        const ARGUMENTS: [i64; 11] = [112, 104, 96, 88, 80, 72, 64, 0, 8, 16, 24];
        let aligned = offset >= 0 && offset % 8 == 0;
        match self {
            Self::Kprobe if ARGUMENTS.contains(&offset) => Some(Origin::Argument),
            Self::RawTracepoint if aligned => Some(Origin::Argument),
            Self::Trampoline if aligned => Some(Origin::TrustedArgument),
            // The first is `struct bpf_iter_meta`.
            Self::Iterator if aligned && offset != 0 => Some(Origin::TrustedArgument),
            _ => None,
        }
    }
}

/// Whether a name is that of a system call's wrapper, or of the tracepoints around all of them:
/// their first argument is `struct pt_regs`, whose layout is fixed.
fn is_syscall(name: &str) -> bool {
    name.split(['_', '.'])
        .any(|part| matches!(part, "sys" | "x64" | "arm64" | "syscall"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections() {
        let of = |section| Program::of_section(section, "program");
        assert_eq!(of("?fentry.s/vfs_read"), Some(Program::Trampoline));
        assert_eq!(of("kprobe/__x64_sys_execve"), Some(Program::SyscallKprobe));
        assert_eq!(of("kprobe/do_sys_openat2"), Some(Program::SyscallKprobe));
        assert_eq!(of("kprobe/tcp_connect"), Some(Program::Kprobe));
        assert_eq!(of("tp_btf/sys_enter"), Some(Program::Other));
        assert_eq!(of(".text"), None);
    }

    #[test]
    fn arguments() {
        assert_eq!(Program::Kprobe.argument(152), None, "the stack pointer");
        assert_eq!(Program::Iterator.argument(0), None);
        assert_eq!(
            Program::Trampoline.argument(8),
            Some(Origin::TrustedArgument)
        );
    }
}
