//! A stand-in for bpf-linker that turns the relocations of bpf-core into LLVM's.
//!
//! Phases, in order:
//! - `cli.rs`: the command line, which is bpf-linker's
//! - `contain.rs`: runs all below in a child process, so that a crash of LLVM is an
//!   error like others
//! - `input.rs`: reads the files, and takes them apart into pieces of LLVM IR
//! - `session.rs`: reads IR into LLVM, whose reports it collects
//! - `join.rs`: makes one module of all pieces
//! - `foreign.rs`: keeps relocations from C apart
//! - `marker.rs`: finds the calls that carry relocations, and their descriptors
//! - `descriptor.rs`: from the text of a descriptor to what it asks for
//! - `declaration.rs`: the types that a match compares
//! - `check.rs`: refuses programs without debug info
//! - `layout.rs`: one local type for each kernel type, from the requests of all inputs
//! - `debug_info.rs`: debug info types and LLVM types of the local types
//! - `kfunc.rs`: names and prototypes of the kernel's functions
//! - `lower.rs`: calls of LLVM's preserve-access intrinsics in place of the markers
//! - `asked.rs`: notes what each function asks for, from `intrinsic.rs`; `ask.rs` is one ask
//! - `debug_checks.rs`: takes out what rustc checks in debug builds only
//! - `optimise.rs`: hides what is not exported, and runs LLVM's passes
//! - `keys.rs`: keeps types of one name apart while LLVM makes relocations
//! - `undefined.rs`: values for what a path that was not taken leaves undefined
//! - `sanitize.rs`: names and members as the kernel wants them in BTF
//! - `corelint.rs`: the linter's rules for the whole program, if asked for
//! - `guard.rs`: puts relocations back behind the branches that guard them
//! - `subprogram.rs`: debug info for functions that have none
//! - `no_return.rs`: ends the code behind a panic as the kernel wants it
//! - `emit.rs`: code generation
//! - `verify.rs`: refuses an object that lacks a relocation, or has another
//! - `linkage.rs`: says `static` in BTF of functions that are not exported
//! - `loadable.rs`: refuses an object that loaders refuse
//! - `output.rs`: writes the file
//!
//! Without relocations in the inputs, bpf-linker does all of it, as a library.
//!
//! Beside them: `link.rs` has the order, `ir.rs` a view of LLVM's values, `metadata.rs` one
//! of its debug info, `source.rs` finds lines of the user's source, `diagnosis.rs` has words for what LLVM reports, `prototype.rs` makes debug info of prototypes, `producer.rs` tells who wrote a bitcode file, `fatal.rs` ends the process when LLVM gives up,
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

mod ask;
mod asked;
mod check;
mod debug_checks;
mod debug_info;
mod diagnosis;
mod emit;
mod error;
mod fatal;
mod foreign;
mod guard;
mod input;
mod intrinsic;
mod ir;
mod join;
mod keys;
mod kfunc;
mod linkage;
mod loadable;
mod lower;
mod marker;
mod metadata;
mod no_return;
mod optimise;
mod producer;
mod prototype;
mod sanitize;
mod session;
mod source;
mod subprogram;
mod undefined;
mod verify;

pub use error::{Error, Location, Result};
