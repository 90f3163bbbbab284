//! `wrong-address-space` in C files.

use bpf_core_kernel_facts::types::is_kernel_struct;
use bpf_core_kernel_facts::{Context, Program};

use crate::front::c::view::{Origin, Read, SourceKind, Trust, View};
use crate::front::facts::Space;
use crate::rules::{Finding, words};

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for read in &view.reads {
        let Some(is_user) = wrong(view, read) else {
            continue;
        };
        let name = &read.name;
        let mut found = super::finding(&read.span, name, is_user);
        if let Some(source) = &view.source(read).pointer.source
            && !read.span.contains(&source.span)
        {
            let what = words::source(&source.what);
            found = found.also(source.span.clone(), format!("it comes from {what}"));
        }
        findings.push(found.help(match (is_user, name.starts_with("BPF_")) {
            (true, true) => "use `BPF_PROBE_READ_USER`",
            (true, false) if name.ends_with("_str") => "use `bpf_probe_read_user_str`",
            (true, false) => "use `bpf_probe_read_user`",
            (false, true) => "use `BPF_CORE_READ`",
            (false, false) => "use `bpf_core_read` or `bpf_probe_read_kernel`",
        }));
    }
}

/// Whether the pointer of a read is the process's, if the helper reads the other memory.
fn wrong(view: &View, read: &Read) -> Option<bool> {
    let pointer = &view.source(read).pointer;
    match (read.space, pointer.origin) {
        (Space::Kernel, Origin::User) => (!passes_kernels(view, read)).then_some(true),
        (Space::User, Origin::Kernel(Trust::No | Trust::Yes)) => {
            // A struct that both the kernel and processes use may be in either memory.
            let record = read.hops.first().and_then(|hop| hop.record.as_ref());
            let of_kernel = record.is_some_and(|record| is_kernel_struct(&record.name));
            let is_task = pointer.source.as_ref().is_some_and(|source| {
                matches!(&source.what, SourceKind::Helper(name) if name.contains("current_task"))
            });
            (of_kernel || is_task).then_some(false)
        }
        _ => None,
    }
}

/// Whether a process may pass an address of the kernel to its own probe: the struct there is the kernel's, or a
/// number is read.
fn passes_kernels(view: &View, read: &Read) -> bool {
    let source = view.source(read);
    let section = match source.pointer.source.as_ref().map(|source| &source.what) {
        Some(SourceKind::Context(section) | SourceKind::Parameter(_, section)) => section,
        _ => return false,
    };
    let is_probe = Program::of_section(section)
        .is_some_and(|program| program.section.context == Context::UserRegisters);
    let record = source.record.as_ref();
    is_probe && !read.name.ends_with("_str") && record.is_none_or(|record| record.is_kernel())
}
