//! Follows pointers in a compiled program from where the kernel hands them out to a constant offset,
//! for the linter and for the linker's `--corelint`.
//!
//! - `pointer.rs`: what is known about a pointer at one place of a program.
//! - `library.rs`: whether a source file belongs to a library.
//! - `facts.rs`: the facts about a program, without a judgement.
//! - behind the feature `llvm`, `ir/`: the one view of LLVM IR, for the linker too; `trace.rs` follows the
//!   values there, and `module.rs` makes facts of a module.
//!
//! The linter's rules and the linker judge the facts, in words of their own. So this crate depends on neither,
//! and prints nothing.

pub mod facts;
pub mod library;
pub mod pointer;

#[cfg(feature = "llvm")]
pub mod ir;
#[cfg(feature = "llvm")]
pub mod module;
#[cfg(feature = "llvm")]
mod trace;

pub use pointer::{Offset, Origin, Pointer, Step};
#[cfg(feature = "llvm")]
pub use trace::helper;
