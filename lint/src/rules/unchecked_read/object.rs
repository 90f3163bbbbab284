//! `unchecked-read` in eBPF objects.

use crate::front::object::Object;
use crate::rules::Finding;

pub(super) fn check(view: &Object, findings: &mut Vec<Finding>) {
    for read in &view.ignored {
        let finding = super::finding(&read.span, "this read", "its buffer")
            .help("use the buffer only if the read returned 0");
        findings.push(if read.used == read.span {
            finding
        } else {
            finding.also(read.used.clone(), "used here")
        });
    }
}
