//! Requests: what one relocation asks for, as a descriptor says it.
//!
//! LLVM ends the process over some combinations (`report_fatal_error` in `BPFAbstractMemberAccess.cpp`). A
//! [`Request`] that `descriptor.rs` makes has none of them.

use crate::ask::declaration::Declaration;

/// Records and members larger than this are refused: BTF counts a member's offset
/// in bits, in 32 bits.
pub(crate) const LARGEST: u64 = 1 << 28;

/// What one relocation asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// About a member of a record, or an element of a member.
    Field {
        /// The question.
        ask: FieldAsk,
        /// Where the path begins.
        root: Record,
        /// At least one step; the first one is a member.
        path: Vec<Step>,
    },
    /// About a type as a whole.
    Type {
        /// The question.
        ask: TypeAsk,
        /// The type.
        of: Named,
    },
    /// 1 if the kernel's type has all parts, of the same types, else 0.
    Match(Declaration),
    /// About one enumerator.
    Enumerator {
        /// The question.
        ask: EnumeratorAsk,
        /// Its enum.
        of: Enum,
        /// Its name.
        name: String,
        /// Its value in the local type, as BTF holds it: two's complement.
        value: i64,
    },
}

/// Questions about a field; the numbers are those of `enum bpf_core_relo_kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum FieldAsk {
    /// Offset in bytes from the root.
    ByteOffset = 0,
    /// Size in bytes.
    ByteSize = 1,
    /// 1 if the kernel has it, else 0.
    Exists = 2,
    /// 1 if it is a signed integer, else 0.
    Signed = 3,
    /// Left shift that puts the field's top bit at bit 63.
    LeftShift = 4,
    /// Right shift that then brings it down again.
    RightShift = 5,
}

/// Questions about a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TypeAsk {
    /// Id in the object's own BTF.
    IdLocal,
    /// Id in the kernel's BTF.
    IdTarget,
    /// 1 if the kernel has a type of this name and kind, else 0.
    Exists,
    /// Size in bytes.
    Size,
}

/// Questions about an enumerator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EnumeratorAsk {
    /// 1 if the kernel's enum has it, else 0.
    Exists,
    /// Its value.
    Value,
}

/// One step of a path, with the type that it arrives at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// `.name:type`
    Member(String, Type),
    /// `[index]`
    Element(u32),
}

/// A type. In the grammar a record or an enum is a name, `R` and `E`; in a layout it is one of its types.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type<R = Record, E = Enum> {
    /// An integer or a `bool`.
    Int(Int),
    /// A pointer to a record, of which only the name is known.
    PointerTo(Record),
    /// A pointer to anything else.
    Pointer,
    /// An array; of 0 elements if it is flexible.
    Array(u32, Box<Self>),
    /// A record by value.
    Record(R),
    /// An enum by value.
    Enum(E),
}

/// An integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Int {
    /// `u8` to `u128`, with the number of bits.
    Unsigned(u32),
    /// `i8` to `i128`, with the number of bits.
    Signed(u32),
    /// One byte.
    Bool,
}

/// The name of a struct or union.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Record {
    /// With its flavour, if it has one.
    pub(crate) name: String,
    /// Union rather than struct.
    pub(crate) union: bool,
    /// The name is that of a typedef, the record itself has none.
    pub(crate) typedef: bool,
}

/// The name of an enum, and the integer that holds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Enum {
    /// With its flavour, if it has one.
    pub(crate) name: String,
    /// The integer that holds its values.
    pub(crate) holder: Int,
}

/// A type that has a name in BTF.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Named {
    /// A struct or union.
    Record(Record),
    /// An enum.
    Enum(Enum),
}

impl<R, E> Type<R, E> {
    /// Size and alignment in bytes, with those of a record and the integer of an enum. A flexible array has
    /// `flexible` elements.
    pub(crate) fn room(
        &self,
        flexible: u32,
        record: &impl Fn(&R) -> (u64, u64),
        holder: &impl Fn(&E) -> Int,
    ) -> (u64, u64) {
        let of_int = |int: Int| (int.size(), int.size());
        match self {
            Self::Int(int) => of_int(*int),
            Self::Enum(of) => of_int(holder(of)),
            Self::Pointer | Self::PointerTo(_) => (8, 8),
            Self::Record(of) => record(of),
            Self::Array(count, element) => {
                let count = if *count == 0 { flexible } else { *count };
                let (size, align) = element.room(flexible, record, holder);
                (size.saturating_mul(u64::from(count)), align)
            }
        }
    }
}

impl Int {
    /// Size in bytes, which is the alignment too.
    pub(crate) fn size(self) -> u64 {
        match self {
            Self::Unsigned(bits) | Self::Signed(bits) => u64::from(bits / 8),
            Self::Bool => 1,
        }
    }

    /// The spelling in Rust.
    pub(crate) fn name(self) -> &'static str {
        let known = INTS.iter().find(|(_, int)| *int == self);
        known.map_or("", |(name, _)| name)
    }
}

/// The integers by their names in descriptors.
pub(crate) const INTS: [(&str, Int); 11] = [
    ("u8", Int::Unsigned(8)),
    ("u16", Int::Unsigned(16)),
    ("u32", Int::Unsigned(32)),
    ("u64", Int::Unsigned(64)),
    ("u128", Int::Unsigned(128)),
    ("i8", Int::Signed(8)),
    ("i16", Int::Signed(16)),
    ("i32", Int::Signed(32)),
    ("i64", Int::Signed(64)),
    ("i128", Int::Signed(128)),
    ("bool", Int::Bool),
];
