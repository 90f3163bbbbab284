//! What rules about kernels have in common: from differences to findings.

use std::sync::Arc;

use bpf_core_portability::{self as portability, Case, Effect};

use super::Finding;
use super::finding::{On, RuleName};
use crate::front::object::{Difference, OnKernels};

/// What a rule says of a difference.
pub(super) struct Words {
    /// What is wrong.
    pub(super) message: String,
    /// What to write instead.
    pub(super) help: Vec<String>,
}

/// What a difference is about, with its name in backticks: function `vfs_unlink`.
pub(super) fn subject(difference: &Difference) -> String {
    let text = difference.subject.as_str();
    let is_c = ["struct ", "union ", "enum ", "typedef "]
        .iter()
        .any(|word| text.starts_with(word));
    match text.rsplit_once(' ') {
        Some((words, name)) if !is_c => format!("{words} `{name}`"),
        _ => format!("`{text}`"),
    }
}

/// Whether it is known what happens. What is not known is for the rule `undecided`.
pub(super) fn is_decided(case: &Case) -> bool {
    !matches!(case.effect, Effect::Unknown | Effect::RefusedIf(_))
}

/// The findings of a rule, in its words.
pub(super) fn check(
    view: &OnKernels,
    (rule, kind): (RuleName, portability::Rule),
    findings: &mut Vec<Finding>,
    words: impl Fn(&Difference) -> Words,
) {
    check_but(view, (rule, kind), findings, |_| false, words);
}

/// The same without those that another finding tells, or that are none.
pub(super) fn check_but(
    view: &OnKernels,
    (rule, kind): (RuleName, portability::Rule),
    findings: &mut Vec<Finding>,
    is_none: impl Fn(&Difference) -> bool,
    words: impl Fn(&Difference) -> Words,
) {
    let differences = view.differences.iter();
    let differences = differences.filter(|one| one.rule == kind && !is_none(one));
    findings.extend(differences.filter_map(|one| finding(rule, (view, one), is_decided, &words)));
}

/// The finding about those cases of a difference that are taken, if there are such.
pub(super) fn finding(
    rule: RuleName,
    (view, difference): (&OnKernels, &Difference),
    is_taken: impl Fn(&Case) -> bool,
    words: impl Fn(&Difference) -> Words,
) -> Option<Finding> {
    let cases = difference.cases.iter().filter(|case| is_taken(case));
    let cases: Vec<Case> = cases.cloned().collect();
    if cases.is_empty() {
        return None;
    }
    let Words { message, help } = words(difference);
    let mut finding = Finding::new(rule, difference.span.clone(), message).on(On {
        object: Arc::clone(&view.matrix.object),
        subject: difference.subject.clone(),
        programs: difference.programs.clone(),
        cases,
    });
    if difference.is_inlined {
        finding = finding.note(super::words::INLINED);
    }
    finding.help = help;
    Some(finding)
}
