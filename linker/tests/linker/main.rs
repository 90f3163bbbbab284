//! What the linker makes of small modules: as a user runs it, from files to a file.

// Brings LLVM along, which the tests use through the same crates.
use bpf_core_linker as _;

mod again;
mod alternatives;
mod big_endian;
mod branches;
mod callable;
mod calls;
mod cancelled;
mod chosen;
mod context;
mod corelint;
mod debug_checks;
mod direct;
mod functions;
mod guards;
mod inputs;
mod kfuncs;
mod layout;
mod libraries;
mod lines;
mod linking;
mod matches;
mod modulo;
mod named;
mod outcomes;
mod paths;
mod places;
mod plain;
mod program;
mod refusals;
mod reserved;
mod statics;
mod together;
mod types;
mod undefined;
mod unpack;
mod unread;
mod witness;
