//! The front end for LLVM IR. LLVM ends its process with a signal for some damaged files, so it
//! runs in a child, which is this program again.

#[cfg(feature = "llvm")]
mod child;
#[cfg(feature = "llvm")]
pub mod worker;

use std::path::Path;

use super::Reading;
use crate::span::Span;

/// What rules see of a module.
#[derive(Debug)]
pub struct Program {
    /// What the analysis has found for each rule.
    pub found: Vec<Found>,
}

/// What the analysis has found at a place.
#[derive(Debug)]
pub struct Found {
    /// The rule.
    pub rule: String,
    /// Where.
    pub span: Span,
    /// The function.
    pub function: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Reads a module.
#[cfg(feature = "llvm")]
pub(super) fn read(path: &Path) -> Reading {
    use super::View;
    use super::sources::Sources;

    let mut reading = Reading {
        compiled: true,
        ..Reading::default()
    };
    let found = match child::run(path) {
        Ok(found) => found,
        Err(why) => {
            reading.unreadable(path, why);
            return reading;
        }
    };
    let mut sources = Sources::of(path);
    let found = found.into_iter();
    let found = found.map(|one| one.placed(path, &mut sources)).collect();
    let view = Program { found };
    reading.views.push(View::Ir(view));
    sources.tell(&mut reading);
    reading
}

/// Says what is needed to read it.
#[cfg(not(feature = "llvm"))]
pub(super) fn read(_path: &Path) -> Reading {
    let mut reading = Reading::default();
    reading.notes.push(
        "LLVM IR is not read: this build has no LLVM; `cargo install cargo-corelint --features llvm` has"
            .to_owned(),
    );
    reading
}
