//! How messages name a kernel pointer and where it comes from, in all rules and languages.

pub(super) use bpf_core_flow::words::{origin, pointer};

use crate::front::c::view::SourceKind;

/// What a pointer of a C file comes from.
pub(super) fn source(what: &SourceKind) -> String {
    match what {
        SourceKind::Helper(name) => format!("`{name}()`"),
        SourceKind::Parameter(name, section) => format!("argument `{name}` of `{section}`"),
        SourceKind::Context(section) => format!("the context of `{section}`"),
        SourceKind::Member(field, record) => format!("`{field}` of `{record}`"),
    }
}

/// The note where a place is near only.
pub(super) const INLINED: &str =
    "it is inlined code of a library; this line of the program is the nearest";

/// The label at the place that a pointer comes from.
pub(super) const COMES_FROM: &str = "the pointer comes from here";
