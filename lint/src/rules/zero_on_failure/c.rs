//! C.

use super::RULE;
use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for zero in &view.zeros {
        let Some((span, what)) = &zero.decides else {
            continue;
        };
        let message = format!("a failed `{}` is zero, and the value is {what}", zero.name);
        let found = Finding::new(RULE.name, zero.span.clone(), message)
            .label("a failure looks like a zero in the kernel")
            .also(span.clone(), format!("{what} here"))
            .help(
                "read it with `bpf_core_read` and look at what that returns: every step of \
                 `BPF_CORE_READ` drops its error",
            );
        findings.push(found);
    }
}
