//! LLVM IR: the analysis is `bpf-core-flow`'s, which the linker runs too.

use crate::finding::Finding;
use crate::front::ir::Program;

pub(super) fn check(view: &Program, findings: &mut Vec<Finding>) {
    findings.extend(view.findings_of(super::RULE.name));
}
