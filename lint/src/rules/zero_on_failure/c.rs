//! `zero-on-failure` in C files.

use bpf_core_kernel_facts::fields::zero_is_nothing;

use crate::front::c::view::{Decision, Read, View};
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for read in &view.reads {
        let Some(decision) = decision(read) else {
            continue;
        };
        let decides = (&decision.span, decision.what);
        let found = super::finding(&read.span, &read.name, decides).help(
            "read it with `bpf_core_read` and look at what that returns: every step of \
             `BPF_CORE_READ` drops its error",
        );
        findings.push(found);
    }
}

/// What the value of a failed read decides first.
pub(in crate::rules) fn decision(read: &Read) -> Option<&Decision> {
    let zero = read.zero.as_ref()?;
    zero.decisions.iter().find(|decision| {
        // `family == AF_INET`: a failure is like any other family, and no zero is mistaken.
        let is_other = decision.equals.is_some_and(|number| number != 0);
        // A null check, or its like for a field that is never zero.
        let is_null_check = decision.asks_zero && zero_is_nothing(read.last_field());
        !is_other && !is_null_check
    })
}
