//! What every front end has to know about the kernel.

pub mod enumerators;
pub mod fields;
pub mod programs;
pub mod types;
