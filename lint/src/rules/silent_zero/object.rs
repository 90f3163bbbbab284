//! `silent-zero` in eBPF objects.

use super::RULE;
use crate::front::object::Object;
use crate::rules::Finding;

pub(super) fn check(view: &Object, findings: &mut Vec<Finding>) {
    // Macros that read by name have no result to look at.
    for read in view.ignored.iter().filter(|read| read.is_by_hand) {
        let message = "the result of this read is ignored, and its buffer may be zero";
        let finding = Finding::new(RULE.name, read.span.clone(), message)
            .help("look at the result, and mark the event when it is negative");
        findings.push(if read.used == read.span {
            finding
        } else {
            finding.also(read.used.clone(), "used here")
        });
    }
}
