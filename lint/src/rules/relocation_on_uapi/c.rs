//! C.

use super::RULE;
use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for read in &view.uapi {
        let (name, record) = (&read.name, &read.record);
        let message = match read.is_own {
            true => format!("`{name}` relocates `{record}`, which is the program's own"),
            false => format!("`{name}` relocates `{record}`, whose layout never changes"),
        };
        let found = Finding::new(RULE.name, read.span.clone(), message)
            .label("fails on a kernel whose BTF lacks the type");
        findings.push(match name.contains("USER") || name.contains("user") {
            true => found.help("use `BPF_PROBE_READ_USER` or `bpf_probe_read_user`"),
            false => found.help("use `BPF_PROBE_READ` or `bpf_probe_read_kernel`"),
        });
    }
}
