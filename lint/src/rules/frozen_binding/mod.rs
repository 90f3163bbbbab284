//! `frozen-binding`: a field of a kernel struct is found by the layout at compile time.

use super::{Finding, Group, Level, Rule, words};
use crate::known::Layout;
use crate::span::Span;

mod c;
mod rust;

/// The rule.
pub static RULE: Rule = Rule {
    name: "frozen-binding",
    group: Group::Portability,
    level: Level::Warn,
    summary: "a kernel struct used with the layout that it had when the program was built",
    page: include_str!("frozen-binding.md"),
    c: Some(c::check),
    rust: Some(rust::check),
    ..Rule::BARE
};

/// The finding about a member that is found by the layout of a declaration.
fn member(span: &Span, record: &str, path: &str) -> Finding {
    let message = format!("field `{path}` of `{record}` is found by a frozen layout");
    finding(span, message)
}

/// The finding about the offset of a member. `by` is the macro that gives it.
fn offset(span: &Span, by: &str, record: &str, path: &str) -> Finding {
    let message = format!(
        "`{by}` gives the offset of `{path}` in this declaration of `{record}`, not in the kernel's"
    );
    finding(span, message)
}

/// Adds what the supported kernels have.
fn on_kernels(found: Finding, layout: &Layout) -> Finding {
    match layout {
        Layout::Differs {
            record,
            path,
            values,
        } => found.note(words::differs((record, path), values)),
        Layout::Unknown | Layout::Own | Layout::Same => found,
    }
}

fn finding(span: &Span, message: String) -> Finding {
    Finding::new(RULE.name, span.clone(), message).label("right for one kernel only")
}
