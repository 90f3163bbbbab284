//! `fail-open` in C files.

use bpf_core_kernel_facts::Program;

use crate::front::c::view::{Read, ReturnsZero, View};
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for read in &view.reads {
        if let Some((section, returns)) =
            returns(read).find_map(|one| Some((hook(view, one)?, one)))
        {
            findings.push(super::finding(
                &read.span,
                &read.name,
                section,
                &returns.span,
            ));
        }
    }
}

fn returns(read: &Read) -> impl Iterator<Item = &ReturnsZero> {
    let as_zero = read.zero.iter().flat_map(|zero| &zero.returns);
    as_zero.chain(&read.returns)
}

/// The section of the function, if it is a hook that forbids something and allows the rest with 0.
fn hook<'v>(view: &'v View, returns: &ReturnsZero) -> Option<&'v str> {
    let function = &view.functions[returns.function];
    let section = function.section.as_deref()?;
    let attach = Program::of_section(section)?.section.attach_type;
    (function.refuses && matches!(attach, "lsm_mac" | "modify_return")).then_some(section)
}
