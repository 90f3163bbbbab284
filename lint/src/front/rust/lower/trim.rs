//! Drops the reads of a function that no rule can use: a crate of ten thousand files has many.

use crate::front::rust::Wanted;
use crate::front::rust::facts::Facts;
use crate::front::rust::view::Function;

/// Forgets the reads that nothing refers to and no rule wants.
pub(super) fn function(facts: &Facts, function: &mut Function, wanted: Wanted) {
    reads(facts, function, wanted);
    function.params.shrink_to_fit();
    function.returned.shrink_to_fit();
    function.calls.shrink_to_fit();
    function.offsets.shrink_to_fit();
    function.places.shrink_to_fit();
    function.reads.shrink_to_fit();
    function.fallbacks.shrink_to_fit();
    function.contexts.shrink_to_fit();
}

fn reads(facts: &Facts, function: &mut Function, wanted: Wanted) {
    let is_kept: Vec<bool> = (0..)
        .zip(&function.reads)
        .map(|(index, read)| {
            let mut fallbacks = function.fallbacks.iter();
            fallbacks.any(|fallback| fallback.read == index) || wanted(facts, function, read)
        })
        .collect();
    let mut places = Vec::with_capacity(is_kept.len());
    let mut next = 0;
    for &is_kept in &is_kept {
        places.push(next);
        next += usize::from(is_kept);
    }
    for fallback in &mut function.fallbacks {
        fallback.read = places[fallback.read];
    }
    let mut kept = is_kept.into_iter();
    function.reads.retain(|_| kept.next() == Some(true));
}
