//! The one error of both parsers: what is wrong, and at which byte.

use core::fmt;

use crate::type_id::TypeId;

/// Why bytes are not BTF or `.BTF.ext`.
///
/// One value for both formats: the first thing that is wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Byte offset from the start of the input, header included.
    pub offset: usize,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {:#x}", self.kind, self.offset)
    }
}

impl std::error::Error for Error {}

/// What is wrong with the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input ends before the named part does.
    Truncated(&'static str),
    /// The first two bytes are not 0xeb9f in either byte order.
    BadMagic(u16),
    /// BTF of an ELF file whose byte order is the other one.
    OtherByteOrder,
    /// A version other than 1.
    UnsupportedVersion(u8),
    /// `.BTF.ext` flags other than 0.
    UnsupportedFlags(u8),
    /// `hdr_len` is too small for the fields every version has.
    HeaderTooShort(u32),
    /// The named part does not start at a multiple of four.
    Misaligned(&'static str),
    /// The two named parts overlap, or stand in the wrong order.
    Overlap(&'static str, &'static str),
    /// The string section is empty, does not end with a NUL, or does not start with one.
    BadStringSection,
    /// A kind that neither this crate nor the layout section knows.
    UnknownKind {
        /// The `kind` bits of `btf_type.info`.
        kind: u8,
        /// The type that has it.
        id: TypeId,
    },
    /// A type's record or its members run over the end of the type section.
    TypeTooLong(TypeId),
    /// More types or bytes than 32-bit ids and offsets can name.
    TooLarge,
    /// A string offset outside the string section, or inside a character.
    BadString {
        /// The offset found.
        string: u32,
        /// The type whose record or member holds it.
        id: TypeId,
    },
    /// A reference to a type that does not exist.
    BadReference {
        /// The id found.
        to: TypeId,
        /// The type whose record or member holds it.
        id: TypeId,
    },
    /// A `FUNC` whose type is not a `FUNC_PROTO`.
    NotAFuncProto(TypeId),
    /// A `.BTF.ext` record size that is too small for its kind of record, or no multiple of four.
    BadRecordSize(u32),
    /// A `.BTF.ext` subsection or one of its per-section lists has no record: libbpf then drops
    /// all of `.BTF.ext`.
    NoRecords(&'static str),
    /// A `.BTF.ext` string offset outside the string section of the BTF.
    BadExtString(u32),
    /// A `.BTF.ext` record names a type that does not exist.
    BadExtType(TypeId),
    /// A relocation kind libbpf does not know.
    UnknownReloKind(u32),
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Truncated(what) => write!(f, "{what} is cut off"),
            Self::BadMagic(magic) => write!(f, "magic is {magic:#06x}, not 0xeb9f"),
            Self::OtherByteOrder => f.write_str("byte order is not that of the file"),
            Self::UnsupportedVersion(version) => write!(f, "version is {version}, not 1"),
            Self::UnsupportedFlags(flags) => write!(f, "flags are {flags:#x}, not 0"),
            Self::HeaderTooShort(len) => write!(f, "header length {len} is too short"),
            Self::Misaligned(what) => write!(f, "{what} is not aligned to 4 bytes"),
            Self::Overlap(first, second) => write!(f, "{first} does not end before {second}"),
            Self::BadStringSection => f.write_str("string section does not start and end with NUL"),
            Self::UnknownKind { kind, id } => write!(f, "type [{id}] has unknown kind {kind}"),
            Self::TypeTooLong(id) => write!(f, "type [{id}] runs over the type section"),
            Self::TooLarge => f.write_str("more types than 32-bit ids can name"),
            Self::BadString { string, id } => {
                write!(f, "type [{id}] has invalid string offset {string}")
            }
            Self::BadReference { to, id } => {
                write!(f, "type [{id}] refers to missing type [{to}]")
            }
            Self::NotAFuncProto(id) => write!(f, "func [{id}] has no func_proto"),
            Self::BadRecordSize(size) => write!(f, "invalid record size {size}"),
            Self::NoRecords(what) => write!(f, "{what} has no records"),
            Self::BadExtString(string) => write!(f, "invalid string offset {string}"),
            Self::BadExtType(id) => write!(f, "record for missing type [{id}]"),
            Self::UnknownReloKind(kind) => write!(f, "unknown relocation kind {kind}"),
        }
    }
}
