//! Facts about Linux that the linker, the linter and the tests share, each in one place.
//!
//! - [`program`]: program types, by libbpf's section names and by aya's attributes.
//! - [`context`]: what a program of a type finds in its context.
//! - [`target`]: what a program is attached to.
//! - [`syscall`]: functions and tracepoints that see a system call's arguments.
//! - [`helper`] and [`kfunc`]: functions that a program calls, and what they do with memory.
//! - [`flavour`]: names with a `___` in them.
//! - [`types`], [`enumerators`] and [`fields`]: names of the kernel's and of its user-space API.
//!
//! Enums are exhaustive: who decides by a fact has to decide for a new one too, so that is a new major version.
//!
//! No IO, no LLVM, no dependencies. `tests/conformance/tests/facts.rs` compares the tables with libbpf and with
//! the kernel's headers, and writes the two lists that are made from headers (`src/generated/`).

pub mod context;
pub mod enumerators;
pub mod fields;
pub mod flavour;
pub mod helper;
pub mod kfunc;
pub mod probed;
pub mod program;
mod sections;
pub mod syscall;
pub mod target;
pub mod types;

pub use context::Context;
pub use program::Program;
pub use target::Target;
