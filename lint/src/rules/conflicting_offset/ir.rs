//! `conflicting-offset` in LLVM IR.

use crate::front::ir::Program;
use crate::rules::{Finding, words};

pub(super) fn check(view: &Program, findings: &mut Vec<Finding>) {
    for (address, both) in view.on_two_ways() {
        let pointer = words::pointer(address.name.as_deref());
        let place = &address.place;
        let found = super::two_ways(&place.span, &pointer, both)
            .note(format!("in function `{}`", place.function));
        findings.push(found);
    }
}
