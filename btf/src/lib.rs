//! BTF, `.BTF.ext` and CO-RE: bytes in, values out.
//!
//! No ELF, no files, no LLVM: the caller brings the bytes of the `.BTF` and `.BTF.ext` sections of
//! an eBPF object and of a kernel's BTF (`/sys/kernel/btf/vmlinux`).
#![forbid(unsafe_code)]

mod btf;
mod bytes;
mod error;
mod ext;
mod names;
mod raw;
mod relo;
mod types;

pub use btf::Btf;
pub use bytes::Endian;
pub use error::{Error, ErrorKind};
pub use ext::{BtfExt, ExtSection, FuncInfo, LineInfo};
pub use names::essential_name;
pub use raw::Kind;
pub use relo::{CoreRelo, CoreReloKind};
pub use types::{Array, Enumerator, Int, List, Member, Param, Type, TypeId, VarSecinfo};
