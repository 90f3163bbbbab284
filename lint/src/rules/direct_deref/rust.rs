//! `direct-deref` in Rust crates.

use bpf_core_kernel_facts::types::is_uapi;

use crate::front::rust::Crate;
use crate::front::rust::view::{How, Origin, Place, Value};
use crate::rules::Finding;

/// Calls that are followed back.
const MAX_HOPS: usize = 6;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        let Some(kind) = krate.programs(index).next() else {
            continue;
        };
        for place in function
            .places
            .iter()
            .filter(|place| is_refused(krate, index, place))
        {
            let what = super::access(&place.owner, &place.fields);
            let found = super::finding(&function.span(&place.span), &what)
                .note(format!("it is part of a `{}` program", kind.kind))
                .help("read the field with `core_read!`");
            findings.push(found);
        }
    }
}

/// Whether this rule tells about a place, so that no other one has to.
pub(in crate::rules) fn tells(krate: &Crate, function: usize, place: &Place) -> bool {
    krate.programs(function).next().is_some() && is_refused(krate, function, place)
}

/// Whether the verifier refuses an access.
fn is_refused(krate: &Crate, function: usize, place: &Place) -> bool {
    let loads = matches!(place.how, How::Load | How::Method | How::Store);
    // An argument without a type may be no pointer of the kernel's at all.
    let is_named = !matches!(place.base.origin, Origin::Argument(_)) || !place.owner.is_empty();
    loads && is_named && !is_uapi(&place.owner) && is_number(krate, function, &place.base, 0)
}

/// Whether the verifier takes a pointer for a number, from wherever it comes.
fn is_number(krate: &Crate, function: usize, value: &Value, hops: usize) -> bool {
    let all = |mut values: Vec<bool>| !values.is_empty() && values.drain(..).all(|one| one);
    match &value.origin {
        _ if hops > MAX_HOPS => false,
        Origin::Task | Origin::Kernel => true,
        Origin::Argument(_) => {
            let programs = krate.programs(function);
            let untyped = programs.map(|program| !program.section.context.is_typed());
            all(untyped.collect()) && !krate.is_user_probe(function)
        }
        Origin::Param(index) => {
            let callers = krate.callers_of(function).map(|(caller, call)| {
                let given = call.args.get(*index);
                given.is_some_and(|value| is_number(krate, caller, value, hops + 1))
            });
            all(callers.collect())
        }
        Origin::Call(call) => {
            let made = &krate.functions[function].calls[*call];
            let Some(callee) = krate.callee(function, &made.callee) else {
                return false;
            };
            let called = &krate.functions[callee];
            let returned = called.returned.iter().map(|value| match value.origin {
                Origin::Param(index) => made
                    .args
                    .get(index)
                    .is_some_and(|value| is_number(krate, function, value, hops + 1)),
                _ => is_number(krate, callee, value, hops + 1),
            });
            !called.returns_unknown && all(returned.collect())
        }
        _ => false,
    }
}
