//! `relocation-on-uapi` in C files.

use crate::front::c::view::{Home, Hop, Origin, Read, Record, View};
use crate::front::facts::Space;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for read in view.reads.iter().filter(|read| read.relocated) {
        for (index, hop) in read.hops.iter().enumerate() {
            // Only the first pointer can be the program's own.
            let is_own = index == 0 && view.source(read).pointer.origin == Origin::Own;
            if let Some(record) = &hop.record
                && let Some(found) = finding(read, hop, record, is_own)
            {
                let (macro_name, helper) = if read.space == Space::User {
                    ("BPF_PROBE_READ_USER", "bpf_probe_read_user")
                } else {
                    ("BPF_PROBE_READ", "bpf_probe_read_kernel")
                };
                findings.push(found.help(if record.relocated {
                    // Then all that touches a field of it is relocated.
                    format!(
                        "declare the same fields in a struct of another name, without \
                         `preserve_access_index`, and read it with `{helper}`"
                    )
                } else {
                    format!("use `{macro_name}` or `{helper}`")
                }));
            }
        }
    }
}

fn finding(read: &Read, hop: &Hop, record: &Record, is_own: bool) -> Option<Finding> {
    let name = &record.name;
    if super::is_fixed(record.essential()) {
        // A pointer as it is has no member whose place could be asked for.
        if hop.path.is_empty() {
            return None;
        }
        let kernels = hop.lacking.as_ref()?;
        let found = super::fixed(&read.span, &read.name, name);
        return Some(found.note(format!(
            "`{}` is not in the types of {kernels}",
            record.essential()
        )));
    }
    // A flavour is a type of the kernel, whatever its pointer came from.
    let is_flavour = record.essential() != &**name;
    let is_own = is_own
        && record.home == Home::Project
        && !record.relocated
        && !name.is_empty()
        && !hop.path.is_empty()
        && !hop.is_copy
        && !is_flavour;
    is_own.then(|| {
        let by = &read.name;
        let message = format!("`{by}` relocates `{name}`, which is the program's own");
        super::finding(&read.span, message)
    })
}
