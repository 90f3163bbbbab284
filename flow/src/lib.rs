//! Follows pointers from where the kernel hands them out to a constant offset.
//!
//! - `pointer.rs`: what is known about such a pointer at one place of a program. Where the kernel hands
//!   pointers out, `bpf-core-kernel-facts` knows.
//! - `finding.rs`: what is wrong with a place, in words; `library.rs`: whose code it is.
//! - behind the feature `llvm`, `module.rs`: an LLVM module in, findings out, with source lines;
//!   `value.rs` is a view of LLVM's values, `trace.rs` follows them, `source.rs` finds lines.
//!
//! Used by the linter, for objects and IR, and by the linker, for the program that it links. So it
//! depends on neither, and prints nothing.

pub mod finding;
pub mod library;
pub mod pointer;

#[cfg(feature = "llvm")]
pub mod module;
#[cfg(feature = "llvm")]
mod source;
#[cfg(feature = "llvm")]
mod trace;
#[cfg(feature = "llvm")]
mod value;

pub use finding::Finding;
pub use pointer::{Offset, Origin, Pointer, Step};
