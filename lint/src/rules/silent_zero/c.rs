//! `silent-zero` in C files.

use crate::front::c::view::{Read, View};
use crate::front::facts::AtZero;
use crate::rules::{Finding, unchecked_read, zero_on_failure};

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    let silent = view.reads.iter().filter(|read| is_silent(read));
    findings.extend(silent.map(|read| match &read.ignored {
        None => super::finding(&read.span, &read.name),
        Some(ignored) => {
            super::ignored(&read.span, &read.name, &unchecked_read::c::buffer(ignored))
        }
    }));
}

/// Whether nobody can tell that a read failed. A failed read of a pointer is told by the reads that
/// start from it.
fn is_silent(read: &Read) -> bool {
    let (zero, ignored) = (read.zero.as_ref(), read.ignored.as_ref());
    let is_covered = zero.is_some_and(|zero| {
        let turned_away = |one: &AtZero| *one == AtZero::TurnedAway;
        zero.is_covered || zero.decisions.iter().any(|one| turned_away(&one.zero))
    });
    let covered = is_covered || ignored.is_some_and(|ignored| ignored.is_covered);
    (zero.is_some() || ignored.is_some())
        && !covered
        && zero_on_failure::c::decision(read).is_none()
}
