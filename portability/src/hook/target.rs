//! What a program is attached to, as libbpf reads it from the section's name.

use std::fmt;

use bpf_core_btf::Kind;
use bpf_core_kernel_facts::Program;

/// Something in the kernel that programs are attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target<'s> {
    /// `fentry`, `fexit`, `fmod_ret`, `fsession`: a function of the kernel's BTF.
    Function(&'s str),
    /// `lsm`, `lsm_cgroup`: a hook of security modules.
    Lsm(&'s str),
    /// `iter`: an iterator.
    Iterator(&'s str),
    /// `tp_btf`: a tracepoint of the kernel's BTF.
    TypedTracepoint(&'s str),
    /// `raw_tp`: a tracepoint.
    RawTracepoint(&'s str),
    /// `tp/CATEGORY/EVENT`: an event of tracefs.
    Event(&'s str),
    /// `tp/syscalls/sys_enter_NAME`, `sys_exit_NAME`.
    SystemCallEvent(&'s str),
    /// `ksyscall`, `kretsyscall`.
    SystemCall(&'s str),
    /// `kprobe`, `kretprobe`: a function of `/proc/kallsyms`.
    Probe(&'s str),
    /// `kprobe.multi`, `kretprobe.multi`, `kprobe.session`: all functions whose names fit the pattern.
    Probes(&'s str),
    /// `freplace`: a function of another program.
    Replaced(&'s str),
    /// `struct_ops`: the struct, and the member that holds the program.
    Member(&'s str, &'s str),
}

impl<'s> Target<'s> {
    /// `None` if the section does not tell, or it is nothing of the kernel's: a process (`uprobe`,
    /// `usdt`) or a device. A section of `struct_ops` does not tell the member.
    pub(crate) fn of(program: &Program<'s>) -> Option<Self> {
        let section = program.section.name.trim_end_matches('+');
        let target = program.target;
        if target.is_empty() {
            return None;
        }
        Some(match section {
            "fentry" | "fexit" | "fmod_ret" | "fsession" | "fentry.s" | "fexit.s"
            | "fmod_ret.s" | "fsession.s" => Self::Function(target),
            "lsm" | "lsm.s" | "lsm_cgroup" => Self::Lsm(target),
            "iter" | "iter.s" => Self::Iterator(target),
            "tp_btf" => Self::TypedTracepoint(target),
            "raw_tp" | "raw_tracepoint" | "raw_tp.w" | "raw_tracepoint.w" => {
                Self::RawTracepoint(target)
            }
            "tp" | "tracepoint" => {
                let (category, event) = target.split_once('/')?;
                let call = event
                    .strip_prefix("sys_enter_")
                    .or_else(|| event.strip_prefix("sys_exit_"));
                match call {
                    Some(call) if category == "syscalls" => Self::SystemCallEvent(call),
                    _ => Self::Event(event),
                }
            }
            "ksyscall" | "kretsyscall" => Self::SystemCall(target),
            "kprobe" | "kretprobe" => Self::Probe(program.name()),
            "kprobe.multi" | "kretprobe.multi" | "kprobe.session" => Self::Probes(target),
            "freplace" => Self::Replaced(target),
            _ => return None,
        })
    }
}

/// Whether a program of this section is attached to something in the kernel's BTF that the section does not
/// name. libbpf refuses it unless `bpf_program__set_attach_target` names it.
pub(super) fn is_left_to_the_loader(program: &Program<'_>) -> bool {
    let section = program.section.name.trim_end_matches('+');
    let (section, _) = section.split_once('.').unwrap_or((section, ""));
    let of_types = [
        "fentry",
        "fexit",
        "fmod_ret",
        "freplace",
        "fsession",
        "iter",
        "lsm",
        "lsm_cgroup",
        "tp_btf",
    ];
    program.target.is_empty() && of_types.contains(&section)
}

impl Target<'_> {
    /// The type of the kernel's BTF by which a program is attached: its name and kind.
    ///
    /// Source: `find_kernel_btf_id` of libbpf.
    pub(crate) fn btf_type(&self) -> Option<(String, Kind)> {
        match self {
            Self::Function(name) => Some(((*name).to_owned(), Kind::Func)),
            Self::Lsm(name) => Some((format!("bpf_lsm_{name}"), Kind::Func)),
            Self::Iterator(name) => Some((format!("bpf_iter_{name}"), Kind::Func)),
            Self::TypedTracepoint(name) => Some((format!("btf_trace_{name}"), Kind::Typedef)),
            _ => None,
        }
    }
}

impl fmt::Display for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function(name) | Self::Probe(name) => write!(f, "function {name}"),
            Self::Lsm(name) => write!(f, "LSM hook {name}"),
            Self::Iterator(name) => write!(f, "iterator {name}"),
            Self::TypedTracepoint(name) | Self::RawTracepoint(name) | Self::Event(name) => {
                write!(f, "tracepoint {name}")
            }
            Self::SystemCallEvent(name) | Self::SystemCall(name) => {
                write!(f, "system call {name}")
            }
            Self::Probes(pattern) => write!(f, "function {pattern}"),
            Self::Replaced(name) => write!(f, "function {name} of another program"),
            Self::Member(record, member) => write!(f, "struct_ops member {record}.{member}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_name_targets() {
        let of = |section| Target::of(&Program::of_section(section)?);
        for (section, expected) in [
            ("fentry/vfs_read", Target::Function("vfs_read")),
            ("fexit.s/vfs_read", Target::Function("vfs_read")),
            ("?fmod_ret/vfs_read", Target::Function("vfs_read")),
            ("lsm_cgroup/socket_bind", Target::Lsm("socket_bind")),
            ("iter.s/task", Target::Iterator("task")),
            (
                "tp_btf/sched_switch",
                Target::TypedTracepoint("sched_switch"),
            ),
            ("raw_tracepoint.w/x", Target::RawTracepoint("x")),
            ("tp/sched/sched_switch", Target::Event("sched_switch")),
            (
                "tracepoint/syscalls/sys_exit_open",
                Target::SystemCallEvent("open"),
            ),
            ("tp/raw_syscalls/sys_enter", Target::Event("sys_enter")),
            ("kretsyscall/open", Target::SystemCall("open")),
            ("kprobe/vfs_read+16", Target::Probe("vfs_read")),
            ("kretprobe.multi/vfs_*", Target::Probes("vfs_*")),
            ("kprobe.session/vfs_read", Target::Probes("vfs_read")),
            ("freplace/main", Target::Replaced("main")),
        ] {
            assert_eq!(of(section), Some(expected), "{section}");
        }
        for section in [
            "kprobe",
            "fentry",
            "uprobe//bin/sh:main",
            "usdt/libc:libc:probe",
            "uprobe.multi//bin/sh:m*",
            "uprobe.session//bin/sh:main",
            "struct_ops/init",
            "tcx/ingress",
            "xdp",
            "tp/sched_switch",
        ] {
            assert_eq!(of(section), None, "{section}");
        }
    }
}
