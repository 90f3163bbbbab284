//! What a program is attached to, as libbpf reads it from the section's name.

use std::fmt;

use crate::program::{Program, Section};

/// Something in the kernel that programs are attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'s> {
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
    #[must_use]
    pub fn of(program: &Program<'s>) -> Option<Self> {
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

    /// Whether a program of this section is attached to something in the kernel's BTF that the section does not
    /// name. libbpf refuses it unless `bpf_program__set_attach_target` names it.
    #[must_use]
    pub fn is_left_to_the_loader(program: &Program<'_>) -> bool {
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
}

impl Target<'_> {
    /// The name that the function or the typedef of the kernel's BTF has by which a program is attached.
    ///
    /// Source: `find_kernel_btf_id` of libbpf.
    #[must_use]
    pub fn btf_name(&self) -> Option<String> {
        match self {
            Self::Function(name) => Some((*name).to_owned()),
            Self::Lsm(name) => Some(lsm_function(name)),
            Self::Iterator(name) => Some(iterator_function(name)),
            Self::TypedTracepoint(name) => Some(format!("btf_trace_{name}")),
            _ => None,
        }
    }
}

impl Section {
    /// Whether the context has the result of the function or hook behind its arguments.
    #[must_use]
    pub fn passes_result(&self) -> bool {
        matches!(
            self.attach_type,
            "trace_fexit" | "modify_return" | "trace_fsession" | "lsm_mac" | "lsm_cgroup"
        )
    }
}

/// The function that stands for a hook of security modules.
#[must_use]
pub fn lsm_function(hook: &str) -> String {
    format!("bpf_lsm_{hook}")
}

/// The function that stands for an iterator. Its parameters are the members of the context.
#[must_use]
pub fn iterator_function(target: &str) -> String {
    format!("bpf_iter_{target}")
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
    fn results_stand_behind_arguments() {
        let passes = |section| {
            let program = Program::of_section(section);
            program.is_some_and(|program| program.section.passes_result())
        };
        for section in [
            "fexit/x",
            "fexit.s/x",
            "fmod_ret/x",
            "fsession/x",
            "lsm.s/x",
            "lsm_cgroup/x",
        ] {
            assert!(passes(section), "{section}");
        }
        for section in [
            "fentry/x",
            "tp_btf/x",
            "raw_tp/x",
            "kretprobe/x",
            "iter/task",
        ] {
            assert!(!passes(section), "{section}");
        }
    }

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
