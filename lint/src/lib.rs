//! `cargo corelint`: finds eBPF code that only works on the kernel it was built for.
//!
//! The modules in the order of a run. Each uses only those before it, and `tests/tidy/src/order.rs` fails on
//! a `use` in the other direction:
//!
//! - `span.rs`, `digest.rs`: places in a text, and names for contents.
//! - `answer.rs`: the formats of an answer that is no finding.
//! - `cores.rs`: work on all cores.
//! - `kept.rs`: where files are kept for later runs.
//! - `input/`: from paths to units of work, each of one kind, with its package and settings.
//! - `known/`: the kernels whose types are known, and the ones that a project supports.
//! - `front/`: from a unit to a view of facts with spans, a folder for each language.
//! - `rules/`: from a view to findings, a folder for each rule.
//! - `check.rs`: the one loop that runs the rules over the views.
//! - `cache.rs`: what earlier runs found in a unit.
//! - `report/`: levels, comments that allow, order; findings to text and to edits.
//! - `kernels/`: what many kernels have, for people.
//! - `inspect/`: what is in an object, for people.
//! - `doctor/`: what stops a build or a load: machine, toolchain, project.
//! - `bindings.rs`: declarations of kernel types, written for people.
//! - `migrate/`: from bindings of one kernel to reads by name.
//! - `min_btf/`: BTF of many kernels, as far as objects need it, for kernels without their own.
//! - `why/`: why a kernel or a loader refused an object.
//! - `cli.rs`, `compiler.rs`, `run.rs`: the command line, rustc's messages for editors, the run.
//!
//! Only `run.rs` and `compiler.rs` print. What is public serves the commands, the site and the tests of this
//! repository.

mod answer;
mod bindings;
mod cache;
pub mod check;
mod cli;
mod compiler;
mod cores;
mod digest;
pub mod doctor;
pub mod front;
pub mod input;
mod inspect;
mod kept;
mod kernels;
pub mod known;
mod migrate;
mod min_btf;
mod report;
pub mod rules;
pub mod run;
pub mod span;
mod why;
