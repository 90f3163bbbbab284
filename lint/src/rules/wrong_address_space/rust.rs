//! Rust.

use super::RULE;
use crate::front::rust::Crate;
use crate::front::rust::view::{Origin, Space};
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        for read in &function.reads {
            let origin = krate.origin(index, &read.source);
            let is_struct = read.source.place.is_some() || matches!(origin, Origin::Task);
            let named = read.source.ty.points_to().or(read.source.born.points_to());
            let of_kernel = named.is_some_and(|name| krate.facts.is_kernel(name, false));
            let (message, help) = match (read.space, origin) {
                (Space::Kernel, Origin::User) => (
                    format!("`{}` reads a user pointer", read.callee),
                    "use `bpf_probe_read_user` and its kin",
                ),
                (Space::User, Origin::Task | Origin::Kernel | Origin::Argument(_))
                    if is_struct || of_kernel =>
                {
                    (
                        format!("`{}` reads a kernel pointer", read.callee),
                        "use `core_read!`",
                    )
                }
                _ => continue,
            };
            let mut found = Finding::new(RULE.name, function.span(&read.span), message)
                .label("fails, or reads something else");
            if let Some(source) = &read.source.source
                && !(read.span.start <= source.start && source.end <= read.span.end)
            {
                found = found.also(function.span(source), "the pointer comes from here");
            }
            findings.push(found.help(help));
        }
    }
}
