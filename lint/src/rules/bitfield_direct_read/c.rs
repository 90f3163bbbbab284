//! `bitfield-direct-read` in C files.

use crate::front::c::view::{Access, How, Origin, View};
use crate::rules::{Finding, syscall_regs};

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for access in &view.accesses {
        let Some(record) = access
            .record
            .as_ref()
            .filter(|_| is_plain_read(view, access))
        else {
            continue;
        };
        let field = access.path.rsplit('.').next().unwrap_or_default();
        let found = super::finding(&access.span, field, &record.name);
        findings
            .push(found.help("use `BPF_CORE_READ_BITFIELD`, or `BPF_CORE_READ_BITFIELD_PROBED`"));
    }
}

/// Whether a bit-field of a relocated struct is read in the plain way.
fn is_plain_read(view: &View, access: &Access) -> bool {
    let relocated = access
        .record
        .as_ref()
        .is_some_and(|record| record.is_kernel() && record.relocated);
    access.is_bit_field
        && matches!(access.how, How::Load | How::Store)
        && matches!(access.pointer.origin, Origin::Kernel(_))
        && relocated
        && !access.relocated
        // Other rules are about these.
        && access.added().is_none()
        && !syscall_regs::is_inner(view, access)
}
