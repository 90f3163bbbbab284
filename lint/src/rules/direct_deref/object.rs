//! Bytecode.

use crate::front::object::{Object, Use};
use crate::rules::Finding;

pub(super) fn check(view: &Object, findings: &mut Vec<Finding>) {
    for address in &view.addresses {
        // A function that several programs call has no type of its own.
        if address.by != Use::Direct
            || address.origin.is_typed() != Some(false)
            || !address.in_program
        {
            continue;
        }
        let from = address.origin.words();
        let message = format!(
            "a pointer from {from} is dereferenced, and the verifier does not know its type"
        );
        let finding = Finding::new(super::RULE.name, address.span.clone(), message)
            .label("the program does not load")
            .help("read it through `core_read!` in Rust, `BPF_CORE_READ` in C");
        findings.push(finding);
    }
}
