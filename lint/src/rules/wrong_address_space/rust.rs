//! `wrong-address-space` in Rust crates.

use bpf_core_kernel_facts::Context;

use crate::front::facts::Space;
use crate::front::rust::Crate;
use crate::front::rust::facts::Facts;
use crate::front::rust::view::{Function, Origin, Program, Read};
use crate::rules::Finding;
use crate::rules::words::COMES_FROM;

/// A read that may turn out to be of the other space: its pointer comes from there, or from elsewhere.
pub(super) fn wants(facts: &Facts, function: &Function, read: &Read) -> bool {
    let of_kernel = is_of_kernel(facts, read);
    match (read.space, &read.source.origin) {
        (Space::Kernel, Origin::User) | (Space::User, Origin::Task | Origin::TypedTask) => true,
        // Arguments of a program are the kernel's own, but for those of a function in user space.
        (Space::Kernel, Origin::Argument(_)) => {
            !function.program.as_ref().is_some_and(is_of_kernel_program)
        }
        (Space::Kernel, Origin::Param(_) | Origin::Call(_)) => !of_kernel,
        (Space::User, Origin::Kernel | Origin::Typed | Origin::Argument(_)) => {
            of_kernel || read.source.place.is_some()
        }
        (Space::User, Origin::Param(_) | Origin::Call(_) | Origin::Unknown) => true,
        _ => false,
    }
}

fn is_of_kernel_program(program: &Program) -> bool {
    program.section.context != Context::UserRegisters
}

/// Whether the type of what is read is one of the kernel's.
fn is_of_kernel(facts: &Facts, read: &Read) -> bool {
    let named = read.source.ty.points_to().or(read.source.born.points_to());
    named.is_some_and(|name| facts.is_kernel(name, false))
}

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        for read in &function.reads {
            let origin = krate.origin(index, &read.source);
            let is_struct = read.source.place.is_some() || origin.is_task();
            let of_kernel = is_of_kernel(&krate.facts, read);
            let (is_user, help) = match (read.space, origin) {
                (Space::Kernel, Origin::User) => (true, "use `bpf_probe_read_user` and its kin"),
                (Space::User, origin)
                    if (origin.is_kernel() || matches!(origin, Origin::Argument(_)))
                        && (is_struct || of_kernel) =>
                {
                    (false, "use `core_read!`")
                }
                _ => continue,
            };
            let mut found = super::finding(&function.span(&read.span), &read.callee, is_user);
            if let Some(source) = &read.source.source
                && !(read.span.start <= source.start && source.end <= read.span.end)
            {
                found = found.also(function.span(source), COMES_FROM);
            }
            findings.push(found.help(help));
        }
    }
}
