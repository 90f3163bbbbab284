//! From a spec to the number that goes into the instruction: `bpf_core_calc_relo` of libbpf.

use crate::bytes::Endian;
use crate::fault::Fault;
use crate::raw::Kind;
use crate::relo_kind::CoreReloKind;
use crate::spec::{MAX_SPEC_LEN, Spec, skip};
use crate::type_id::TypeId;
use crate::types::{Int, Type};

/// What one side, local or target, answers.
pub(crate) struct Answer {
    pub(crate) value: u64,
    /// The accessed scalar, for offsets only: loads and stores change their width with it.
    pub(crate) scalar: Option<Scalar>,
    /// Whether the instruction must hold `value` before it is patched, when this is the local
    /// side.
    pub(crate) validate: bool,
}

impl Answer {
    fn plain(value: u64) -> Self {
        Self {
            value,
            scalar: None,
            validate: true,
        }
    }
}

/// Size in bytes and type of what an offset leads to; of an array, the size of its elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scalar {
    pub(crate) size: u32,
    pub(crate) type_id: TypeId,
}

/// The answer of a spec that was parsed or matched.
pub(crate) fn answer(spec: &Spec<'_>) -> Result<Answer, Fault> {
    match spec.kind {
        CoreReloKind::FieldExists
        | CoreReloKind::EnumvalExists
        | CoreReloKind::TypeExists
        | CoreReloKind::TypeMatches => Ok(Answer::plain(1)),
        CoreReloKind::TypeSize => Ok(Answer::plain(spec.size_of(spec.root)?.into())),
        // Linkers renumber types without touching the instructions.
        CoreReloKind::TypeIdLocal | CoreReloKind::TypeIdTarget => Ok(Answer {
            validate: false,
            ..Answer::plain(spec.root.0.into())
        }),
        CoreReloKind::EnumvalValue => {
            let (_, value) = spec.enumerator().ok_or(Fault::BadType(spec.root))?;
            Ok(Answer::plain(value))
        }
        CoreReloKind::ByteOff
        | CoreReloKind::ByteSz
        | CoreReloKind::Signed
        | CoreReloKind::LshiftU64
        | CoreReloKind::RshiftU64 => field(spec),
    }
}

/// The answer where no target type matches; `None` poisons the instruction.
pub(crate) fn answer_if_missing(kind: CoreReloKind) -> Option<u64> {
    let exists = matches!(
        kind,
        CoreReloKind::FieldExists | CoreReloKind::EnumvalExists
    );
    (exists || kind.is_type_based()).then_some(0)
}

/// Whether a load or store may take the target's width instead of the local one: only where zero
/// extension keeps the value, so pointers and ints that are not signed.
pub(crate) fn width_is_adjustable(
    (local, local_type): (&Spec<'_>, Option<Scalar>),
    (target, target_type): (&Spec<'_>, Option<Scalar>),
) -> bool {
    let type_of = |spec: &Spec<'_>, scalar: Option<Scalar>| {
        let ty = spec.btf.type_by_id(scalar?.type_id)?;
        Some((ty.kind(), ty.int()))
    };
    let unsigned = |int: Int| int.encoding != Int::SIGNED;
    match (type_of(local, local_type), type_of(target, target_type)) {
        (Some((Kind::Ptr, _)), Some((Kind::Ptr, _))) => true,
        (Some((_, Some(local))), Some((_, Some(target)))) => unsigned(local) && unsigned(target),
        _ => false,
    }
}

/// `bpf_core_calc_field_relo`.
fn field(spec: &Spec<'_>) -> Result<Answer, Fault> {
    let last = spec.accessors.last().ok_or(Fault::BadAccess)?;
    if last.name.is_none() {
        return match spec.kind {
            CoreReloKind::ByteOff => Ok(Answer {
                scalar: Some(scalar(spec, last.type_id)?),
                ..Answer::plain((spec.bit_offset / 8).into())
            }),
            CoreReloKind::ByteSz => Ok(Answer::plain(spec.size_of(last.type_id)?.into())),
            kind => Err(Fault::NotForElements(kind)),
        };
    }
    let owner = spec
        .btf
        .type_by_id(last.type_id)
        .ok_or(Fault::BadType(last.type_id))?;
    let member = owner
        .members()
        .get(last.index as usize)
        .ok_or(Fault::BadType(last.type_id))?;
    let ty = skip(spec.btf, member.type_id)?;
    let place = if member.bitfield_size > 0 {
        Place::of_bitfield(spec, &ty, member.bitfield_size.into())?
    } else {
        let bytes = spec.size_of(ty.id())?;
        // In 64 bits: the size of a field of 512 MB or more does not fit otherwise.
        Place {
            byte_off: spec.bit_offset / 8,
            bytes,
            bits: u64::from(bytes) * 8,
        }
    };
    let bitfield = member.bitfield_size > 0;
    Ok(match spec.kind {
        CoreReloKind::ByteOff => Answer {
            value: place.byte_off.into(),
            scalar: if bitfield {
                None
            } else {
                Some(scalar(spec, ty.id())?)
            },
            validate: !bitfield,
        },
        CoreReloKind::ByteSz => Answer {
            validate: !bitfield,
            ..Answer::plain(place.bytes.into())
        },
        CoreReloKind::LshiftU64 => Answer {
            validate: !bitfield,
            ..Answer::plain(place.lshift(spec))
        },
        CoreReloKind::RshiftU64 => Answer::plain(wrap(64 - place.bits.cast_signed())),
        _ => Answer::plain(is_signed(&ty).into()),
    })
}

/// The bytes to load for a field, and how many bits of them are the field.
struct Place {
    byte_off: u32,
    bytes: u32,
    bits: u64,
}

impl Place {
    /// The smallest aligned load, from the declared type's size up, that covers the bit-field.
    fn of_bitfield(spec: &Spec<'_>, ty: &Type<'_>, bits: u32) -> Result<Self, Fault> {
        let mut bytes = ty
            .size()
            .filter(|&size| size > 0)
            .ok_or_else(|| Fault::NoSize { ty: ty.to_string() })?;
        let end = u64::from(spec.bit_offset) + u64::from(bits);
        loop {
            let byte_off = spec.bit_offset / 8 / bytes * bytes;
            if end <= (u64::from(byte_off) + u64::from(bytes)) * 8 {
                return Ok(Self {
                    byte_off,
                    bytes,
                    bits: bits.into(),
                });
            }
            if bytes >= 8 {
                return Err(Fault::BitfieldTooWide);
            }
            bytes *= 2;
        }
    }

    /// The byte order is that of the spec's BTF, where libbpf takes that of its host.
    fn lshift(&self, spec: &Spec<'_>) -> u64 {
        let from = i64::from(spec.bit_offset) - i64::from(self.byte_off) * 8;
        wrap(match spec.btf.endian() {
            Endian::Little => 64 - (from + self.bits.cast_signed()),
            Endian::Big => (8 - i64::from(self.bytes)) * 8 + from,
        })
    }
}

/// libbpf computes shifts in 32 bits: that of a struct, which nobody asks for on purpose, wraps
/// there.
fn wrap(value: i64) -> u64 {
    u64::from(value as u32)
}

fn is_signed(ty: &Type<'_>) -> bool {
    (ty.kind().is_any_enum() && ty.kind_flag()) || ty.int().is_some_and(|int| int.is_signed())
}

fn scalar(spec: &Spec<'_>, type_id: TypeId) -> Result<Scalar, Fault> {
    let mut element = skip(spec.btf, type_id)?;
    // Types that nest arrays in themselves end here like any chain that is too long.
    for _ in 0..MAX_SPEC_LEN {
        let Some(array) = element.array() else {
            return Ok(Scalar {
                size: spec.size_of(element.id())?,
                type_id,
            });
        };
        element = skip(spec.btf, array.element)?;
    }
    Err(Fault::TooDeep)
}
