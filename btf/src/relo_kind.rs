//! The kinds of CO-RE relocation.

use core::fmt;

/// What a relocation asks about the target (`enum bpf_core_relo_kind`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
#[non_exhaustive]
pub enum CoreReloKind {
    /// Offset of a field in bytes.
    ByteOff = 0,
    /// Size of a field in bytes.
    ByteSz = 1,
    /// 1 if the field exists, else 0.
    FieldExists = 2,
    /// 1 if the field is signed, else 0.
    Signed = 3,
    /// Left shift that moves a bit-field, loaded as `u64`, to the top.
    LshiftU64 = 4,
    /// Right shift that then moves it to the bottom.
    RshiftU64 = 5,
    /// Id of the type in the program's own BTF.
    TypeIdLocal = 6,
    /// Id of the type in the target's BTF.
    TypeIdTarget = 7,
    /// 1 if a compatible type exists, else 0.
    TypeExists = 8,
    /// Size of the type in bytes.
    TypeSize = 9,
    /// 1 if the enumerator exists, else 0.
    EnumvalExists = 10,
    /// Value of the enumerator.
    EnumvalValue = 11,
    /// 1 if a type of the same shape exists, else 0.
    TypeMatches = 12,
}

impl CoreReloKind {
    /// All kinds in the order of their numbers.
    pub const ALL: [Self; 13] = [
        Self::ByteOff,
        Self::ByteSz,
        Self::FieldExists,
        Self::Signed,
        Self::LshiftU64,
        Self::RshiftU64,
        Self::TypeIdLocal,
        Self::TypeIdTarget,
        Self::TypeExists,
        Self::TypeSize,
        Self::EnumvalExists,
        Self::EnumvalValue,
        Self::TypeMatches,
    ];

    /// The kind with this number.
    pub fn from_raw(raw: u32) -> Option<Self> {
        Self::ALL.get(usize::try_from(raw).ok()?).copied()
    }

    /// Asks about a field (`core_relo_is_field_based`).
    pub fn is_field_based(self) -> bool {
        (self as u32) <= Self::RshiftU64 as u32
    }

    /// Asks about a whole type (`core_relo_is_type_based`).
    pub fn is_type_based(self) -> bool {
        !self.is_field_based() && !self.is_enumval_based()
    }

    /// Asks about an enumerator (`core_relo_is_enumval_based`).
    pub fn is_enumval_based(self) -> bool {
        matches!(self, Self::EnumvalExists | Self::EnumvalValue)
    }
}

/// libbpf's word for the kind (`core_relo_kind_str`).
impl fmt::Display for CoreReloKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ByteOff => "byte_off",
            Self::ByteSz => "byte_sz",
            Self::FieldExists => "field_exists",
            Self::Signed => "signed",
            Self::LshiftU64 => "lshift_u64",
            Self::RshiftU64 => "rshift_u64",
            Self::TypeIdLocal => "local_type_id",
            Self::TypeIdTarget => "target_type_id",
            Self::TypeExists => "type_exists",
            Self::TypeSize => "type_size",
            Self::EnumvalExists => "enumval_exists",
            Self::EnumvalValue => "enumval_value",
            Self::TypeMatches => "type_matches",
        })
    }
}
