//! `direct-deref` in C files.

use crate::front::c::view::{Access, How, Origin, Trust, View};
use crate::known::Question;
use crate::rules::words::COMES_FROM;
use crate::rules::{Finding, syscall_regs};

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for access in view
        .accesses
        .iter()
        .filter(|access| is_refused(view, access))
    {
        let record = access.record.as_ref().map_or("", |record| &record.name);
        let mut found = super::finding(&access.span, &super::access(record, &access.path));
        if let Some(source) = &access.pointer.source
            && !access.span.contains(&source.span)
        {
            found = found.also(source.span.clone(), COMES_FROM);
        }
        found = found.help("read it with `BPF_CORE_READ`");
        findings.push(found.help("or attach with `tp_btf` or `fentry`, whose pointers are known"));
    }
}

/// Whether the verifier refuses an access.
fn is_refused(view: &View, access: &Access) -> bool {
    // `frozen-binding` is about the whole of a struct with a layout of the time of compilation.
    let is_frozen = access
        .record
        .as_ref()
        .is_some_and(|record| record.is_frozen());
    access.pointer.origin == Origin::Kernel(Trust::No)
        && matches!(access.how, How::Load | How::Store)
        && access.added().is_none()
        && !access.is_dead
        // The loader's settings may leave it out.
        && !access.guards.iter().any(|guard| *guard.question == Question::Other)
        && !(is_frozen && access.path.is_empty())
        && !syscall_regs::is_inner(view, access)
}
