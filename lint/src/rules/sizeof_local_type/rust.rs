//! `sizeof-local-type` in Rust crates.

use bpf_core_kernel_facts::types::is_uapi;

use crate::front::rust::Crate;
use crate::known::Layout;
use crate::rules::Finding;
use crate::rules::words::differs;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for function in &krate.functions {
        for used in &function.sizes {
            let found = super::finding(&function.span(&used.span), &used.of, used.what)
                .help("take the size from the running kernel, with `core_type_size`");
            findings.extend(match &used.layout {
                Layout::Differs {
                    record,
                    path,
                    values,
                } => Some(found.note(differs((record, path), values))),
                Layout::Unknown if !is_uapi(&used.of) => Some(found),
                _ => None,
            });
        }
    }
}
