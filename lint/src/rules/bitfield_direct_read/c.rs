//! C.

use super::RULE;
use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for read in &view.bit_fields {
        let message = format!(
            "bit-field `{}` of `{}` is read plainly",
            read.field, read.record
        );
        let found = Finding::new(RULE.name, read.span.clone(), message)
            .label("the bit's place in the word is not relocated")
            .help("use `BPF_CORE_READ_BITFIELD`, or `BPF_CORE_READ_BITFIELD_PROBED`");
        findings.push(found);
    }
}
