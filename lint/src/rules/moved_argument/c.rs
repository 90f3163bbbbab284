//! `moved-argument` in C files.

use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for moved in &view.moved {
        let (name, number, target) = (&moved.name, moved.number, &moved.target);
        let message =
            format!("`{name}`, argument {number} of {target}, is not the same on every kernel");
        let found = Finding::new(super::RULE.name, moved.span.clone(), message);
        let others = moved.others.iter();
        let others = others.map(|(given, kernels)| format!("{given} on {kernels}"));
        let found = found.label("some supported kernels pass something else");
        let found = found.note(format!(
            "in its place there is {}",
            others.collect::<Vec<_>>().join("; ")
        ));
        findings.push(found.help(super::CURE));
    }
}
