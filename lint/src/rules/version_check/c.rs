//! `version-check` in C files.

use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    findings.extend(view.versions.iter().map(|choice| {
        super::finding(&choice.condition, &choice.layout)
            .help("ask for the field with `bpf_core_field_exists`")
    }));
}
