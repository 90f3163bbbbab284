//! `conflicting-offset` in eBPF objects.

use crate::front::object::Object;
use crate::rules::{Finding, words};

pub(super) fn check(view: &Object, findings: &mut Vec<Finding>) {
    for address in &view.addresses {
        let [a, b] = &address.constants[..] else {
            continue;
        };
        let pointer = words::pointer(address.name.as_deref());
        let found = super::two_ways(&address.span, &pointer, [a.bytes, b.bytes])
            .label("the same read on both ways")
            .also(a.span.clone(), format!("offset {}", a.bytes))
            .also(b.span.clone(), format!("offset {}", b.bytes));
        findings.push(found);
    }
}
