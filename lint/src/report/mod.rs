//! From findings to what the user sees: levels, comments that allow, order, texts and edits.

pub mod fixes;
pub mod levels;
pub mod render;
pub mod sink;
mod suppressions;
