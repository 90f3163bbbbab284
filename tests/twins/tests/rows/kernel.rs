//! What a BTF says, found without a relocation.

use bpf_core_btf::{Btf, Enumerator, Kind, Type};

/// Where a field is.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// From the start of the struct.
    pub(crate) bit_offset: u32,
    pub(crate) bits: u32,
}

impl Place {
    pub(crate) fn byte_offset(self) -> u64 {
        u64::from(self.bit_offset / 8)
    }

    pub(crate) fn bytes(self) -> u64 {
        u64::from(self.bits / 8)
    }

    /// `len` bytes whose bits are all 0, or all 1, but for those of the field: they are the lowest
    /// of `value`.
    pub(crate) fn filled(self, len: usize, around: bool, value: u64) -> Vec<u8> {
        let mut bytes = vec![if around { 0xff } else { 0 }; len];
        for bit in 0..self.bits {
            let at = (self.bit_offset + bit) as usize;
            // Bit-fields begin at the lowest bit where the first byte is the lowest.
            let mask = 1 << (at % 8);
            match value >> bit & 1 {
                0 => bytes[at / 8] &= !mask,
                _ => bytes[at / 8] |= mask,
            }
        }
        bytes
    }
}

/// Whether a kernel with these types has enumerators of 64 bits for aya 0.14, which does not find
/// one of them in an enum of the kind that all had before Linux 6.0. libbpf does.
pub(crate) fn has_enum64(btf: &Btf<'_>) -> bool {
    btf.types().any(|ty| ty.kind() == Kind::Enum64)
}

/// A struct of the kernel.
pub(crate) fn structure<'b>(btf: &'b Btf<'b>, name: &str) -> Type<'b> {
    btf.find_by_name_kind(name, Kind::Struct)
        .unwrap_or_else(|| panic!("no `struct {name}`"))
}

/// Where `path` of a struct is, such as `se.load`; `None` if it has no such field.
pub(crate) fn place(btf: &Btf<'_>, record: &str, path: &str) -> Option<Place> {
    let mut ty = structure(btf, record);
    let mut place = Place {
        bit_offset: 0,
        bits: 0,
    };
    for name in path.split('.') {
        let (found, of) = member(btf, &ty, name)?;
        place = Place {
            bit_offset: place.bit_offset + found.bit_offset,
            bits: found.bits,
        };
        ty = of;
    }
    Some(place)
}

/// A field of a struct, and its type; those of unnamed members count.
fn member<'b>(btf: &'b Btf<'b>, of: &Type<'b>, name: &str) -> Option<(Place, Type<'b>)> {
    of.members().find_map(|member| {
        let ty = btf.skip_mods_and_typedefs(member.type_id)?;
        if member.name == name {
            let bits = match member.bitfield_size {
                0 => btf.resolve_size(member.type_id)? * 8,
                bits => bits.into(),
            };
            let bit_offset = member.bit_offset;
            return Some((Place { bit_offset, bits }, ty));
        }
        let (inner, ty) = member
            .name
            .is_empty()
            .then(|| self::member(btf, &ty, name))??;
        let bit_offset = member.bit_offset + inner.bit_offset;
        Some((
            Place {
                bit_offset,
                ..inner
            },
            ty,
        ))
    })
}

/// The value of an enumerator, sign-extended from the size of its enum.
pub(crate) fn enumerator(btf: &Btf<'_>, of: &str, name: &str) -> u64 {
    let named = |ty: &Type<'_>| ty.kind().is_any_enum() && ty.name() == of;
    let mut enums = btf.types().filter(named);
    let found = enums.find_map(|ty| ty.enumerators().find(|it: &Enumerator<'_>| it.name == name));
    found
        .unwrap_or_else(|| panic!("no `{name}` in `enum {of}`"))
        .value
}
