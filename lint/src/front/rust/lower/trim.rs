//! Drops the facts about a function that no rule can use: a crate of ten thousand files has many.

use bpf_core_kernel_facts::Context;

use crate::front::Space;
use crate::front::rust::facts::Facts;
use crate::front::rust::view::{Function, Origin, Read};

/// Forgets what cannot become a finding, whoever calls the function.
pub(super) fn function(facts: &Facts, function: &mut Function) {
    reads(facts, function);
    function.params.shrink_to_fit();
    function.returned.shrink_to_fit();
    function.calls.shrink_to_fit();
    function.offsets.shrink_to_fit();
    function.places.shrink_to_fit();
    function.reads.shrink_to_fit();
    function.fallbacks.shrink_to_fit();
    function.contexts.shrink_to_fit();
}

fn reads(facts: &Facts, function: &mut Function) {
    let program = function.program.as_ref();
    let kernel_probe =
        program.is_some_and(|program| program.section.context != Context::UserRegisters);
    let wanted: Vec<bool> = function
        .reads
        .iter()
        .enumerate()
        .map(|(index, read)| {
            let has_default = function.fallbacks.iter().any(|one| one.read == index);
            let unchecked = read.fills && !read.checked && read.used.is_some();
            let named = read.source.ty.points_to().or(read.source.born.points_to());
            let of_kernel = named.is_some_and(|name| facts.is_kernel(name, false));
            let elsewhere = is_elsewhere(read, kernel_probe, of_kernel);
            has_default || unchecked || elsewhere || read.source.place.is_some()
        })
        .collect();
    let mut places = Vec::with_capacity(wanted.len());
    let mut next = 0;
    for &wanted in &wanted {
        places.push(next);
        next += usize::from(wanted);
    }
    for fallback in &mut function.fallbacks {
        fallback.read = places[fallback.read];
    }
    let mut index = 0;
    function.reads.retain(|_| {
        index += 1;
        wanted[index - 1]
    });
}

/// Whether it may turn out to read the wrong address space.
fn is_elsewhere(read: &Read, kernel_probe: bool, of_kernel: bool) -> bool {
    match (read.space, &read.source.origin) {
        (Space::Kernel, Origin::User) => true,
        (Space::Kernel, Origin::Argument(_)) => !kernel_probe,
        (Space::Kernel, Origin::Param(_) | Origin::Call(_)) => !of_kernel,
        (Space::User, Origin::Task) => true,
        (Space::User, Origin::Kernel | Origin::Argument(_)) => of_kernel,
        (Space::User, Origin::Param(_) | Origin::Call(_) | Origin::Unknown) => true,
        _ => false,
    }
}
