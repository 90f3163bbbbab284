//! CO-RE relocation records: `struct bpf_core_relo`.

use crate::relo_kind::CoreReloKind;
use crate::type_id::TypeId;

/// One relocation of an object (`struct bpf_core_relo`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoreRelo<'b> {
    /// Offset of the instruction in bytes from the start of its ELF section.
    pub insn_off: u32,
    /// The local type that the access starts from.
    pub type_id: TypeId,
    /// Indices from that type on, `0:1:2`; an enumerator's index; `0` for a type.
    pub access: &'b str,
    /// What is asked.
    pub kind: CoreReloKind,
}
