//! `unguarded-hook` in Rust crates: programs that name their hook, and loaders that do.

use super::RULE;
use crate::front::rust::Crate;
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    let mut told: Vec<(&str, Finding)> = Vec::new();
    for one in &krate.hooks {
        let target = one.target.as_str();
        if let Some((_, found)) = told.iter_mut().find(|(other, _)| *other == target) {
            found.and_here(&one.span);
            continue;
        }
        let message = format!(
            "`{target}` is not on {}, and no loader asks for it first",
            one.kernels
        );
        let (label, cure) = match one.is_of_loader {
            true => (
                "it finds nothing there, and the loader gives up",
                "go on where this fails, and attach a second program to what these kernels have",
            ),
            false => (
                "it finds nothing there",
                "write a second program for what these kernels have, and load and attach the one whose hook is there",
            ),
        };
        let found = Finding::new(RULE.name, one.span.clone(), message);
        told.push((target, found.label(label).help(cure)));
    }
    findings.extend(told.into_iter().map(|(_, found)| found));
}
