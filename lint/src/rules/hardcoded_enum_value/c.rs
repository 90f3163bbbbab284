//! `hardcoded-enum-value` in C files.

use bpf_core_kernel_facts::enumerators::{Enum, enum_of};

use crate::front::c::view::View;
use crate::rules::Finding;

pub(super) fn check(view: &View, findings: &mut Vec<Finding>) {
    for used in &view.enumerators {
        // The first of an enumeration stays where it is.
        let Some(in_kernel) = enum_of(&used.name).filter(|_| used.value != 0) else {
            continue;
        };
        let (name, of) = (&used.name, &used.of);
        let found = super::finding(&used.span, name);
        findings.push(match in_kernel {
            Enum::Unnamed => found
                .note(super::UNNAMED)
                .help("hand the value over in a `const volatile` variable, which the loader sets"),
            Enum::Named(of_kernel) if of.is_empty() => found.help(format!(
                "declare it in `enum {of_kernel}`, as the kernel does, and use \
                 `bpf_core_enum_value(enum {of_kernel}, {name})`"
            )),
            Enum::Named(_) => found.help(format!("use `bpf_core_enum_value(enum {of}, {name})`")),
        });
    }
}
