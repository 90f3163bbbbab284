//! C.

use super::RULE;
use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for space in &view.spaces {
        let (name, is, other) = match space.is_user {
            true => (&space.name, "user", "kernel"),
            false => (&space.name, "kernel", "user"),
        };
        let message = format!("`{name}` reads {other} memory, and the pointer is a {is} pointer");
        let mut found = Finding::new(RULE.name, space.span.clone(), message);
        if let Some(source) = &space.source
            && !space.span.contains(&source.span)
        {
            found = found.also(
                source.span.clone(),
                format!("it comes from {}", source.what),
            );
        }
        found = match (space.is_user, name.starts_with("BPF_")) {
            (true, true) => found.help("use `BPF_PROBE_READ_USER`"),
            (true, false) if name.ends_with("_str") => found.help("use `bpf_probe_read_user_str`"),
            (true, false) => found.help("use `bpf_probe_read_user`"),
            (false, true) => found.help("use `BPF_CORE_READ`"),
            (false, false) => found.help("use `bpf_core_read` or `bpf_probe_read_kernel`"),
        };
        findings.push(found);
    }
}
