//! `direct-deref` in eBPF objects.

use crate::front::object::{Object, Use};
use crate::rules::{Finding, words};

pub(super) fn check(view: &Object, findings: &mut Vec<Finding>) {
    for address in &view.addresses {
        // A function that several programs call has no type of its own.
        if address.by != Use::Direct
            || address.origin.is_typed() != Some(false)
            || !address.in_program
        {
            continue;
        }
        let from = words::origin(address.origin);
        let what = format!("a pointer from {from} is dereferenced");
        let finding = super::finding(&address.span, &what)
            .help("read it through `core_read!` in Rust, `BPF_CORE_READ` in C");
        findings.push(finding);
    }
}
