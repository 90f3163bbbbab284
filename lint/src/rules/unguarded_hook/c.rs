//! `unguarded-hook` in C files.

use super::RULE;
use crate::front::c::view::{AbsentHook, View};
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    let mut told: Vec<(&str, Finding)> = Vec::new();
    for one in &view.hooks {
        let target = target(&one.hook);
        let span = &view.functions[one.function].span;
        match told.iter_mut().find(|(other, _)| *other == target) {
            Some((_, found)) => found.and_here(span),
            None => told.push((target, finding(view, one))),
        }
    }
    findings.extend(told.into_iter().map(|(_, found)| found));
}

fn finding(view: &View, one: &AbsentHook) -> Finding {
    let AbsentHook { hook, kernels, .. } = one;
    let name = &view.functions[one.function].name;
    let message = format!(
        "`{}` is not on {kernels}, and no loader asks for it first",
        target(hook)
    );
    Finding::new(RULE.name, view.functions[one.function].span.clone(), message)
        .label(format!("`{hook}` finds nothing there"))
        .help(format!(
            "write a second program for what these kernels have, and leave out the one whose hook is absent: \
             `bpf_program__set_autoload(skel->progs.{name}, false)`"
        ))
}

/// What is behind the type of a section: `do_exit` of `kprobe/do_exit`.
fn target(section: &str) -> &str {
    section
        .split_once('/')
        .map_or(section, |(_, target)| target)
}
