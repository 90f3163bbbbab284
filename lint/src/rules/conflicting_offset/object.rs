//! Bytecode: one instruction that is reached with either of two constants.

use bpf_core_flow::Pointer;
use bpf_core_flow::finding::{READ_BY_NAME, conflicting_offset};

use crate::front::object::Object;
use crate::rules::Finding;

pub(super) fn check(view: &Object, findings: &mut Vec<Finding>) {
    for address in &view.addresses {
        let [(a, first), (b, second)] = &address.steps[..] else {
            continue;
        };
        let pointer = Pointer::new(address.origin, address.name.as_deref());
        let message = conflicting_offset(&pointer, *a, *b);
        let finding = Finding::new(super::RULE.name, address.span.clone(), message)
            .label("the same read on both ways")
            .also(first.clone(), format!("offset {}", a.bytes))
            .also(second.clone(), format!("offset {}", b.bytes))
            .help(READ_BY_NAME);
        findings.push(finding);
    }
}
