//! LLVM IR: the analysis is `bpf-core-flow`'s, which the linker runs too.

use crate::front::ir::Program;
use crate::rules::Finding;

pub(super) fn check(view: &Program, findings: &mut Vec<Finding>) {
    let found = view.found.iter();
    findings.extend(found.filter(|one| one.rule == super::RULE.name).map(|one| {
        Finding::new(super::RULE.name, one.span.clone(), one.message.clone())
            .note(format!("in function `{}`", one.function))
            .help(one.help.clone())
    }));
}
