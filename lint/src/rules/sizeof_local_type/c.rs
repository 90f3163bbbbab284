//! `sizeof-local-type` in C files.

use crate::front::SizeFor;
use crate::front::c::view::{Origin, SizeUse, View};
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    let measured = view.sizes.iter().filter(|size| measures_kernel(size));
    findings.extend(measured.map(|size| {
        super::finding(&size.span, &size.record.name, size.what)
            .help("use `bpf_core_type_size` or `bpf_core_field_size`, which the loader answers")
    }));
}

/// Whether the size is used for data of the kernel. A copy of a whole struct into one is not.
fn measures_kernel(size: &SizeUse) -> bool {
    let is_copy = size
        .target
        .as_ref()
        .is_some_and(|target| target.name == size.record.name);
    let is_of_kernel = match size.what {
        SizeFor::Address | SizeFor::Stride => matches!(size.origin, Origin::Kernel(_)),
        SizeFor::Read => !is_copy,
    };
    is_of_kernel && size.record.is_kernel()
}
