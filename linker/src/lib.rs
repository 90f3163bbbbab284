//! A stand-in for bpf-linker that turns the relocations of bpf-core into LLVM's.
//!
//! Phases, in order:
//! - `cli.rs`: the command line, which is bpf-linker's
//! - `contain.rs`: runs all below in a child process, so that a crash of LLVM is an
//!   error like others
//! - `input.rs`: reads the files, and finds those that may hold relocations
//! - `session.rs`: reads their IR into LLVM, whose reports it collects
//! - `marker.rs`: finds the calls that carry relocations, and their descriptors
//! - `descriptor.rs`: from the text of a descriptor to what it asks for
//! - `declaration.rs`: the types that a match compares
//! - `check.rs`: refuses functions and modules without debug info
//! - `foreign.rs`: the types that relocations from C use
//! - `layout.rs`: one local type for each kernel type, from the requests of all inputs
//! - `debug_info.rs`: debug info types and LLVM types of the local types
//! - `kfunc.rs`: names and prototypes of the kernel's functions
//! - `lower.rs`: calls of LLVM's preserve-access intrinsics in place of the markers
//! - bpf-linker, as a library: links and optimises
//! - `corelint.rs`: the linter's rules for the whole program, if asked for
//! - `guard.rs`: puts relocations back behind the branches that guard them
//! - `emit.rs`: code generation
//! - `verify.rs`: refuses an object that lacks a relocation
//! - `output.rs`: writes the file
//!
//! Beside them: `link.rs` has the order, `ir.rs` a view of LLVM's values, `source.rs`
//! finds lines of the user's source, `producer.rs` tells who wrote a bitcode file, `fatal.rs` ends the process when LLVM gives up,
//! `log.rs` logs, `error.rs` is what all of them return.
//!
//! # Building
//! Needs `llvm-config-22` and `libLLVM-22.so`: on Debian the package `llvm-22-dev`, or
//! a prefix in `LLVM_SYS_221_PREFIX`. The features `llvm-21` and `llvm-23` take
//! another LLVM in the same way. LLVM is linked dynamically, and by this crate alone:
//! inkwell, llvm-sys and bpf-linker are told not to look for it.

pub mod cli;
pub mod contain;
pub mod corelint;
pub mod declaration;
pub mod descriptor;
pub mod layout;
pub mod link;
pub mod log;
pub mod output;

mod check;
mod debug_info;
mod emit;
mod error;
mod fatal;
mod foreign;
mod guard;
mod input;
mod ir;
mod kfunc;
mod lower;
mod marker;
mod producer;
mod session;
mod source;
mod verify;

pub use error::{Error, Location, Result};
