//! `zero-on-failure` in C files.

use bpf_core_kernel_facts::fields::{self, zero_says};

use crate::front::c::view::{Decision, Read, View};
use crate::front::facts::AtZero;
use crate::front::facts::Deciding;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for read in view.reads.iter().filter(|read| read.ignored.is_none()) {
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

/// What the value of a failed read decides wrongly.
pub(in crate::rules) fn decision(read: &Read) -> Option<&Decision> {
    let zero = read.zero.as_ref()?;
    let says = zero_says(read.last_path())?;
    zero.decisions.iter().find(|decision| {
        let counts = decision.what == Deciding::LoopBound;
        !counts
            && match decision.zero {
                AtZero::Taken => true,
                // A program that leaves at success leaves at a failure, too. To one that leaves at
                // `root`, zero is the failure.
                AtZero::TurnedAway => says == fields::Zero::Success,
                AtZero::Other => false,
            }
    })
}
