//! `version-check` in C files.

use crate::front::c::view::{VersionChoice, View};
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    let choices = view.versions.iter().filter(|choice| is_reason(choice));
    findings.extend(choices.map(|choice| {
        super::finding(&choice.condition, &choice.layout)
            .help("ask for the field with `bpf_core_field_exists`")
    }));
}

/// Whether the layout may be a reason for the choice. What all supported kernels have alike is chosen for
/// something else, and nothing is chosen where all are on one side of the version.
fn is_reason(choice: &VersionChoice) -> bool {
    !choice.is_one_sided && !choice.is_alike
}
