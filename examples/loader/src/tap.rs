//! The Test Anything Protocol, in which `--verify` tells what came of it: a plan, and a line for each
//! check. Loaders write it; tests and `kernels` read it.

mod read;
mod write;

pub use read::{Check, Document};
pub(crate) use write::told;
pub use write::{Tap, Verdict};
