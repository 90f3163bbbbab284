//! Explains why a kernel or a loader refused an eBPF object: from the log to the cause, the instruction,
//! the field and the source line. For loaders, which have the log and the object at hand, and for
//! `cargo corelint why`.
//!
//! The log is what libbpf, aya or cilium/ebpf print, with or without the verifier's part, or the
//! verifier's part alone.
//!
//! ```
//! use bpf_core_btf::object::Object;
//! use bpf_core_refusal::{Cause, Log, Sites};
//!
//! // aya's `ProgramError::LoadError`, of `tests/logs/absent_field.bpf.c` on Linux 6.18.
//! let log = include_bytes!("../tests/logs/absent_field.aya-6.18.log");
//! let object = include_bytes!("../tests/logs/absent_field.bpf.o");
//! let object = Object::parse(object)?;
//! let log = Log::read(log);
//! let [refusal] = &log.refusals[..] else { panic!() };
//! assert!(matches!(refusal.cause, Cause::Record(_)));
//!
//! let sites = Sites::find(&object, refusal)?;
//! let site = sites.only().unwrap();
//! assert_eq!(site.record.as_ref().unwrap().name, "struct inode.i_atime.tv_sec");
//! let line = site.line.unwrap();
//! assert_eq!((line.file, line.line), ("./absent_field.bpf.c", 10));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | file | what it does |
//! |---|---|
//! | `log.rs` | a log as refusals: each with its program and instruction |
//! | `printed.rs` | the lines of a log without what a logger prints around them |
//! | `line.rs` | one line without what loaders print around it |
//! | `cause.rs` | what a line says, where it has a number or a name |
//! | `message.rs` | the messages that say all by themselves: what each means, and its cure |
//! | `site.rs` | from the instruction of a log to its place in an object |
//!
//! A log may be hostile, cut or binary: it is read line by line, and no number in it is trusted.
#![forbid(unsafe_code)]

mod cause;
mod line;
mod log;
mod message;
mod printed;
mod site;

pub use cause::Cause;
pub use log::{Log, Refusal};
pub use message::Message;
pub use site::{Mismatch, NamedRecord, Site, Sites};
