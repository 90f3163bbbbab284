//! `missing-debug-info` in LLVM IR.

use bpf_core_flow::facts::{DebugInfo, Function};

use super::{BUILD_WITH_DEBUG_INFO, RULE};
use crate::front::ir::Program;
use crate::rules::Finding;

pub(super) fn check(view: &Program, findings: &mut Vec<Finding>) {
    for (index, function) in view.functions.iter().enumerate() {
        let place = &function.place;
        if let Some(message) = message(function, index == 0) {
            let found = Finding::new(RULE.name, place.span.clone(), message)
                .note(format!("in function `{}`", place.function))
                .help(BUILD_WITH_DEBUG_INFO);
            findings.push(found);
        }
    }
}

/// What is wrong with a function. Where the module has no debug info at all, the first function stands for all.
fn message<P>(function: &Function<P>, is_first: bool) -> Option<String> {
    let name = &function.name;
    match function.debug_info {
        DebugInfo::Full => None,
        DebugInfo::NoneAtAll => is_first.then(|| {
            "this program reads kernel memory, and was compiled without debug info".to_owned()
        }),
        DebugInfo::SwitchedOff => Some(format!(
            "the debug info of `{name}` is switched off, so its reads have no CO-RE records"
        )),
        DebugInfo::Missing => Some(super::without(name)),
    }
}
