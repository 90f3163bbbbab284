//! `conflicting-offset` in C files.

use super::Fields;
use crate::front::c::view::{Access, View};
use crate::rules::{Finding, hardcoded_offset, words};

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    let mut fields = Fields::default();
    for (access, added) in hardcoded_offset::c::constants(view) {
        fields.add(
            base(access),
            added.constant.as_deref(),
            access.target.as_deref(),
            added.bytes,
            added.span.clone(),
        );
    }
    fields.check("`BPF_CORE_READ`", findings);
}

/// The type that a pointer points to. Without a struct, pointers of one source are of one type.
fn base(access: &Access) -> Option<String> {
    if let Some(record) = &access.record
        && record.is_kernel()
    {
        return Some(record.name.to_string());
    }
    let source = access.pointer.source.as_ref()?;
    Some(words::source(&source.what))
}
