//! From findings to what the user sees: levels, comments that allow, order, texts and edits.

pub(crate) mod fixes;
pub(crate) mod levels;
mod on_kernels;
pub(crate) mod record;
pub(crate) mod render;
pub(crate) mod since;
pub(crate) mod sink;
mod suppressions;
