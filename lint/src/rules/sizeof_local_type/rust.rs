//! Rust.

use bpf_core_kernel_facts::types::is_uapi;

use super::RULE;
use crate::front::rust::Crate;
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for function in &krate.functions {
        for used in &function.sizes {
            if is_uapi(&used.of) {
                continue;
            }
            let found = Finding::new(
                RULE.name,
                function.span(&used.span),
                format!("the size of `{}` in this program is {}", used.of, used.what),
            )
            .label("the kernel's struct has another size")
            .help("take the size from the running kernel, with `core_type_size`");
            findings.push(found);
        }
    }
}
