//! Why a relocation cannot be resolved, and why a candidate is not a match.

use core::fmt;

use crate::btf::Btf;
use crate::minimize::Use;
use crate::relo_kind::CoreReloKind;
use crate::type_id::TypeId;

/// A relocation that libbpf refuses, and the load with it: not a missing field, which is a value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResolveError {
    /// The record in words: kind, access and local type.
    pub relo: String,
    /// What is wrong with it.
    pub fault: Fault,
    pub(crate) uses: Vec<Use>,
}

impl ResolveError {
    /// As [`Resolution::uses`](crate::Resolution::uses): with them in a minimal BTF, the record
    /// fails there as well.
    pub fn uses(&self) -> &[Use] {
        &self.uses
    }
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.relo, self.fault)
    }
}

impl std::error::Error for ResolveError {}

/// What makes a relocation fail. Types are given in the form `[6] struct task_struct`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The access string is not a list of indices, or not `0` where a type is asked about.
    BadAccess,
    /// The access string names no enumerator of the local type.
    BadEnumerator {
        /// The index in the access string.
        index: u32,
        /// The local type.
        of: String,
    },
    /// The access string names no member of a local type.
    BadMember {
        /// The index in the access string.
        index: u32,
        /// The local struct or union.
        of: String,
    },
    /// The access string names a member whose name is there and empty.
    EmptyName {
        /// The index in the access string.
        index: u32,
        /// The local struct or union.
        of: String,
    },
    /// The access string goes beyond a local array that is not flexible.
    BadElement {
        /// The index in the access string.
        index: u32,
        /// Length of the local array.
        nelems: u32,
    },
    /// The access string goes on into a type that has no parts, such as a pointer.
    NotAccessible {
        /// The local type.
        ty: String,
    },
    /// The local root type has no name to look for.
    AnonymousRoot,
    /// A type that does not exist, or a chain of typedefs that does not end.
    BadType(TypeId),
    /// A size is asked of a type without one.
    NoSize {
        /// The type.
        ty: String,
    },
    /// More than 64 steps of access, or 32 levels of pointers, arrays and parameters.
    TooDeep,
    /// The types are compared for longer than any real pair needs.
    TooComplex,
    /// An offset over 32 bits.
    OffsetOverflow,
    /// A bit-field that no load of up to eight bytes covers.
    BitfieldTooWide,
    /// This kind cannot be asked of an array element.
    NotForElements(CoreReloKind),
    /// Two target types match, with the field at different offsets.
    OffsetAmbiguity {
        /// The match taken first, in words.
        first: String,
        /// The other match.
        second: String,
    },
    /// Two target types match and give different values.
    ValueAmbiguity {
        /// The match taken first, in words.
        first: String,
        /// Its value.
        first_value: u64,
        /// The other match.
        second: String,
        /// Its value.
        second_value: u64,
    },
}

impl Fault {
    pub(crate) fn no_size(btf: &Btf<'_>, id: TypeId) -> Self {
        match btf.type_by_id(id) {
            Some(ty) => Self::NoSize { ty: ty.to_string() },
            None => Self::BadType(id),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadAccess => f.write_str("malformed access string"),
            Self::BadEnumerator { index, of } => write!(f, "{of} has no enumerator {index}"),
            Self::BadMember { index, of } => write!(f, "{of} has no member {index}"),
            Self::EmptyName { index, of } => {
                write!(f, "member {index} of {of} has an empty name")
            }
            Self::BadElement { index, nelems } => {
                write!(f, "element {index} of a local array of {nelems}")
            }
            Self::NotAccessible { ty } => write!(f, "{ty} has neither members nor elements"),
            Self::AnonymousRoot => {
                f.write_str("the local type has no name, so there is nothing to look for")
            }
            Self::BadType(id) => write!(f, "type [{id}] is missing or refers to itself"),
            Self::NoSize { ty } => write!(f, "{ty} has no size"),
            Self::TooDeep => f.write_str("types are nested too deeply"),
            Self::TooComplex => f.write_str("types are too large to compare"),
            Self::OffsetOverflow => f.write_str("offset does not fit in 32 bits"),
            Self::BitfieldTooWide => f.write_str("bit-field does not fit in one 64-bit load"),
            Self::NotForElements(kind) => write!(f, "{kind} cannot be asked of an array element"),
            Self::OffsetAmbiguity { first, second } => {
                write!(
                    f,
                    "two target types match at different offsets: {first} and {second}"
                )
            }
            Self::ValueAmbiguity {
                first,
                first_value,
                second,
                second_value,
            } => write!(
                f,
                "two target types match with different values: {first} gives {first_value}, \
                 {second} gives {second_value}"
            ),
        }
    }
}

/// Why a target type of the right name does not answer the question. No error by itself: the
/// field counts as missing if no candidate matches.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// No such field, anonymous members included.
    NoField {
        /// Name of the field.
        field: String,
        /// The struct or union that was searched.
        of: String,
    },
    /// The field is there with a type that cannot stand for the local one.
    FieldType {
        /// Name of the field.
        field: String,
        /// Its local type.
        local: String,
        /// Its type in the target.
        target: String,
    },
    /// A field is looked for in something that is no struct or union.
    NotComposite {
        /// Name of the field.
        field: String,
        /// The target type.
        of: String,
    },
    /// An index is taken of something that is no array.
    NotAnArray {
        /// The target type.
        of: String,
    },
    /// An index beyond the target's array.
    OutOfBounds {
        /// The index.
        index: u32,
        /// Length of the target's array.
        nelems: u32,
    },
    /// An enumerator is looked for in something that is no enum.
    NotAnEnum {
        /// The target type.
        of: String,
    },
    /// No such enumerator.
    NoEnumerator {
        /// Its name without flavour.
        name: String,
        /// The enum that was searched.
        of: String,
    },
    /// Not compatible in the sense of `type_exists`.
    Incompatible,
    /// Not matching in the sense of `type_matches`.
    DoesNotMatch,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoField { field, of } => write!(f, "no field `{field}` in {of}"),
            Self::FieldType {
                field,
                local,
                target,
            } => {
                write!(
                    f,
                    "field `{field}` is {target}, which cannot stand for {local}"
                )
            }
            Self::NotComposite { field, of } => write!(f, "no field `{field}` in {of}"),
            Self::NotAnArray { of } => write!(f, "{of} is not an array"),
            Self::OutOfBounds { index, nelems } => {
                write!(f, "index {index} is beyond the array of {nelems}")
            }
            Self::NotAnEnum { of } => write!(f, "{of} is not an enum"),
            Self::NoEnumerator { name, of } => write!(f, "no enumerator `{name}` in {of}"),
            Self::Incompatible => f.write_str("not a compatible type"),
            Self::DoesNotMatch => f.write_str("not a matching type"),
        }
    }
}
