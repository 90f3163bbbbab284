//! What the loaders of all examples do: they bring an eBPF object into the kernel and its events
//! out, show them as a table, and verify themselves.

mod events;
mod hook;
mod object;
mod options;
pub mod process;
mod program;
mod run;
mod subject;
pub mod table;
pub mod tap;
mod types;

pub use events::{Events, PATIENCE};
pub use hook::Attached;
pub use object::{Object, lift_memory_limit};
pub use options::Options;
pub use program::load;
pub use run::{Stop, run, watch};
pub use subject::Subject;
pub use tap::{Tap, Verdict};
