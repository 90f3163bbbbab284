//! `frozen-binding` in C files.

use bpf_core_kernel_facts::Context;

use crate::front::c::view::{Access, Function, How, Origin, Read, Record, View};
use crate::known::Layout;
use crate::rules::Finding;
use crate::rules::finding::{Applicability, Edit, Fix};

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    accesses(view, findings);
    for offset in &view.offsets {
        if !offset.record.is_kernel() || !may_be_wrong(&offset.layout) {
            continue;
        }
        let record = &offset.record;
        let found = super::offset(&offset.span, "offsetof", &record.name, &offset.path);
        let found = super::on_kernels(declared(found, record), &offset.layout);
        findings.push(found.help("use `bpf_core_field_offset`, which the loader answers"));
    }
    headers(view, findings);
}

/// A finding for each member, and one for all members of a struct that the project declares.
fn accesses(view: &View, findings: &mut Vec<Finding>) {
    let mut told: Vec<(&Record, Finding)> = Vec::new();
    for (index, access) in view.accesses.iter().enumerate() {
        let Some(record) = access.record.as_deref().filter(|_| is_frozen(access)) else {
            continue;
        };
        let mut reads = view.reads.iter();
        let by_name = reads.find_map(|read| by_name(view, read, index));
        let is_same = |other: &&mut (&Record, Finding)| {
            record.declared.is_some() && other.0.declared == record.declared
        };
        if let Some((_, found)) = told.iter_mut().find(is_same) {
            if found.primary.span != access.span {
                found.and_here(&access.span);
            }
            if let (Some(fix), Some(more)) = (&mut found.fix, by_name) {
                fix.edits.extend(more.edits);
            }
            continue;
        }
        let path = access.path.trim_start_matches('.');
        let found = super::member(&access.span, &record.name, path);
        let mut found = super::on_kernels(declared(found, record), &access.layout).help(
            match record.declared {
                Some(_) => {
                    "add `__attribute__((preserve_access_index))` to the declaration, or read with \
                 `BPF_CORE_READ`"
                }
                None => {
                    "include `vmlinux.h`, whose structs are relocated, or read with `BPF_CORE_READ`"
                }
            },
        );
        found.fix = by_name.or_else(|| relocated(record));
        told.push((record, found));
    }
    findings.extend(told.into_iter().map(|(_, found)| found));
}

/// Headers of a kernel's sources.
fn headers(view: &View, findings: &mut Vec<Finding>) {
    let is_of_packets = is_of_packets(view);
    let is_meant = |name: &str| !(is_of_packets && name.starts_with("net/"));
    let headers = view.includes.iter().filter(|one| one.is_kernels);
    let mut headers = headers.filter(|one| is_meant(&one.name));
    if let Some(first) = headers.next() {
        let name = &first.name;
        let message = format!("`{name}` has the structs of the kernel that it came with");
        let mut found = Finding::new(super::RULE.name, first.span.clone(), message)
            .help("include `vmlinux.h` instead, whose structs are relocated");
        headers.for_each(|other| found.and_here(&other.span));
        findings.push(found);
    }
}

/// Whether all programs of a file are for packets and read no memory: such a program has its context alone, and takes
/// what the protocols say out of `net/ip.h`.
fn is_of_packets(view: &View) -> bool {
    let contexts = view.functions.iter().filter_map(Function::context);
    let mut contexts = contexts.peekable();
    contexts.peek().is_some()
        && view.reads.is_empty()
        && contexts.all(|context| matches!(context, Context::Api(_)))
}

/// Whether a member is found by the layout at compile time.
fn is_frozen(access: &Access) -> bool {
    let is_frozen = access
        .record
        .as_ref()
        .is_some_and(|record| record.is_frozen());
    is_frozen
        && matches!(access.how, How::Load | How::Address)
        && !matches!(access.pointer.origin, Origin::Own | Origin::User)
        && !access.relocated
        && !access.is_dead
        && !access.path.is_empty()
        && may_be_wrong(&access.layout)
}

/// Whether kernels have another layout than the declaration. A struct that no supported kernel has is the program's.
fn may_be_wrong(layout: &Layout) -> bool {
    matches!(layout, Layout::Differs { .. } | Layout::Unknown)
}

fn declared(found: Finding, record: &Record) -> Finding {
    match &record.declared {
        Some(span) => found.also(span.clone(), "declared without `preserve_access_index`"),
        None => found,
    }
}

/// A flavour is meant to be relocated, and nothing else: the attribute makes it so.
fn relocated(record: &Record) -> Option<Fix> {
    let declared = record.declared.as_ref()?;
    if record.essential() == &*record.name {
        return None;
    }
    let text = " __attribute__((preserve_access_index))";
    let mut end = declared.clone();
    end.start = end.end;
    Some(Fix {
        text: format!("add `{}`", text.trim_start()),
        edits: vec![Edit {
            span: end,
            text: text.to_owned(),
        }],
        applicability: Applicability::MachineApplicable,
    })
}

/// `bpf_probe_read_kernel(&x, sizeof(x), &t->f)` reads what `BPF_CORE_READ_INTO(&x, t, f)` reads.
fn by_name(view: &View, read: &Read, access: usize) -> Option<Fix> {
    let copies = read
        .copies
        .as_ref()
        .filter(|copies| copies.access == access)?;
    if &*read.name != "bpf_probe_read_kernel" {
        return None;
    }
    let (to, base, path) = (&copies.to, &copies.base, &copies.path);
    let text = format!("BPF_CORE_READ_INTO({to}, {base}, {path})");
    let mut includes = view.includes.iter();
    let has_macro = includes.any(|include| include.name.ends_with("bpf_core_read.h"));
    Some(Fix {
        text: format!("read it by name: `{text}`"),
        edits: vec![Edit {
            span: read.span.clone(),
            text,
        }],
        applicability: if has_macro {
            Applicability::MachineApplicable
        } else {
            // It needs `#include <bpf/bpf_core_read.h>`.
            Applicability::MaybeIncorrect
        },
    })
}
