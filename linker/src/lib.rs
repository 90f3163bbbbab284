//! A stand-in for bpf-linker that turns the relocations of bpf-core into LLVM's.
//!
//! The modules in their order: each uses only those before it (`tests/tidy/src/order.rs`).
//! - `error.rs`: the form of an error
//! - `ir/`: a view of LLVM's values and of its debug info, and the way from both to a line of the source
//! - `log.rs`: the log, and what LLVM reports there
//! - `diagnosis/`: words for what LLVM reports
//! - `ask/`: what a relocation asks for, in each of its forms: the descriptor of a marker from Rust, the
//!   call of an intrinsic, the global that LLVM makes of it, and the record of an object
//! - `input/`: reads the files, takes them apart into pieces of LLVM IR, and joins these to one module
//! - `lower/`: lays out one local type for each kernel type, and replaces the markers by LLVM's intrinsics
//! - `optimise/`: takes out what rustc checks in debug builds only, takes packed results apart, runs LLVM's
//!   passes, and saves what costs an instruction in eBPF alone
//! - `mend/`: changes the optimised module such that loaders and the kernel take the object
//! - `corelint/`: the linter's rules for the whole program, if asked for
//! - `emit/`: code generation
//! - `verify/`: refuses an object that lacks a record or has another, or that loaders or all verifiers refuse
//! - `link/`: runs all of them; without relocations in the inputs, bpf-linker does it, as a library
//! - `cli.rs`, `contain.rs`, `output.rs`: the command line, a process in which LLVM may crash, the file
//!
//! # Building
//! Needs `llvm-config-22` and `libLLVM-22.so`: on Debian the package `llvm-22-dev`, or
//! a prefix in `LLVM_SYS_221_PREFIX`. The features `llvm-21` and `llvm-23` take
//! another LLVM in the same way. It is linked by this crate alone: inkwell, llvm-sys and bpf-linker are told
//! not to look for it. With the feature `llvm-static` it becomes a part of the program, from LLVM's archives;
//! `cargo xtask release` builds such a one, which needs nothing at all.

// Whoever is shown a type can name it.
#![warn(unnameable_types)]

pub mod cli;
pub mod contain;
pub mod link;
pub mod log;
pub mod output;

mod ask;
mod corelint;
mod diagnosis;
mod emit;
mod error;
mod input;
mod ir;
mod lower;
mod mend;
mod optimise;
mod verify;

pub use corelint::Level;
pub use error::{Error, Result};
