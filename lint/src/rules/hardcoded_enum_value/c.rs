//! `hardcoded-enum-value` in C files.

use bpf_core_kernel_facts::enumerators::is_internal;

use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for used in &view.enumerators {
        // The first of an enumeration stays where it is.
        if used.value == 0 || !is_internal(&used.name) {
            continue;
        }
        let (name, of) = (&used.name, &used.of);
        let found = super::finding(&used.span, name);
        findings.push(if of.is_empty() {
            found.help("give the enum a name of your own, and use `bpf_core_enum_value`")
        } else {
            found.help(format!("use `bpf_core_enum_value(enum {of}, {name})`"))
        });
    }
}
