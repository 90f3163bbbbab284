//! What every front end has to know about the kernel.

pub mod enumerators;
pub mod types;
