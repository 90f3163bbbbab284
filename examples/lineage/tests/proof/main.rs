//! Proof that one object reads the right fields on every kernel.
//!
//! Needs the objects of `cargo xtask build`. What this machine cannot do is left out, and says so.

mod accesses;
mod check;
mod control;
mod kernel;
mod machine;
mod object;
mod relocations;
mod resolvers;
mod running_kernel;
