//! C.

use super::RULE;
use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for size in &view.sizes {
        let message = format!(
            "the size of `{}` in this program is {}",
            size.record, size.what
        );
        let found = Finding::new(RULE.name, size.span.clone(), message)
            .label("the kernel's struct has another size")
            .help("use `bpf_core_type_size` or `bpf_core_field_size`, which the loader answers");
        findings.push(found);
    }
}
