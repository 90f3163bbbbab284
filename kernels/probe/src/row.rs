//! The kinds of program that a kernel is asked about: a type, an attach type, and whether it may sleep.

use std::collections::BTreeSet;
use std::os::fd::OwnedFd;

use bpf_core_btf::{Btf, Kind as BtfKind};
use bpf_core_kernel_facts::probed;
use bpf_core_kernel_facts::program::SECTIONS;

use crate::bpf::{self, Kind, Refusal};
use crate::enums::Enums;
use crate::instruction::{EXIT, result};

/// A kind of program that this kernel knows.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// How loading the smallest program of this kind ends.
    pub(crate) smallest: Result<OwnedFd, Refusal>,
}

impl Row {
    /// `syscall` of `syscall.s`, `tracing` of `tracing/trace_iter`.
    pub(crate) fn program_type(&self) -> &str {
        self.name.split(['/', '.']).next().unwrap_or(&self.name)
    }

    /// Whether the kernel takes the program alone, without a link to something that exists outside it.
    pub(crate) fn is_attached_by_name(&self) -> bool {
        const KINDS: [&str; 4] = [
            "tracing/trace_fe",
            "tracing/trace_raw_tp",
            "tracing/modify_return",
            "lsm/lsm_mac",
        ];
        KINDS.iter().any(|kind| self.name.starts_with(kind))
    }
}

/// The rows of the kernel, each once.
pub(crate) fn all(btf: &Btf<'_>) -> Vec<Row> {
    let enums = Enums::new(btf);
    let mut known = BTreeSet::new();
    let mut rows = Vec::new();
    for section in SECTIONS {
        let name = probed::row(section);
        if known.contains(&name) {
            continue;
        }
        let attach_type = match section.attach_type {
            "" => Some(0),
            name => enums.attach_type(name),
        };
        let (Some(program_type), Some(attach_type)) =
            (enums.program_type(section.program_type), attach_type)
        else {
            continue;
        };
        let mut kind = Kind {
            program_type,
            attach_type,
            is_sleepable: section.is_sleepable,
            attach_btf_id: 0,
        };
        if !aim(btf, section.program_type, section.attach_type, &mut kind) {
            continue;
        }
        // Another section of the row may have an attach type that an older kernel knows.
        known.insert(name.clone());
        let load = |value| bpf::load(kind, &[result(value), EXIT], c"GPL");
        let smallest = load(0).or_else(|_| load(1));
        rows.push(Row {
            name,
            kind,
            smallest,
        });
    }
    rows
}

/// Finds something to attach to, for types that need it. Programs that replace another one's function
/// are as that program, so that they are no kind of their own.
fn aim(btf: &Btf<'_>, program_type: &str, attach_type: &str, kind: &mut Kind) -> bool {
    let names: &[&str] = match (program_type, attach_type) {
        ("ext", _) => return false,
        ("tracing", "trace_raw_tp") => &["btf_trace_sched_switch"],
        ("tracing", "trace_iter") => &["bpf_iter_task"],
        // Programs that sleep go to system calls.
        ("tracing", _) if kind.is_sleepable => &["__x64_sys_getpgid", "__arm64_sys_getpgid"],
        ("tracing", "modify_return") => &["security_file_open"],
        ("tracing", _) => &["vfs_read"],
        ("lsm", "lsm_cgroup") => &["bpf_lsm_socket_bind"],
        ("lsm", _) => &["bpf_lsm_file_open"],
        ("struct_ops", _) => &["tcp_congestion_ops"],
        _ => return true,
    };
    for name in names {
        for of in [BtfKind::Func, BtfKind::Typedef, BtfKind::Struct] {
            if let Some(found) = btf.find_by_name_kind(name, of) {
                if of == BtfKind::Struct {
                    let member = found
                        .members()
                        .position(|member| member.name == "cong_avoid");
                    kind.attach_type = member.unwrap_or(0) as u32;
                }
                kind.attach_btf_id = found.id().0;
                return true;
            }
        }
    }
    false
}
