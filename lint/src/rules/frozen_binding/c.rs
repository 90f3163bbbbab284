//! C.

use super::RULE;
use crate::front::c::view::View;
use crate::rules::finding::{Applicability, Edit, Finding, Fix};

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for binding in &view.bindings {
        let (record, field) = (&binding.record, &binding.field);
        let message = match binding.is_offset {
            true => format!(
                "`offsetof` gives the offset of `{field}` in this declaration of `{record}`, not in the kernel's"
            ),
            false => format!("field `{field}` of `{record}` is found by a frozen layout"),
        };
        let mut found = Finding::new(RULE.name, binding.span.clone(), message)
            .label("right for one kernel only");
        if let Some(declared) = &binding.declared {
            found = found.also(declared.clone(), "declared without `preserve_access_index`");
        }
        found = match binding.is_offset {
            true => found.help("use `bpf_core_field_offset`, which the loader answers"),
            false => found.help(
                "include `vmlinux.h`, declare the struct with \
                 `__attribute__((preserve_access_index))`, or read with `BPF_CORE_READ`",
            ),
        };
        if let Some((span, text)) = &binding.by_name {
            found = found.fix(Fix {
                text: format!("read it by name: `{text}`"),
                edits: vec![Edit {
                    span: span.clone(),
                    text: text.clone(),
                }],
                applicability: match view.has_macros {
                    true => Applicability::MachineApplicable,
                    // It needs `#include <bpf/bpf_core_read.h>`.
                    false => Applicability::MaybeIncorrect,
                },
            });
        }
        findings.push(found);
    }
    for (span, name) in &view.kernel_headers {
        let message = format!("`{name}` has the structs of the kernel that it came with");
        let found = Finding::new(RULE.name, span.clone(), message)
            .help("include `vmlinux.h` instead, whose structs are relocated");
        findings.push(found);
    }
}
