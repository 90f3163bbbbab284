//! `moved-argument`: a program reads an argument that a kernel has at another place.

use bpf_core_portability::{Rule as Kind, Verdict};

use super::difference::{self, Words, subject};
use super::{Finding, Group, Level, Rule};
use crate::front::facts::Argument;
use crate::front::object::{Difference, OnKernels};
use crate::known::{Given, Meant, Passed};

mod c;
mod rust;

/// What to do, in all languages.
const CURE: &str = "attach to a function or tracepoint whose arguments stay, or write a second program for \
                    the other arguments and load the one that fits";

/// The rule.
pub static RULE: Rule = Rule {
    name: "moved-argument",
    group: Group::OnKernels,
    level: Level::Deny,
    summary: "an argument that a supported kernel has at another place, of another type, or not at all",
    page: include_str!("moved-argument.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    on_kernels: Some(check),
    ..Rule::BARE
};

fn check(view: &OnKernels, findings: &mut Vec<Finding>) {
    let kind = (RULE.name, Kind::MovedArgument);
    difference::check_but(
        view,
        kind,
        findings,
        |one| has_alternative(view, one),
        words,
    );
}

/// Whether another program on the same function or tracepoint takes another argument there, and works where this one is
/// wrong: the loader takes the program that fits.
fn has_alternative(view: &OnKernels, one: &Difference) -> bool {
    let wrong = one.kernels();
    let hook = |one: &Difference| one.subject.rsplit(' ').next().map(str::to_owned);
    let mut others = view.differences.iter().filter(|other| {
        let is_same = other
            .programs
            .iter()
            .any(|name| one.programs.contains(name));
        other.rule == Kind::MovedArgument && hook(other) == hook(one) && !is_same
    });
    let works = |name: &String| {
        let program = view
            .matrix
            .programs
            .iter()
            .find(|program| program.name == *name);
        let mut on = program.into_iter().flat_map(|program| &program.on);
        on.any(|(verdict, set)| *verdict == Verdict::Works && wrong.difference(set).is_empty())
    };
    others.any(|other| other.programs.iter().any(works))
}

fn words(one: &Difference) -> Words {
    Words {
        message: format!("{} is not the same on every kernel", subject(one)),
        help: vec![CURE.to_owned()],
    }
}

/// The finding about an argument in a source. `counted` is how the language spells the first one.
fn in_source(taken: &Argument, counted: &str) -> Option<Finding> {
    let (name, number, hook) = (&taken.name, taken.number + 1, &taken.hook);
    if is_nowhere(taken) && !taken.is_elsewhere {
        let message = format!("`{name}`: {hook} has no argument {number} on any supported kernel");
        let found = Finding::new(RULE.name, taken.span.clone(), message);
        return Some(found.help(format!("take an argument that it has: {counted}")));
    }
    if !is_moved(taken) {
        return None;
    }
    let message = format!("`{name}`, argument {number} of {hook}, is not the same on every kernel");
    let others = taken.passed.iter().filter(|one| !one.fits(&taken.meant));
    let others = others.map(|one| format!("{} on {}", given(one), one.kernels));
    let others = others.collect::<Vec<_>>().join("; ");
    let found = Finding::new(RULE.name, taken.span.clone(), message)
        .label("some supported kernels pass something else")
        .note(format!("in its place there is {others}"))
        .help(CURE);
    Some(found)
}

/// Whether no supported kernel passes anything there.
fn is_nowhere(taken: &Argument) -> bool {
    let mut passed = taken.passed.iter();
    !taken.passed.is_empty() && passed.all(|one| one.given == Given::Nothing)
}

/// Whether some kernels pass something else than others. What none of them passes as the program means it is
/// taken for something that is not known here.
fn is_moved(taken: &Argument) -> bool {
    let mut passed = taken.passed.iter();
    let is_known = taken.meant == Meant::Any || passed.any(|one| one.fits(&taken.meant));
    taken.passed.len() > 1 && is_known || taken.is_elsewhere
}

/// What kernels pass, in words.
fn given(passed: &Passed) -> String {
    match &passed.declared {
        Some(declared) => format!("`{declared}`"),
        None if passed.given == Given::Nothing => "no such argument".to_owned(),
        None => "the result".to_owned(),
    }
}
