//! `hardcoded-offset` in C files.

use crate::front::c::view::{Access, Added, View};
use crate::rules::Finding;
use crate::rules::words::{self, COMES_FROM};

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for (access, added) in constants(view) {
        if super::is_fixed(added.of.as_deref(), access.leads_to.as_ref()) {
            continue;
        }
        let constant = match &added.constant {
            Some(name) => format!("`{name}` ({})", added.bytes),
            None => added.bytes.to_string(),
        };
        let record = access.record.as_ref().filter(|record| record.is_kernel());
        let source = access.pointer.source.as_ref();
        let pointer = match (record, source) {
            (None, Some(source)) => format!("the pointer from {}", words::source(&source.what)),
            (record, _) => words::pointer(record.map(|record| &*record.name)),
        };
        let mut found = super::finding(&added.span, &constant, &pointer);
        if let Some(source) = source
            && !added.span.contains(&source.span)
        {
            found = found.also(source.span.clone(), COMES_FROM);
        }
        if let Some(target) = &access.leads_to {
            found = found.note(super::there(target));
        }
        let help = "read the field by name with `BPF_CORE_READ`: the loader looks it up in the \
                    running kernel";
        findings.push(found.help(help));
    }
}

/// Addresses of kernel memory with a constant in them.
pub(in crate::rules) fn constants(view: &View) -> impl Iterator<Item = (&Access, &Added)> {
    let accesses = view.accesses.iter();
    let kernel = accesses.filter(|access| access.pointer.is_kernel() && !access.is_dead);
    kernel.filter_map(|access| Some((access, access.added()?)))
}
