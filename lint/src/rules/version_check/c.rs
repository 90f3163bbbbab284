//! C.

use super::RULE;
use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for (condition, layout) in &view.versions {
        let mut found = Finding::new(
            RULE.name,
            condition.clone(),
            "a layout is chosen by the version of the kernel",
        )
        .label("distributions change layouts without a new version");
        if layout != condition {
            found = found.also(layout.clone(), "the layout");
        }
        findings.push(found.help("ask for the field with `bpf_core_field_exists`"));
    }
}
