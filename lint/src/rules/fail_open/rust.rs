//! `fail-open` in Rust crates.

use crate::front::rust::Crate;
use crate::front::rust::view::{Failing, Function, Outcome, Program};
use crate::rules::Finding;
use crate::span::Span;

/// Calls that are followed back.
const MAX_HOPS: usize = 6;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        let Some(hook) = function.program.as_ref().filter(|program| is_hook(program)) else {
            continue;
        };
        let parts = krate.parts_of(index);
        if !parts.iter().any(|part| krate.functions[*part].refuses) {
            continue;
        }
        let hook = match hook.target.as_str() {
            "" => hook.kind.clone(),
            target => format!("{}/{target}", hook.kind),
        };
        let scene = Scene { krate, hook: index };
        // Where one place lets several reads through, one finding tells them all.
        let mut by_place: Vec<(Span, Finding)> = Vec::new();
        for &part in &parts {
            let of_part = &krate.functions[part];
            for (read, span, asked) in scene.allowed(part) {
                let span = of_part.span(span);
                match by_place.iter_mut().find(|(place, _)| *place == asked) {
                    Some((_, found)) => *found = found.clone().also(span, "and this one"),
                    None => {
                        let found = super::finding(&span, read, &hook, &asked);
                        by_place.push((asked, found));
                    }
                }
            }
        }
        findings.extend(by_place.into_iter().map(|(_, found)| found));
    }
}

/// Whether it forbids something, and allows the rest with 0.
fn is_hook(program: &Program) -> bool {
    matches!(program.section.attach_type, "lsm_mac" | "modify_return")
}

struct Scene<'k> {
    krate: &'k Crate,
    hook: usize,
}

impl<'k> Scene<'k> {
    /// The reads of a function whose failure makes the hook return 0, and where it does.
    fn allowed(&self, part: usize) -> Vec<(&'k str, &'k std::ops::Range<usize>, Span)> {
        let function: &Function = &self.krate.functions[part];
        let mut found = Vec::new();
        for failure in &function.failures {
            if let Failing::Read(by, span) = &failure.of
                && let Some(asked) = self.outcome(part, failure.then, &failure.at, 0)
            {
                found.push((by.as_str(), span, asked));
            }
        }
        for fallback in &function.fallbacks {
            let read = &function.reads[fallback.read];
            let is_told = read.fills && read.checked;
            if let Some(at) = fallback.allows.as_ref().filter(|_| !is_told)
                && let Some(asked) = self.outcome(part, Outcome::Allows, at, 0)
            {
                found.push((read.callee.as_str(), &read.span, asked));
            }
        }
        found.dedup_by(|one, other| one.1 == other.1);
        found
    }

    /// Where the hook returns 0, if a function of it comes to `then` at `at`.
    fn outcome(
        &self,
        part: usize,
        then: Outcome,
        at: &std::ops::Range<usize>,
        hops: usize,
    ) -> Option<Span> {
        let here = || self.krate.functions[part].span(at);
        match then {
            _ if hops > MAX_HOPS => None,
            Outcome::Allows => self.is_given(part, hops).then(here),
            Outcome::Passes => self.krate.call_numbers(part).find_map(|(caller, call)| {
                let mut failures = self.krate.functions[caller].failures.iter();
                failures.find_map(|failure| match failure.of {
                    Failing::Call(of) if of == call => {
                        self.outcome(caller, failure.then, &failure.at, hops + 1)
                    }
                    _ => None,
                })
            }),
        }
    }

    /// Whether the hook gives what a function gives.
    fn is_given(&self, part: usize, hops: usize) -> bool {
        part == self.hook
            || hops <= MAX_HOPS
                && self
                    .krate
                    .callers_of(part)
                    .any(|(caller, call)| call.is_result && self.is_given(caller, hops + 1))
    }
}
