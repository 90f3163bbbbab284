//! What the macros of `bpf-core` say to a mistake: `tests/fail` has one a file, with what the
//! compiler prints for it, and `tests/pass` what must compile.

/// What the pages tell to write compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
#[doc = include_str!("../../../docs/guide.md")]
pub struct Pages;
