//! `hardcoded-enum-value` in Rust crates.

use crate::front::rust::Crate;
use crate::front::rust::view::Enumerator;
use crate::rules::Finding;
use crate::rules::words::several;

pub(super) fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for function in &krate.functions {
        let mut choices = super::Choices::default();
        for used in function.enumerators.iter().filter(|used| !used.is_fallback) {
            let found = super::finding(&function.span(&used.span), &used.name);
            match used.of {
                None => findings.push(
                    found
                        .note(super::UNNAMED)
                        .help("hand the value over in a `static`, which the loader sets"),
                ),
                Some(of) if moves(used) => {
                    let found = found.note(several(&used.name, &used.values)).help(format!(
                        "declare `enum {of}` with `#[derive(CoreEnum)]`, and take the running kernel's \
                         value with `core_enum_value!`"
                    ));
                    choices.add(found, of);
                }
                Some(_) => {}
            }
        }
        findings.extend(choices.into_findings());
    }
}

/// Whether kernels do not agree on the value. A constant with a value that none of them has is the
/// program's own.
fn moves(used: &Enumerator) -> bool {
    let is_of_kernel = |value| used.values.iter().any(|one| one.value == value);
    used.values.len() > 1 && used.value.is_none_or(is_of_kernel)
}
