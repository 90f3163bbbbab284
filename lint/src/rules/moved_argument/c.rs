//! `moved-argument` in C files.

use crate::front::c::view::View;
use crate::front::facts::Argument;
use crate::known::Meant;
use crate::rules::Finding;

/// Findings count from 1.
const COUNTED: &str = "`PT_REGS_PARM1(ctx)` and `ctx[0]` are argument 1";

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    let mut told: Vec<&Argument> = Vec::new();
    // Of several programs on one function, the loader takes the one that fits.
    for taken in view.arguments.iter().filter(|one| !one.has_alternative) {
        let is_same = |one: &&Argument| {
            // The result is elsewhere as soon as an argument is.
            let is_behind = taken.meant == Meant::Any;
            one.hook == taken.hook
                && (is_behind || (one.number, &one.meant) == (taken.number, &taken.meant))
        };
        if let Some(finding) = super::in_source(taken, COUNTED)
            && !told.iter().any(is_same)
        {
            told.push(taken);
            findings.push(finding);
        }
    }
}
