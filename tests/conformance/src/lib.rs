//! What a CO-RE relocation comes to, asked of libbpf, of aya and of `bpf-core-btf`.
//!
//! A case is a declaration, a target and one relocated instruction, all in a few words
//! ([`case`]); [`declarations`] and [`object`] make BTF and an eBPF object of them. [`libbpf`], [`aya`]
//! and [`ours`] each take any eBPF object and any target BTF, and give the program's instructions.
//!
//! The cases are in `tests/relocations`.

pub mod aya;
pub mod case;
pub mod declarations;
pub mod differences;
pub mod insn;
pub mod libbpf;
pub mod object;
pub mod ours;
mod types;

use std::collections::BTreeMap;

/// The instructions of an object's programs after relocation, as bytes, by the program's name.
pub type Programs = BTreeMap<String, Vec<u8>>;
