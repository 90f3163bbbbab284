//! The records as they lie in the file: `include/uapi/linux/btf.h`, no meaning attached.

use core::fmt;

use crate::bytes::{Endian, Window, word};
use crate::error::{Error, ErrorKind};

pub(crate) const MAGIC: u16 = 0xeb9f;
pub(crate) const VERSION: u8 = 1;

/// Bytes of `struct btf_header` up to and with `str_len`. Writers since Linux 7.1 add `layout_off`
/// and `layout_len`, which tell the sizes of all kinds of types.
pub(crate) const MIN_HEADER_LEN: u32 = 24;
const LAYOUT_HEADER_LEN: u32 = 32;

/// The kind of a type: `BTF_KIND_*` without the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Type id 0, which has no record (`BTF_KIND_UNKN`).
    Void,
    /// `BTF_KIND_INT`.
    Int,
    /// `BTF_KIND_PTR`.
    Ptr,
    /// `BTF_KIND_ARRAY`.
    Array,
    /// `BTF_KIND_STRUCT`.
    Struct,
    /// `BTF_KIND_UNION`.
    Union,
    /// `BTF_KIND_ENUM`, values of up to 32 bits.
    Enum,
    /// `BTF_KIND_FWD`, a forward declaration.
    Fwd,
    /// `BTF_KIND_TYPEDEF`.
    Typedef,
    /// `BTF_KIND_VOLATILE`.
    Volatile,
    /// `BTF_KIND_CONST`.
    Const,
    /// `BTF_KIND_RESTRICT`.
    Restrict,
    /// `BTF_KIND_FUNC`.
    Func,
    /// `BTF_KIND_FUNC_PROTO`.
    FuncProto,
    /// `BTF_KIND_VAR`.
    Var,
    /// `BTF_KIND_DATASEC`.
    Datasec,
    /// `BTF_KIND_FLOAT`.
    Float,
    /// `BTF_KIND_DECL_TAG`.
    DeclTag,
    /// `BTF_KIND_TYPE_TAG`.
    TypeTag,
    /// `BTF_KIND_ENUM64`.
    Enum64,
    /// A kind newer than this crate whose size the blob's layout section tells.
    Other(u8),
}

const KINDS: [(Kind, &str); 20] = [
    (Kind::Void, "void"),
    (Kind::Int, "int"),
    (Kind::Ptr, "ptr"),
    (Kind::Array, "array"),
    (Kind::Struct, "struct"),
    (Kind::Union, "union"),
    (Kind::Enum, "enum"),
    (Kind::Fwd, "fwd"),
    (Kind::Typedef, "typedef"),
    (Kind::Volatile, "volatile"),
    (Kind::Const, "const"),
    (Kind::Restrict, "restrict"),
    (Kind::Func, "func"),
    (Kind::FuncProto, "func_proto"),
    (Kind::Var, "var"),
    (Kind::Datasec, "datasec"),
    (Kind::Float, "float"),
    (Kind::DeclTag, "decl_tag"),
    (Kind::TypeTag, "type_tag"),
    (Kind::Enum64, "enum64"),
];

impl Kind {
    pub(crate) fn from_raw(raw: u8) -> Self {
        KINDS
            .get(usize::from(raw))
            .map_or(Self::Other(raw), |&(kind, _)| kind)
    }

    pub(crate) fn to_raw(self) -> u8 {
        if let Self::Other(raw) = self {
            return raw;
        }
        (0..)
            .zip(KINDS)
            .find(|&(_, (kind, _))| kind == self)
            .map_or(0, |(raw, _)| raw)
    }

    /// Struct or union.
    pub fn is_composite(self) -> bool {
        matches!(self, Self::Struct | Self::Union)
    }

    /// Enum of either width (`btf_is_any_enum`).
    pub fn is_any_enum(self) -> bool {
        matches!(self, Self::Enum | Self::Enum64)
    }

    /// Const, volatile, restrict, type tag or typedef: what
    /// [`Btf::skip_mods_and_typedefs`](crate::Btf::skip_mods_and_typedefs) looks through.
    pub fn is_modifier_or_typedef(self) -> bool {
        matches!(
            self,
            Self::Const | Self::Volatile | Self::Restrict | Self::TypeTag | Self::Typedef
        )
    }

    /// Whether `size_or_type` of a record is the id of another type.
    pub(crate) fn is_reference(self) -> bool {
        use Kind::{
            Const, DeclTag, Func, FuncProto, Ptr, Restrict, TypeTag, Typedef, Var, Volatile,
        };
        matches!(
            self,
            Ptr | Typedef
                | Volatile
                | Const
                | Restrict
                | Func
                | FuncProto
                | Var
                | DeclTag
                | TypeTag
        )
    }

    /// The same kind, enums of both widths taken as one (`btf_kind_core_compat`).
    pub fn core_compat(self, other: Self) -> bool {
        self == other || (self.is_any_enum() && other.is_any_enum())
    }
}

/// libbpf's word for the kind: `struct`, `func_proto`, `enum64`, ...
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match KINDS.iter().find(|(kind, _)| kind == self) {
            Some((_, word)) => f.write_str(word),
            None => f.write_str("unknown"),
        }
    }
}

/// `struct btf_header` with the parts it delimits cut out.
pub(crate) struct Parts<'a> {
    pub(crate) endian: Endian,
    pub(crate) types: Window<'a>,
    pub(crate) strings: Window<'a>,
    pub(crate) layouts: Window<'a>,
}

impl<'a> Parts<'a> {
    /// `btf_parse_hdr` of libbpf.
    pub(crate) fn cut(bytes: &'a [u8]) -> Result<Self, Error> {
        let (whole, header_len) = open_header(bytes, MIN_HEADER_LEN)?;
        let field = |index: usize| whole.u32_at(8 + index * 4, "header").map(u64::from);
        let (type_off, type_len) = (field(0)?, field(1)?);
        let (str_off, str_len) = (field(2)?, field(3)?);
        let (layout_off, layout_len) = if header_len >= LAYOUT_HEADER_LEN {
            (field(4)?, field(5)?)
        } else {
            (0, 0)
        };

        let data = whole.part(
            header_len.into(),
            (bytes.len() as u64).saturating_sub(header_len.into()),
            "header",
        )?;
        let strings = data.part(str_off, str_len, "string section")?;
        let types = data.part(type_off, type_len, "type section")?;
        if type_off + type_len > str_off {
            return whole.error(8, ErrorKind::Overlap("type section", "string section"));
        }
        if type_off % 4 != 0 {
            return whole.error(8, ErrorKind::Misaligned("type section"));
        }
        let mut layouts = Window { bytes: &[], ..data };
        // Without a length, the offset has no meaning.
        if layout_len > 0 {
            layouts = data.part(layout_off, layout_len, "layout section")?;
            if layout_off % 4 != 0 {
                return whole.error(24, ErrorKind::Misaligned("layout section"));
            }
            if layout_off < type_off + type_len {
                return whole.error(24, ErrorKind::Overlap("type section", "layout section"));
            }
            if layout_off + layout_len > str_off {
                return whole.error(24, ErrorKind::Overlap("layout section", "string section"));
            }
        }
        Ok(Self {
            endian: whole.endian,
            types,
            strings,
            layouts,
        })
    }
}

/// The fields that BTF and `.BTF.ext` headers share: magic, version, flags, `hdr_len`.
pub(crate) fn open_header(bytes: &[u8], min_len: u32) -> Result<(Window<'_>, u32), Error> {
    let short = Error {
        kind: ErrorKind::Truncated("header"),
        offset: bytes.len(),
    };
    let &[m0, m1, version, ..] = bytes else {
        return Err(short);
    };
    let endian = match Endian::Little.u16([m0, m1]) {
        MAGIC => Endian::Little,
        swapped if swapped == MAGIC.swap_bytes() => Endian::Big,
        other => {
            return Err(Error {
                kind: ErrorKind::BadMagic(other),
                offset: 0,
            });
        }
    };
    let whole = Window {
        bytes,
        start: 0,
        endian,
    };
    if version != VERSION {
        return whole.error(2, ErrorKind::UnsupportedVersion(version));
    }
    let header_len = whole.u32_at(4, "header")?;
    if header_len < min_len {
        return whole.error(4, ErrorKind::HeaderTooShort(header_len));
    }
    Ok((whole, header_len))
}

/// `struct btf_type`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TypeRecord {
    pub(crate) name_off: u32,
    pub(crate) info: u32,
    pub(crate) size_or_type: u32,
}

impl TypeRecord {
    pub(crate) const SIZE: usize = 12;

    #[inline]
    pub(crate) fn read(endian: Endian, record: &[u8]) -> Self {
        Self {
            name_off: word(endian, record, 0),
            info: word(endian, record, 1),
            size_or_type: word(endian, record, 2),
        }
    }

    /// Seven bits since Linux 7.2; before, five, with zeros above.
    pub(crate) fn raw_kind(self) -> u8 {
        ((self.info >> 24) & 0x7f) as u8
    }

    pub(crate) fn kind(self) -> Kind {
        Kind::from_raw(self.raw_kind())
    }

    /// Twenty-four bits since Linux 7.2; before, sixteen, with zeros above.
    pub(crate) fn vlen(self) -> u32 {
        self.info & 0x00ff_ffff
    }

    pub(crate) fn kind_flag(self) -> bool {
        self.info >> 31 == 1
    }
}

/// Bytes of one entry of the list that follows a record of this kind, and bytes of the fixed part
/// before it (`btf_type_size` of libbpf). `None` for a kind that is not known.
pub(crate) fn tail_shape(kind: Kind) -> Option<(usize, usize)> {
    Some(match kind {
        Kind::Fwd
        | Kind::Const
        | Kind::Volatile
        | Kind::Restrict
        | Kind::Ptr
        | Kind::Typedef
        | Kind::Func
        | Kind::Float
        | Kind::TypeTag => (0, 0),
        Kind::Int | Kind::Var | Kind::DeclTag => (4, 0),
        Kind::Array => (12, 0),
        Kind::Struct | Kind::Union | Kind::Enum64 | Kind::Datasec => (0, 12),
        Kind::Enum | Kind::FuncProto => (0, 8),
        Kind::Void | Kind::Other(_) => return None,
    })
}

/// [`tail_shape`] from the layout section (`struct btf_layout`), for kinds newer than this crate.
pub(crate) fn layout_shape(layouts: &[u8], raw_kind: u8) -> Option<(usize, usize)> {
    let &[info_size, elem_size, _, _] = layouts.chunks_exact(4).nth(raw_kind.into())? else {
        return None;
    };
    let aligned = info_size % 4 == 0 && elem_size % 4 == 0;
    (raw_kind != 0 && aligned).then_some((info_size.into(), elem_size.into()))
}
