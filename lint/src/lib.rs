//! `cargo corelint`: finds eBPF code that only works on the kernel it was built for.
//!
//! The way of a run, a file or folder each:
//! - `cli.rs`: words to options.
//! - `input/`: paths to units of work, each of one kind, with its package and levels.
//! - `cache.rs`: what is known about a unit already.
//! - `front/`: a unit to a view with spans, a folder for each language.
//! - `rules/`: plain functions from a view to findings, a folder for each rule.
//! - `suppress.rs`, `level.rs`, `sink.rs`: which findings count, and how much.
//! - `render/`: findings to text; `fix.rs`: findings to edits; `compiler.rs`: rustc's messages
//!   beside them.
//!
//! Only `main.rs`, `run.rs` and `compiler.rs` print.

pub mod cache;
pub mod cli;
pub mod compiler;
pub mod finding;
pub mod fix;
pub mod front;
pub mod input;
pub mod level;
pub mod lex;
pub mod render;
pub mod rules;
pub mod run;
pub mod sink;
pub mod span;
pub mod suppress;
