//! Which names of sections each version of a loader knows.

use bpf_core_kernel_facts::Program;
use bpf_core_kernel_facts::program::{SECTIONS, Section};

use super::Loader;

type Version = (u32, u32);

/// The first versions of libbpf and of cilium/ebpf that know a kind of section. All others of libbpf's
/// table are older than libbpf 1.0 and cilium/ebpf 0.11.
///
/// Source: `section_defs` in `libbpf.c`; `elf_sections.go` and `elf_reader.go` of cilium/ebpf.
const SINCE: &[(&str, Version, Version)] = &[
    ("cgroup/connect_unix", (1, 3), (0, 13)),
    ("cgroup/getpeername_unix", (1, 3), (0, 13)),
    ("cgroup/getsockname_unix", (1, 3), (0, 13)),
    ("cgroup/recvmsg_unix", (1, 3), (0, 13)),
    ("cgroup/sendmsg_unix", (1, 3), (0, 13)),
    ("fsession+", (1, 7), (0, 22)),
    ("fsession.s+", (1, 7), (0, 22)),
    ("kprobe.session+", (1, 5), (0, 17)),
    ("kretsyscall+", (1, 0), (0, 13)),
    ("ksyscall+", (1, 0), (0, 13)),
    ("lsm_cgroup+", (1, 0), (0, 13)),
    ("netfilter", (1, 3), (0, 13)),
    ("netkit/peer", (1, 3), (0, 13)),
    ("netkit/primary", (1, 3), (0, 13)),
    ("sk_skb/verdict", (1, 4), (0, 17)),
    ("struct_ops.s+", (1, 2), (0, 13)),
    ("tc/egress", (1, 3), (0, 13)),
    ("tc/ingress", (1, 3), (0, 13)),
    ("tcx/egress", (1, 3), (0, 13)),
    ("tcx/ingress", (1, 3), (0, 13)),
    ("uprobe.multi+", (1, 3), (0, 13)),
    ("uprobe.multi.s+", (1, 3), (0, 13)),
    ("uprobe.s+", (1, 0), (0, 13)),
    ("uprobe.session+", (1, 6), (0, 21)),
    ("uprobe.session.s+", (1, 6), (0, 21)),
    ("uretprobe.multi+", (1, 3), (0, 13)),
    ("uretprobe.multi.s+", (1, 3), (0, 13)),
    ("uretprobe.s+", (1, 0), (0, 13)),
    ("usdt+", (1, 0), (0, 13)),
    ("usdt.s+", (1, 3), (0, 13)),
    ("xdp.frags/cpumap", (1, 0), (0, 13)),
    ("xdp.frags/devmap", (1, 0), (0, 13)),
    ("xdp/cpumap", (1, 0), (0, 13)),
    ("xdp/devmap", (1, 0), (0, 13)),
];

/// What cilium/ebpf takes before the version that has libbpf's names: all that begins so.
///
/// Source: `getProgType` in `elf_reader.go` of cilium/ebpf 0.11.
const CILIUM_STARTS: &[&str] = &[
    "action",
    "cgroup/skb",
    "cgroup/sock",
    "classifier",
    "flow_dissector",
    "lirc_mode2",
    "lwt_in",
    "lwt_out",
    "lwt_seg6local",
    "lwt_xmit",
    "perf_event",
    "seccomp",
    "sk_msg",
    "sk_reuseport",
    "sk_skb",
    "socket",
    "sockops",
    "syscall",
    "tc",
    "xdp",
];

/// The first cilium/ebpf that has libbpf's names.
const CILIUM_NAMES: Version = (0, 13);

/// What aya knows: the first part of a name, and the version. What follows may be anything, but for
/// [`AYA_SECOND`].
///
/// Source: `ProgramSection::from_str` in `aya-obj/src/obj.rs`.
const AYA_FIRST: &[(&str, Version)] = &[
    ("cgroup", (0, 11)),
    ("cgroup_skb", (0, 11)),
    ("classifier", (0, 11)),
    ("fentry", (0, 11)),
    ("fentry.s", (0, 12)),
    ("fexit", (0, 11)),
    ("fexit.s", (0, 12)),
    ("flow_dissector", (0, 14)),
    ("freplace", (0, 11)),
    ("iter", (0, 14)),
    ("iter.s", (0, 14)),
    ("kprobe", (0, 11)),
    ("kretprobe", (0, 11)),
    ("lirc_mode2", (0, 11)),
    ("lsm", (0, 11)),
    ("lsm.s", (0, 12)),
    ("lsm_cgroup", (0, 14)),
    ("perf_event", (0, 11)),
    ("raw_tp", (0, 11)),
    ("raw_tracepoint", (0, 11)),
    ("sk_lookup", (0, 11)),
    ("sk_msg", (0, 11)),
    ("sk_reuseport", (0, 14)),
    ("sk_skb", (0, 11)),
    ("socket", (0, 11)),
    ("sockops", (0, 11)),
    ("tp", (0, 11)),
    ("tp_btf", (0, 11)),
    ("tracepoint", (0, 11)),
    ("uprobe", (0, 11)),
    ("uprobe.s", (0, 12)),
    ("uretprobe", (0, 11)),
    ("uretprobe.s", (0, 12)),
    ("xdp", (0, 11)),
    ("xdp.frags", (0, 12)),
];

/// The second parts that aya knows, where it looks at them. An empty one: there may be none.
const AYA_SECOND: &[(&str, &[&str])] = &[
    (
        "cgroup",
        &[
            "bind4",
            "bind6",
            "connect4",
            "connect6",
            "dev",
            "getpeername4",
            "getpeername6",
            "getsockname4",
            "getsockname6",
            "getsockopt",
            "post_bind4",
            "post_bind6",
            "recvmsg4",
            "recvmsg6",
            "sendmsg4",
            "sendmsg6",
            "setsockopt",
            "skb",
            "sock",
            "sock_create",
            "sock_release",
            "sysctl",
        ],
    ),
    ("cgroup_skb", &["egress", "ingress"]),
    ("sk_reuseport", &["", "migrate"]),
    ("sk_skb", &["stream_parser", "stream_verdict"]),
    ("xdp", &["", "cpumap", "devmap"]),
    ("xdp.frags", &["", "cpumap", "devmap"]),
];

impl Loader {
    /// What it takes a program for by its section. `None` if the name says nothing to it.
    ///
    /// Source: `matchSectionName` in `elf_reader.go` of cilium/ebpf, which takes all that begins with a name that has
    /// no target.
    pub(crate) fn program(self, section: &str) -> Option<Program<'_>> {
        Program::of_section(section).or_else(|| {
            let begins = |known: &&Section| {
                !known.name.ends_with('+')
                    && section.trim_start_matches('?').starts_with(known.name)
            };
            let known = match self {
                Self::Cilium(..) => SECTIONS.iter().find(begins)?,
                _ => return None,
            };
            Some(Program {
                section: known,
                target: "",
            })
        })
    }

    /// Whether it knows the section of a program, and if not, the first version that does, if any.
    pub(super) fn knows(
        self,
        section: &str,
        kind: Option<&Program<'_>>,
    ) -> Result<(), Option<Version>> {
        let (version, since) = match self {
            // Its commands name the type of a program: `tc filter`, `ip link set dev eth0 xdp`.
            Self::Iproute2 => return Ok(()),
            Self::Unnamed => return Self::default().knows(section, kind),
            Self::Aya(major, minor) => ((major, minor), aya(section)),
            Self::Libbpf(major, minor) => {
                let kind = kind.filter(|kind| (major, minor) < EXACT || is_exact(section, kind));
                ((major, minor), since(kind).map(|(libbpf, _)| libbpf))
            }
            Self::Cilium(major, minor) => {
                let mut starts = CILIUM_STARTS.iter();
                let is_taken =
                    (major, minor) < CILIUM_NAMES && starts.any(|start| section.starts_with(start));
                let since = match is_taken {
                    true => Some((0, 0)),
                    false => since(kind).map(|(_, cilium)| cilium),
                };
                ((major, minor), since)
            }
        };
        match since {
            Some(since) if since <= version => Ok(()),
            since => Err(since),
        }
    }
}

/// The first libbpf that takes nothing behind a name that has nothing: `perf_event/profiler`, `sk_lookup/`.
const EXACT: Version = (1, 0);

fn is_exact(section: &str, kind: &Program<'_>) -> bool {
    let name = kind.section.name;
    name.ends_with('+') || section.trim_start_matches('?') == name
}

fn since(kind: Option<&Program<'_>>) -> Option<(Version, Version)> {
    let name = kind?.section.name;
    let late = SINCE.iter().find(|(late, ..)| *late == name);
    Some(late.map_or(((0, 0), (0, 0)), |(_, libbpf, cilium)| (*libbpf, *cilium)))
}

fn aya(section: &str) -> Option<Version> {
    let mut parts = section.split('/');
    let first = parts.next()?;
    let (_, since) = AYA_FIRST.iter().find(|(known, _)| *known == first)?;
    let seconds = AYA_SECOND.iter().find(|(known, _)| *known == first);
    let second = parts.next().unwrap_or_default();
    let is_known = seconds.is_none_or(|(_, seconds)| seconds.contains(&second));
    is_known.then_some(*since)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knows(loader: &str, section: &str) -> Result<(), Option<Version>> {
        let loader: Loader = loader.parse().unwrap();
        loader.knows(section, loader.program(section).as_ref())
    }

    #[test]
    fn loaders_know_sections_from_a_version_on() {
        assert_eq!(knows("libbpf 1.0", "kprobe/vfs_read"), Ok(()));
        assert_eq!(knows("libbpf 1.2", "netfilter"), Err(Some((1, 3))));
        assert_eq!(knows("libbpf 1.3", "netfilter"), Ok(()));
        assert_eq!(knows("libbpf 1.7", "my_program"), Err(None));
        assert_eq!(knows("libbpf 0.8", "perf_event/profiler"), Ok(()));
        assert_eq!(knows("libbpf 1.0", "perf_event/profiler"), Err(None));
        assert_eq!(knows("libbpf 1.7", "sk_lookup/"), Err(None));
        assert_eq!(knows("libbpf 1.7", "?sk_lookup"), Ok(()));
        assert_eq!(knows("cilium 0.16", "kprobe.session/x"), Err(Some((0, 17))));
        assert_eq!(knows("cilium 0.11", "tc/ingress"), Ok(()));
        assert_eq!(knows("cilium 0.12", "sk_skb/verdict"), Ok(()));
        assert_eq!(knows("cilium 0.13", "sk_skb/verdict"), Err(Some((0, 17))));
        assert_eq!(knows("cilium 0.12", "netkit/peer"), Err(Some((0, 13))));
        assert_eq!(knows("cilium 0.20", "xdp_cpumap/entry"), Ok(()));
        assert_eq!(knows("cilium 0.20", "?classifier_ingress"), Ok(()));
        assert_eq!(knows("cilium 0.20", "kprobe_of_mine"), Err(None));
        assert_eq!(knows("libbpf 1.7", "xdp_cpumap/entry"), Err(None));
        assert_eq!(knows("aya 0.13", "iter/task"), Err(Some((0, 14))));
        assert_eq!(knows("aya 0.14", "iter/task"), Ok(()));
        assert_eq!(knows("aya 0.14", "xdp/devmap"), Ok(()));
        for section in [
            "tc",
            "xdp/eth0",
            "ksyscall/open",
            "?fentry/vfs_read",
            "cgroup",
        ] {
            assert_eq!(knows("aya 0.14", section), Err(None), "{section}");
        }
    }

    #[test]
    fn late_sections_are_libbpfs() {
        for (name, ..) in SINCE {
            assert!(
                SECTIONS.iter().any(|section| section.name == *name),
                "{name}"
            );
        }
    }
}
