//! `sizeof-local-type` in Rust crates.

use bpf_core_kernel_facts::types::is_uapi;

use crate::front::rust::Crate;
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for function in &krate.functions {
        for used in &function.sizes {
            if is_uapi(&used.of) {
                continue;
            }
            let found = super::finding(&function.span(&used.span), &used.of, used.what)
                .help("take the size from the running kernel, with `core_type_size`");
            findings.push(found);
        }
    }
}
