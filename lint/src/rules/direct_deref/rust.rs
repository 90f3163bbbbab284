//! `direct-deref` in Rust crates.

use bpf_core_kernel_facts::types::is_uapi;

use crate::front::rust::Crate;
use crate::front::rust::view::{How, Origin};
use crate::rules::Finding;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for (index, function) in krate.functions.iter().enumerate() {
        let Some(kind) = krate
            .programs(index)
            .find(|program| !program.section.context.is_typed())
        else {
            continue;
        };
        for place in &function.places {
            let loads = matches!(place.how, How::Load | How::Method | How::Store);
            let kernel = match krate.origin(index, &place.base) {
                Origin::Task | Origin::Kernel => true,
                Origin::Argument(_) => !place.owner.is_empty(),
                _ => false,
            };
            if !loads || !kernel || is_uapi(&place.owner) {
                continue;
            }
            let what = super::access(&place.owner, &place.fields);
            let found = super::finding(&function.span(&place.span), &what)
                .note(format!("it is part of a `{}` program", kind.kind))
                .help("read the field with `core_read!`");
            findings.push(found);
        }
    }
}
