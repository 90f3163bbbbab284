//! C.

use super::RULE;
use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for (span, name, of) in &view.enumerators {
        let message = format!("`{name}` is compiled in, and has other values in other kernels");
        let found = Finding::new(RULE.name, span.clone(), message);
        findings.push(match of.as_str() {
            "" => found.help("give the enum a name of your own, and use `bpf_core_enum_value`"),
            of => found.help(format!("use `bpf_core_enum_value(enum {of}, {name})`")),
        });
    }
}
