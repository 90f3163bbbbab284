//! BTF, `.BTF.ext` and CO-RE: bytes in, values out.
//!
//! No ELF, no files, no LLVM: the caller brings the bytes of the `.BTF` and `.BTF.ext` sections of
//! an eBPF object and of a kernel's BTF (`/sys/kernel/btf/vmlinux`).
#![forbid(unsafe_code)]

mod btf;
mod builder;
mod bytes;
mod compat;
mod error;
mod ext;
mod fault;
mod insn;
mod matcher;
mod minimize;
mod names;
mod raw;
mod relo;
mod resolver;
mod spec;
mod type_match;
mod types;
mod value;

pub use btf::Btf;
pub use builder::BtfBuilder;
pub use bytes::Endian;
pub use error::{Error, ErrorKind};
pub use ext::{BtfExt, ExtSection, FuncInfo, LineInfo};
pub use fault::{Fault, Mismatch, ResolveError};
pub use insn::{POISON, PatchError, Patched, patch};
pub use minimize::{Use, minimize};
pub use names::essential_name;
pub use raw::Kind;
pub use relo::{CoreRelo, CoreReloKind};
pub use resolver::{Match, Rejected, Resolution, Resolver, Width};
pub use spec::{Accessor, Spec};
pub use types::{Array, Enumerator, Int, List, Member, Param, Type, TypeId, VarSecinfo};
