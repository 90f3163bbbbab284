//! Program types: by the name of a section, as libbpf reads it, and by an attribute of aya.

use crate::context::{self, Context};
use crate::syscall::{self, Entry};

pub use crate::sections::{SECTIONS, Section};

/// A program, and what it is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program<'s> {
    /// The kind of its section.
    pub section: &'static Section,
    /// The text behind the section's name: `tcp_connect`, `sched/sched_switch`. Empty if the loader
    /// chooses.
    pub target: &'s str,
}

/// aya's attributes, and the section that each makes a program's.
#[rustfmt::skip]
pub const ATTRIBUTES: &[(&str, &str)] = &[
    ("btf_tracepoint", "tp_btf"),
    ("cgroup_device", "cgroup/dev"),
    ("cgroup_skb", "cgroup/skb"),
    ("cgroup_sock", "cgroup/sock_create"),
    ("cgroup_sock_addr", "cgroup/connect4"),
    ("cgroup_sockopt", "cgroup/getsockopt"),
    ("cgroup_sysctl", "cgroup/sysctl"),
    ("classifier", "classifier"),
    ("fentry", "fentry"),
    ("fexit", "fexit"),
    ("flow_dissector", "flow_dissector"),
    ("kprobe", "kprobe"),
    ("kretprobe", "kretprobe"),
    ("lsm", "lsm"),
    ("lsm_cgroup", "lsm_cgroup"),
    ("perf_event", "perf_event"),
    ("raw_tracepoint", "raw_tp"),
    ("sk_lookup", "sk_lookup"),
    ("sk_msg", "sk_msg"),
    ("sk_reuseport", "sk_reuseport"),
    ("sock_ops", "sockops"),
    ("socket_filter", "socket"),
    ("stream_parser", "sk_skb/stream_parser"),
    ("stream_verdict", "sk_skb/stream_verdict"),
    ("tracepoint", "tracepoint"),
    ("uprobe", "uprobe"),
    ("uretprobe", "uretprobe"),
    ("xdp", "xdp"),
];

impl<'s> Program<'s> {
    /// The program of a section: `kprobe/tcp_connect`. `None` for a section that holds no program,
    /// such as `.text`.
    #[must_use]
    pub fn of_section(section: &'s str) -> Option<Self> {
        // libbpf does not load such a program unless it is told to.
        let section = section.strip_prefix('?').unwrap_or(section);
        let exact = |text: &'s str| {
            SECTIONS.iter().find_map(|section| {
                let target = section.target(text)?;
                Some(Self { section, target })
            })
        };
        exact(section).or_else(|| {
            // Before version 1.0, libbpf took any text behind a name: `xdp/ingress`.
            let (kind, target) = section.split_once('/')?;
            Some(Self {
                target,
                ..exact(kind)?
            })
        })
    }

    /// The program that aya's attribute makes: `kprobe` and `tcp_connect`.
    #[must_use]
    pub fn of_attribute(attribute: &str, target: &'s str) -> Option<Self> {
        let (_, section) = ATTRIBUTES.iter().find(|(name, _)| *name == attribute)?;
        Some(Self {
            target,
            ..Self::of_section(section)?
        })
    }

    /// What is in the context. `symbol` is the name of the program's function, which tells the target
    /// of most programs whose section does not.
    #[must_use]
    pub fn context(&self, symbol: &str) -> Context {
        let target = match self.target {
            "" => symbol,
            target => target,
        };
        match self.section.context {
            Context::Registers if syscall::entry(target).is_some() => Context::SystemCall,
            Context::Numbers | Context::Typed
                if self.is_tracepoint() && syscall::is_at_border(target) =>
            {
                Context::SystemCall
            }
            Context::Iterator { .. } => context::iterator(self.target),
            context => context,
        }
    }

    /// The last part of the target: the function, or the event without its category.
    #[must_use]
    pub fn name(&self) -> &'s str {
        let name = self.target.rsplit('/').next().unwrap_or(self.target);
        // `kprobe/tcp_connect+16`
        name.split('+').next().unwrap_or(name)
    }

    /// Whether the program is attached to the wrapper of a system call, whose one argument is the
    /// registers of the caller.
    #[must_use]
    pub fn is_on_wrapper(&self) -> bool {
        self.section.context == Context::Registers
            && syscall::entry(self.name()) == Some(Entry::Registers)
    }

    /// Whether the program sees the arguments of a system call: those that are pointers are the
    /// process's.
    #[must_use]
    pub fn is_on_system_call(&self) -> bool {
        let begins = !self.section.name.contains("ret");
        match self.section.context {
            Context::SystemCall => begins,
            Context::Registers => begins && syscall::entry(self.name()).is_some(),
            Context::Record => self.name().starts_with("sys_enter"),
            Context::Numbers | Context::Typed => self.is_tracepoint() && self.name() == "sys_enter",
            _ => false,
        }
    }

    fn is_tracepoint(&self) -> bool {
        self.section.context == Context::Numbers || self.section.attach_type == "trace_raw_tp"
    }
}

#[cfg(test)]
mod tests {
    use super::{ATTRIBUTES, Context, Program};

    fn context(section: &str) -> Option<Context> {
        Some(Program::of_section(section)?.context("program"))
    }

    #[test]
    fn sections_say_what_the_context_is() {
        for (section, expected) in [
            ("kprobe/tcp_connect", Context::Registers),
            ("kprobe.multi/tcp_*", Context::Registers),
            ("kprobe/do_sys_openat2", Context::Registers),
            ("kprobe/__x64_sys_execve", Context::SystemCall),
            ("kretprobe/__se_sys_execve", Context::SystemCall),
            ("ksyscall/execve", Context::SystemCall),
            ("uprobe.multi.s//bin/sh:main", Context::UserRegisters),
            ("?fentry.s/vfs_read", Context::Typed),
            ("fsession/vfs_read", Context::Typed),
            ("fentry/__x64_sys_execve", Context::Typed),
            ("lsm_cgroup/socket_bind", Context::Typed),
            ("struct_ops.s/init", Context::Typed),
            ("netfilter", Context::Typed),
            ("tp/sched/sched_switch", Context::Record),
            ("tp_btf/sched_switch", Context::Typed),
            ("tp_btf/sys_enter", Context::SystemCall),
            ("raw_tp.w/bpf_test", Context::Numbers),
            ("raw_tracepoint/sys_exit", Context::SystemCall),
            ("iter/task", Context::Iterator { own: &[] }),
            ("iter.s/bpf_map_elem", Context::Iterator { own: &[16, 24] }),
            ("iter", Context::Iterator { own: &[16, 24] }),
            ("xdp.frags/devmap", Context::Api("xdp_md")),
            ("xdp/ingress", Context::Api("xdp_md")),
            ("tc", Context::Api("__sk_buff")),
            ("syscall", Context::Own),
        ] {
            assert_eq!(context(section), Some(expected), "{section}");
        }
        for section in [
            ".text",
            "",
            "license",
            ".maps",
            "kprobes/x",
            "kprobe.s/x",
            "raw_tpx",
        ] {
            assert_eq!(context(section), None, "{section}");
        }
    }

    #[test]
    fn a_function_names_the_target_where_the_section_does_not() {
        let program = Program::of_section("raw_tp").unwrap();
        assert_eq!(program.context("sys_enter"), Context::SystemCall);
        assert_eq!(program.context("sched_switch"), Context::Numbers);
    }

    #[test]
    fn system_calls() {
        let of = |section| Program::of_section(section).unwrap();
        for section in [
            "ksyscall/openat",
            "kprobe/__x64_sys_openat+4",
            "kprobe/__se_sys_openat",
            "tracepoint/syscalls/sys_enter_openat",
            "tp/raw_syscalls/sys_enter",
            "raw_tp/sys_enter",
            "tp_btf/sys_enter",
        ] {
            assert!(of(section).is_on_system_call(), "{section}");
        }
        for section in [
            "kretsyscall/openat",
            "kretprobe/__x64_sys_openat",
            "kprobe/do_sys_openat2",
            "tracepoint/syscalls/sys_exit_openat",
            "lsm/sys_enter",
            "raw_tp/sys_exit",
        ] {
            assert!(!of(section).is_on_system_call(), "{section}");
        }
        assert!(of("kretprobe/__arm64_sys_openat").is_on_wrapper());
        assert!(!of("kprobe/__se_sys_openat").is_on_wrapper());
        assert!(!of("fentry/__x64_sys_openat").is_on_wrapper());
    }

    #[test]
    fn attributes_are_of_known_sections() {
        for (attribute, section) in ATTRIBUTES {
            let program = Program::of_attribute(attribute, "x");
            let program = program.unwrap_or_else(|| panic!("{attribute}: no section `{section}`"));
            assert_eq!(program.target, "x");
        }
        assert_eq!(Program::of_attribute("derive", ""), None);
    }
}
