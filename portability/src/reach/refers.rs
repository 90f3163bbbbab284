//! What an instruction or a parameter refers to.

use bpf_core_btf::{Btf, Kind, TypeId};

/// What an instruction refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refers {
    Nothing,
    /// A map of the object, by its number.
    Map(u16),
    /// A variable of the object.
    Data {
        section: u32,
        offset: u64,
    },
    /// A function of the object, by its number.
    Function(u16),
    /// An extern of the object, by its number.
    Extern(u16),
}

/// The size of what a pointer points to.
pub(super) fn pointee_size(btf: &Btf<'_>, id: TypeId) -> Option<u32> {
    let pointer = btf.skip_mods_and_typedefs(id)?;
    let to = pointer
        .referenced()
        .filter(|_| pointer.kind() == Kind::Ptr)?;
    btf.resolve_size(to)
}
