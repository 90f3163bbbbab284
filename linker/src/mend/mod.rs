//! Changes the optimised module such that loaders and the kernel take the object.

pub(crate) mod context;
mod contexts;
pub(crate) mod guard;
pub(crate) mod lines;
pub(crate) mod modulo;
pub(crate) mod no_return;
pub(crate) mod sanitize;
pub(crate) mod subprogram;
pub(crate) mod undefined;
