//! `missing-debug-info` in LLVM IR.

use bpf_core_flow::words::{BUILD_WITH_DEBUG_INFO, missing_debug_info};

use super::RULE;
use crate::front::ir::Program;
use crate::rules::Finding;

pub(super) fn check(view: &Program, findings: &mut Vec<Finding>) {
    for function in view.without_debug_info() {
        let place = &function.place;
        let message = missing_debug_info(function);
        let found = Finding::new(RULE.name, place.span.clone(), message)
            .note(format!("in function `{}`", place.function))
            .help(BUILD_WITH_DEBUG_INFO);
        findings.push(found);
    }
}
