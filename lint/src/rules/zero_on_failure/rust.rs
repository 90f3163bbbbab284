//! `zero-on-failure` in Rust crates.

use bpf_core_kernel_facts::fields::{Zero, is_amount, zero_says};

use crate::front::facts::{AtZero, Deciding};
use crate::front::rust::Crate;
use crate::front::rust::view::{Decision, Fallback, Function};
use crate::rules::Finding;
use crate::span::Span;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        let told = |fallback: &&Fallback| !function.reads[fallback.read].fills;
        for fallback in function.fallbacks.iter().filter(told) {
            if let Some((span, what)) = decision(krate, index, fallback) {
                let read = &function.reads[fallback.read];
                let place = function.span(&fallback.span);
                let found = super::finding(&place, &read.callee, (&span, what)).help(
                    match read.callee.as_str() {
                        "core_read!" => {
                            "handle the `ReadError`, with `?`, `let Ok(..) else` or `match`"
                        }
                        _ => "handle the error, with `?`, `let Ok(..) else` or `match`",
                    },
                );
                findings.push(found);
            }
        }
    }
}

/// What the value of a failed read decides wrongly, here or in a caller.
pub(in crate::rules) fn decision(
    krate: &Crate,
    index: usize,
    fallback: &Fallback,
) -> Option<(Span, Deciding)> {
    let fields = &krate.functions[index].reads[fallback.read].fields;
    // Reads that start from a pointer tell its failure; an amount that is not there is a small one.
    if fallback.is_pointer || is_amount(fields) {
        return None;
    }
    let says = zero_says(fields);
    let decides = |decision: &&Decision| match (decision.what, decision.zero) {
        (Deciding::LoopBound, _) | (_, AtZero::Other) => false,
        (_, AtZero::Taken) => true,
        (_, AtZero::TurnedAway) => says == Some(Zero::Success),
    };
    let place =
        |function: &Function, decision: &Decision| (function.span(&decision.span), decision.what);
    if let Some(found) = fallback.decisions.iter().find(decides) {
        return Some(place(&krate.functions[index], found));
    }
    if !fallback.returned {
        return None;
    }
    krate.calls_of(index).find_map(|(caller, call)| {
        let found = call.decisions.iter().find(decides)?;
        Some(place(caller, found))
    })
}
