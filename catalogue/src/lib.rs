//! The types of many kernels in one file, and what one kernel has where another has not.
//!
//! A kernel's BTF has 3 to 6 MB, and two kernels have most of their types in common. A catalogue keeps
//! each definition once, with the set of kernels that have it, and is read without unpacking all of it.
//!
//! ```
//! use bpf_core_btf::{Btf, BtfBuilder, Endian, Member};
//! use bpf_core_catalogue::{Catalogue, Kernel, KernelSet, Writer};
//!
//! // Two kernels; their BTF comes from `/sys/kernel/btf/vmlinux`, an image or a package.
//! let btf = |bit_offset| {
//!     let mut builder = BtfBuilder::new(Endian::Little);
//!     let type_id = builder.int("int", 4, 1);
//!     let tgid = Member { name: "tgid", type_id, bit_offset, bitfield_size: 0 };
//!     builder.structure("task_struct", 9344, &[tgid]);
//!     builder.finish()
//! };
//! let mut writer = Writer::new();
//! for (release, offset) in [("6.1.176", 2420), ("6.12.117", 2436)] {
//!     writer.add(Kernel::new(release, "amd64"), &Btf::parse(&btf(offset * 8))?, &[])?;
//! }
//! # use ruzstd::encoding::{CompressionLevel, compress_to_vec};
//! let file = writer.finish(|block| compress_to_vec(block, CompressionLevel::Fastest));
//!
//! let catalogue = Catalogue::open(&file)?;
//! let history = catalogue.field("task_struct", &["tgid"], &KernelSet::first(2))?;
//! let places: Vec<u32> = history.values.iter().map(|(field, _)| field.bit_offset / 8).collect();
//! assert_eq!(places, [2420, 2436]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Catalogue::types`] gives what an object's relocations need as small BTF, one for each group of
//! kernels that agree on it: [`bpf_core_btf::Resolver`] answers from it as from the kernel's own.
//!
//! | file | what it does |
//! |---|---|
//! | `definition.rs` | what a catalogue keeps of a type |
//! | `body.rs`, `bytes.rs` | a definition as bytes |
//! | `collect.rs` | definitions out of BTF |
//! | `write.rs`, `read.rs`, `index.rs`, `block.rs`, `sets.rs`, `format.rs` | the file |
//! | `frame.rs`, `dictionary.rs`, `pack.rs` | how its parts are packed |
//! | `ask.rs`, `closure.rs` | what is asked for, and what that refers to |
//! | `types.rs`, `blob.rs` | the answer as BTF |
//! | `history.rs`, `form.rs`, `text.rs` | the answer in words |
//! | `prototypes.rs` | what a program on a function or tracepoint gets, also under another name |
//! | `facts.rs` | what is known of a kernel beside its types: symbols, options, sets of BTF ids |
//! | `kernel.rs`, `architecture.rs`, `set.rs`, `select.rs` | kernels, sets of them, and the texts that choose a set |
//!
//! Definitions, histories and groups are exhaustive: who writes a catalogue makes them, and who judges kernels by one
//! has to know each.
//!
//! The file may be hostile: each part is checked by its hash and every number by what it leads to.
#![forbid(unsafe_code)]

mod architecture;
mod ask;
mod blob;
mod block;
mod body;
mod bytes;
mod closure;
mod collect;
mod definition;
mod dictionary;
mod error;
mod facts;
mod form;
mod format;
mod frame;
mod history;
mod index;
mod kernel;
mod pack;
mod presence;
mod prototypes;
mod read;
mod select;
mod set;
mod sets;
mod text;
mod types;
mod write;

pub use architecture::{architecture_of_release, debian_architecture, is_big_endian, machine};
pub use ask::Ask;
pub use definition::{
    Definition, Enum, Member, NameSpace, Prototype, Qualifier, Record, SymbolKind, TypeRef,
};
pub use error::{AddError, OpenError};
pub use facts::{Facts, Symbol};
pub use form::Form;
pub use history::{Field, History};
pub use kernel::Kernel;
pub use pack::Pack;
pub use presence::Presence;
pub use read::{Catalogue, Entry};
pub use select::{SelectError, select};
pub use set::KernelSet;
pub use text::type_name;
pub use types::Group;
pub use write::Writer;
