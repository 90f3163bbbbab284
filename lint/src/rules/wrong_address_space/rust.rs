//! `wrong-address-space` in Rust crates.

use crate::front::Space;
use crate::front::rust::Crate;
use crate::front::rust::view::Origin;
use crate::rules::Finding;
use crate::rules::words::COMES_FROM;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        for read in &function.reads {
            let origin = krate.origin(index, &read.source);
            let is_struct = read.source.place.is_some() || matches!(origin, Origin::Task);
            let named = read.source.ty.points_to().or(read.source.born.points_to());
            let of_kernel = named.is_some_and(|name| krate.facts.is_kernel(name, false));
            let (is_user, help) = match (read.space, origin) {
                (Space::Kernel, Origin::User) => (true, "use `bpf_probe_read_user` and its kin"),
                (Space::User, Origin::Task | Origin::Kernel | Origin::Argument(_))
                    if is_struct || of_kernel =>
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
