//! `hardcoded-offset` in LLVM IR.

use crate::front::ir::Program;
use crate::rules::{Finding, words};

pub(super) fn check(view: &Program, findings: &mut Vec<Finding>) {
    for (address, step) in view.constants() {
        let pointer = words::pointer(address.name.as_deref());
        let place = &step.place;
        let found = super::finding(&place.span, &step.bytes.to_string(), &pointer)
            .note(format!("in function `{}`", place.function))
            .help(super::READ_BY_NAME);
        findings.push(found);
    }
}
