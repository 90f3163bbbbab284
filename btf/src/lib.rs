//! BTF, `.BTF.ext` and CO-RE: bytes in, values out.
//!
//! No files and no LLVM: the caller brings the bytes of the `.BTF` and `.BTF.ext` sections of an eBPF
//! object, and those of a kernel's BTF (`/sys/kernel/btf/vmlinux`). With the feature `object`, the
//! bytes of the whole object will do. The rules are libbpf's
//! (`src/relo_core.c`, `src/btf.c`, `bpf_core_find_cands` in `src/libbpf.c`), the formats those of
//! `include/uapi/linux/btf.h`; each item names the function or struct it agrees with.
//!
//! ```
//! use bpf_core_btf::{Btf, BtfBuilder, CoreRelo, CoreReloKind, Endian, Member, Resolver};
//!
//! // Two layouts of one struct; in a program they come from the object and from the kernel.
//! let blob = |bit_offset| {
//!     let mut builder = BtfBuilder::new(Endian::Little);
//!     let type_id = builder.int("int", 4, 1);
//!     let pid = Member { name: "pid", type_id, bit_offset, bitfield_size: 0 };
//!     builder.structure("task_struct", 9344, &[pid]);
//!     builder.finish()
//! };
//! let (object, kernel) = (blob(0), blob(2232 * 8));
//! let (local, target) = (Btf::parse(&object)?, Btf::parse(&kernel)?);
//!
//! let task_struct = local.types().last().unwrap().id();
//! let kind = CoreReloKind::ByteOff;
//! let relo = CoreRelo { insn_off: 0, type_id: task_struct, access: "0:0", kind };
//! let resolution = Resolver::new(&local, &target).resolve(&relo)?;
//! assert_eq!(resolution.local.path(), "struct task_struct.pid (0:0)");
//! assert_eq!((resolution.local_value, resolution.value), (0, Some(2232)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Layers
//!
//! | file | what it does |
//! |---|---|
//! | `bytes.rs`, `raw.rs`, `records.rs`, `strings.rs` | records and strings as they lie in the file, of either byte order |
//! | `types.rs` | typed views of them |
//! | `btf.rs`, `check.rs`, `names.rs`, `ext.rs`, `relo.rs` | a whole blob, checked: ids, strings, names, records of an object |
//! | `spec.rs` | an access: parsed from the record, or found in a target |
//! | `matcher.rs`, `compat.rs`, `type_match.rs` | whether and where a target type has it |
//! | `value.rs`, `resolver.rs` | the number that comes of it; candidates, ambiguity |
//! | `insn/` | instructions, and that number in one |
//! | `object/` | an ELF object: programs, functions, maps, what they refer to; a program as a loader puts it together |
//! | `builder.rs`, `minimize.rs` | writing BTF: by hand, or the little that an object uses |
//! | `archive/` | the BTF of many kernels in one file, and that of the running kernel out of it |
//! | `error.rs`, `fault.rs` | why bytes are not BTF; why a record fails or does not match |
//!
//! Records, errors and kinds of operation may get more fields and variants: they are `#[non_exhaustive]`. Types of the
//! [`BtfBuilder`] and records of the [`Resolver`] are made by programs too. Of [`insn::JumpOp`] and
//! `object::ExternKind` a program has to know each, so a new one is a new major version.
//!
//! Input may be hostile: parsing checks every length, offset and id, types that refer to
//! themselves end in an error, and nothing is allocated by a count that the input claims.
#![forbid(unsafe_code)]

pub mod archive;
mod btf;
mod builder;
mod bytes;
mod check;
mod compat;
mod error;
mod ext;
mod fault;
pub mod insn;
mod matcher;
mod minimize;
mod names;
#[cfg(feature = "object")]
pub mod object;
mod raw;
mod records;
mod relo;
mod relo_kind;
mod resolver;
mod spec;
mod strings;
mod type_id;
mod type_match;
mod types;
mod value;

pub use bpf_core_kernel_facts::flavour::essential_name;
pub use btf::Btf;
pub use builder::BtfBuilder;
pub use bytes::Endian;
pub use compat::types_are_compat;
pub use error::{Error, ErrorKind};
pub use ext::{BtfExt, ExtSection, FuncInfo, LineInfo};
pub use fault::{Fault, Mismatch, ResolveError};
pub use insn::{POISON, PatchError, Patched, Poison, patch};
pub use minimize::{Use, minimize};
pub use raw::Kind;
pub use relo::CoreRelo;
pub use relo_kind::CoreReloKind;
pub use resolver::{Match, Rejected, Resolution, Resolver, Width};
pub use spec::{Accessor, Spec};
pub use type_id::TypeId;
pub use types::{Array, Enumerator, Int, List, Member, Param, Type, VarSecinfo};
