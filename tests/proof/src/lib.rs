//! What proves that one object of each example reads the right fields on every kernel: the objects
//! of `cargo xtask build`, the kernels that the repository keeps, and three ways to bring one to
//! the other.
//!
//! All of it is for tests, and panics where something is not as it should be. What this machine
//! cannot do is left out, and says so.

mod check;
mod example;
mod kernel;
pub mod machine;
mod object;
mod outcome;
mod resolvers;
pub mod running_kernel;

pub use check::complaints;
pub use example::Example;
pub use kernel::Kernel;
pub use object::{Object, Record, access};
pub use outcome::Outcome;
pub use resolvers::{Resolve, all as resolvers};
