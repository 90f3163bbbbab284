//! `panic-on-failure`: `unwrap()` of a read, whose failure an eBPF program cannot panic about.

use super::{Finding, Group, Level, Rule};
use crate::front::rust::Crate;

/// The rule.
pub static RULE: Rule = Rule {
    name: "panic-on-failure",
    group: Group::Correctness,
    level: Level::Warn,
    summary: "a failed read panics, or counts as one that worked",
    page: include_str!("panic-on-failure.md"),
    rust: Some(check),
    ..Rule::BARE
};

fn check(krate: &Crate, findings: &mut Vec<Finding>) {
    for function in &krate.functions {
        for panic in &function.panics {
            let (by, how) = (&panic.by, &panic.how);
            let message = format!("`{how}` of a `{by}`: an eBPF program cannot panic");
            let mut found = Finding::new(RULE.name, function.span(&panic.span), message);
            found = match panic.is_checked {
                true => {
                    found.label("the verifier refuses the endless loop, or the failure is a zero")
                }
                false => found.label("a failure is a zero"),
            };
            findings.push(found.help(
                "pass the error on with `?`, or leave with `let Ok(value) = .. else { return .. }`",
            ));
        }
    }
}
