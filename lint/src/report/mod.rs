//! From findings to what the user sees: levels, comments that allow, order, texts and edits.

pub mod fixes;
pub mod levels;
mod on_kernels;
pub mod record;
pub mod render;
pub mod since;
pub mod sink;
mod suppressions;
