//! `sizeof-local-type` in C files.

use crate::front::c::view::{Origin, SizeUse, View};
use crate::front::facts::SizeFor;
use crate::rules::Finding;
use crate::rules::words::several;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    let measured = view.sizes.iter().filter(|size| measures_kernel(size));
    findings.extend(measured.map(|size| {
        let name = &size.record.name;
        let found = super::finding(&size.span, name, size.what);
        let found = match size.values.len() {
            0 => found,
            _ => found.note(several(&format!("the size of `{name}`"), &size.values)),
        };
        found.help("use `bpf_core_type_size` or `bpf_core_field_size`, which the loader answers")
    }));
}

/// Whether the size is used for data of the kernel, and kernels do not agree on it. Where they are not
/// known, a copy of a whole struct into one is none.
fn measures_kernel(size: &SizeUse) -> bool {
    let is_copy = size
        .target
        .as_ref()
        .is_some_and(|target| target.name == size.record.name);
    let is_of_kernel = match size.what {
        SizeFor::Address | SizeFor::Stride => matches!(size.origin, Origin::Kernel(_)),
        SizeFor::Read | SizeFor::Before => true,
    };
    is_of_kernel
        && size.record.is_kernel()
        && match size.values.len() {
            0 => !is_copy,
            1 => false,
            _ => true,
        }
}
