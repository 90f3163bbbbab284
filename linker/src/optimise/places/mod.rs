//! Lets a value be where it goes to from the start on, which saves the copies on its way.
//!
//! - `bytes.rs`, `uses.rs`, `life.rs`: what a function does with a local variable, and when
//! - `address.rs`: where else it writes, in pieces of which size
//! - `merge.rs`: a variable that is copied into another one becomes a part of that one
//! - `reserved.rs`: one that is copied into memory of a ring buffer becomes a part of that
//! - `split.rs`: a number of several parts is stored in bytes, so that each part is seen
//! - `chosen.rs`: a value that comes from a variable on some ways is in it on all ways
//! - `idle.rs`: what remains of such a copy is taken out
//! - `runs.rs`: what writes side by side
//! - `join.rs`: copies of parts are one copy
//! - `constants.rs`: constants that stand side by side are written together

mod address;
mod bytes;
pub(super) mod chosen;
pub(super) mod constants;
pub(super) mod idle;
pub(super) mod join;
mod life;
mod merge;
pub(super) mod reserved;
pub(super) mod runs;
pub(super) mod split;
mod uses;

pub(super) use life::{Blocks, mark};
pub(super) use merge::{OF_ONE_VARIABLE, forget_variables, merge};
pub(super) use uses::{Local, Place};
