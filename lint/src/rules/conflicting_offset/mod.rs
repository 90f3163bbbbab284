//! `conflicting-offset`: two places that disagree on where a field is: at least one is wrong.

use super::{Group, Level, Rule};

mod c;
mod ir;
mod object;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "conflicting-offset",
    group: Group::Portability,
    level: Level::Deny,
    summary: "two different constant offsets for one field",
    page: include_str!("conflicting-offset.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    object: Some(object::check),
    ir: Some(ir::check),
    ..Rule::BARE
};

/// A field by the name of the constant for its offset: `TASK_PID_OFFSET` and `OFF_TASK_PID` are one.
fn field(constant: &str) -> String {
    let lower = constant.to_ascii_lowercase();
    let words = lower.split('_').filter(|word| {
        let version = word
            .trim_start_matches('v')
            .bytes()
            .all(|byte| byte.is_ascii_digit());
        !matches!(*word, "off" | "offs" | "offset" | "offsets" | "of") && !version
    });
    words.collect::<Vec<_>>().join("_")
}
