//! What is wrong with a place, in the words of the linter's rules.

use crate::pointer::{Pointer, Step};

/// The cure of `hardcoded-offset`.
pub const READ_BY_NAME: &str = "read the field by name: `core_read!` in Rust, `BPF_CORE_READ` in C, which leave a CO-RE record";

/// The cure of `missing-debug-info` in a compiled program.
pub const BUILD_WITH_DEBUG_INFO: &str =
    "build with debug info: `debug = 2` in the Cargo profile, `-g` for clang";

/// Something wrong at one place of a program.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file of the source as debug info has it. Empty where there is none.
    pub file: String,
    /// From 1, or 0 where it is not known.
    pub line: u32,
    /// From 1, or 0 where it is not known.
    pub column: u32,
    /// The rule's name.
    pub rule: &'static str,
    /// What is wrong.
    pub message: String,
    /// The function that it is in.
    pub function: String,
    /// What to do about it.
    pub help: &'static str,
}

/// The message of `hardcoded-offset`.
#[must_use]
pub fn hardcoded_offset(pointer: &Pointer<'_>, step: Step) -> String {
    format!("hardcoded offset {} into {}", step.bytes, pointer.target())
}

/// The message of `conflicting-offset`.
#[must_use]
pub fn conflicting_offset(pointer: &Pointer<'_>, a: Step, b: Step) -> String {
    let target = pointer.target();
    format!(
        "one read of {target} with two offsets, {} and {}",
        a.bytes, b.bytes
    )
}
