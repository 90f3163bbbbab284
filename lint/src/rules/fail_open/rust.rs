//! `fail-open` in Rust crates.

use std::ops::Range;

use crate::front::rust::Crate;
use crate::front::rust::view::{Failing, Function, Outcome, Program, Thrown};
use crate::rules::Finding;
use crate::span::Span;

/// Calls that are followed back.
const MAX_HOPS: usize = 6;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    // What several hooks share is told once.
    let mut by_read: Vec<(Span, Finding, Vec<String>)> = Vec::new();
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
        let mut by_place: Vec<(Span, Span, Finding)> = Vec::new();
        for &part in &parts {
            let of_part = &krate.functions[part];
            for (read, span, asked) in scene.allowed(part) {
                let span = of_part.span(span);
                match by_place.iter_mut().find(|(place, ..)| *place == asked) {
                    Some((.., found)) => *found = found.clone().also(span, "and this one"),
                    None => {
                        let found = super::finding(&span, read, &hook, &asked);
                        by_place.push((asked, span, found));
                    }
                }
            }
        }
        for (_, read, found) in by_place {
            match by_read.iter_mut().find(|(other, ..)| *other == read) {
                Some((.., others)) => others.push(format!("`{hook}`")),
                None => by_read.push((read, found, Vec::new())),
            }
        }
    }
    for (_, mut found, mut others) in by_read {
        others.sort();
        others.dedup();
        if !others.is_empty() {
            found = found.note(format!("so do {}", others.join(", ")));
        }
        findings.push(found);
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
    fn allowed(&self, part: usize) -> Vec<(&'k str, &'k Range<usize>, Span)> {
        let function: &Function = &self.krate.functions[part];
        let mut found = Vec::new();
        for failure in &function.failures {
            if let Failing::Read(by, span) = &failure.of
                && let Some(asked) = self.outcome(part, failure.then, &failure.at, (false, 0))
            {
                found.push((by.as_str(), span, asked));
            }
        }
        for fallback in &function.fallbacks {
            let read = &function.reads[fallback.read];
            let is_told = read.fills && read.checked;
            if let Some(at) = fallback.allows.as_ref().filter(|_| !is_told)
                && let Some(asked) = self.outcome(part, Outcome::Allows, at, (false, 0))
            {
                found.push((read.callee.as_str(), &read.span, asked));
            }
        }
        found.dedup_by(|one, other| one.1 == other.1);
        found
    }

    /// Where the hook returns 0, if a function of it comes to `then` at `at`. `is_zero`: the error that it got
    /// is 0.
    fn outcome(
        &self,
        part: usize,
        then: Outcome,
        at: &Range<usize>,
        (is_zero, hops): (bool, usize),
    ) -> Option<Span> {
        let here = || self.krate.functions[part].span(at);
        match then {
            _ if hops > MAX_HOPS => None,
            Outcome::Allows => self.is_given(part, hops).then(here),
            Outcome::GivesBack => (is_zero && self.is_given(part, hops)).then(here),
            Outcome::Passes(thrown) => {
                let is_zero = match thrown {
                    Thrown::Same => is_zero,
                    Thrown::Zero => true,
                    Thrown::Other => false,
                };
                let is_it = |of: &Failing, call| matches!(of, Failing::Call(of) if *of == call);
                self.in_callers(part, &is_it, (is_zero, hops))
            }
            Outcome::Answers(answer) => {
                let is_it = |of: &Failing, call| matches!(of, Failing::Answer(of, given) if *of == call && *given == answer);
                let asked = self.in_callers(part, &is_it, (is_zero, hops));
                asked.or_else(|| {
                    self.krate.call_numbers(part).find_map(|(caller, call)| {
                        let call = &self.krate.functions[caller].calls[call];
                        let then = call.is_result.then_some(then)?;
                        self.outcome(caller, then, &call.span, (is_zero, hops + 1))
                    })
                })
            }
        }
    }

    /// The same in the callers of a function, by what they make of its failure.
    fn in_callers(
        &self,
        part: usize,
        is_it: &dyn Fn(&Failing, usize) -> bool,
        (is_zero, hops): (bool, usize),
    ) -> Option<Span> {
        self.krate.call_numbers(part).find_map(|(caller, call)| {
            let failures = self.krate.functions[caller].failures.iter();
            let mut of_call = failures.filter(|failure| is_it(&failure.of, call));
            of_call.find_map(|failure| {
                self.outcome(caller, failure.then, &failure.at, (is_zero, hops + 1))
            })
        })
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
