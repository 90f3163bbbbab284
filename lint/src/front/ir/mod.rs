//! The front end for LLVM IR. LLVM ends its process with a signal for some damaged files, so it
//! runs in a child, which is this program again.

#[cfg(feature = "llvm")]
mod child;
#[cfg(feature = "llvm")]
pub mod worker;

use std::path::Path;

use bpf_core_flow::facts::Facts;

use super::Reading;
use crate::span::Span;

/// The facts about a module.
pub type Program = Facts<Place>;

/// A place in a module, to point at.
#[derive(Clone, Debug)]
pub struct Place {
    /// The line of the source, or else the function.
    pub span: Span,
    /// The function.
    pub function: String,
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
    let facts = match child::run(path) {
        Ok(facts) => facts,
        Err(why) => {
            reading.unreadable(path, why);
            return reading;
        }
    };
    let mut sources = Sources::of(path);
    let view = facts.placed(&mut |place| child::placed(place, path, &mut sources));
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
