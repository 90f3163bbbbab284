//! Typed views of the records: each still points into the blob and decodes when asked.

use core::fmt;

use crate::btf::Btf;
use crate::bytes::word;
use crate::raw::{Kind, TypeRecord};
use crate::type_id::TypeId;

/// One type of a [`Btf`].
#[derive(Clone, Copy)]
pub struct Type<'b> {
    pub(crate) btf: &'b Btf<'b>,
    pub(crate) id: TypeId,
    pub(crate) record: TypeRecord,
    /// What follows the record. Its length was checked while parsing, its end is not cut.
    pub(crate) tail: &'b [u8],
}

impl<'b> Type<'b> {
    /// The id under which the BTF has it.
    pub fn id(&self) -> TypeId {
        self.id
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.record.kind()
    }

    /// Its name; empty when it has none.
    pub fn name(&self) -> &'b str {
        self.btf.string(self.record.name_off)
    }

    /// `kind_flag`: members carry bit-field sizes (struct, union), values are signed (enums), the
    /// declared type is a union (fwd), a tag is any attribute and not only one of
    /// `btf_type_tag` or `btf_decl_tag` (type tag, decl tag; since Linux 6.16).
    pub fn kind_flag(&self) -> bool {
        self.record.kind_flag()
    }

    /// Size in bytes, for the kinds that record one: int, struct, union, enum, enum64, float,
    /// datasec. See [`Btf::resolve_size`] for the others.
    pub fn size(&self) -> Option<u32> {
        use Kind::*;
        matches!(
            self.kind(),
            Int | Struct | Union | Enum | Enum64 | Float | Datasec
        )
        .then_some(self.record.size_or_type)
    }

    /// The type it refers to: pointee, aliased or modified type, prototype, return type. Array
    /// elements are in [`Type::array`].
    pub fn referenced(&self) -> Option<TypeId> {
        let id = TypeId(self.record.size_or_type);
        self.kind().is_reference().then_some(id)
    }

    /// Encoding of an int.
    pub fn int(&self) -> Option<Int> {
        (self.kind() == Kind::Int).then(|| {
            let bits = self.word(0);
            Int {
                encoding: ((bits >> 24) & 0xf) as u8,
                bit_offset: ((bits >> 16) & 0xff) as u8,
                bits: bits as u8,
            }
        })
    }

    /// Element, index type and length of an array.
    pub fn array(&self) -> Option<Array> {
        (self.kind() == Kind::Array).then(|| Array {
            element: TypeId(self.word(0)),
            index_type: TypeId(self.word(1)),
            nelems: self.word(2),
        })
    }

    /// Members of a struct or union in declared order; empty for other kinds.
    pub fn members(&self) -> List<'b, Member<'b>> {
        List::new(*self, self.kind().is_composite(), Member::decode)
    }

    /// Enumerators of an enum of either width; empty for other kinds.
    pub fn enumerators(&self) -> List<'b, Enumerator<'b>> {
        List::new(*self, self.kind().is_any_enum(), Enumerator::decode)
    }

    /// Parameters of a function prototype; empty for other kinds.
    pub fn params(&self) -> List<'b, Param<'b>> {
        List::new(*self, self.kind() == Kind::FuncProto, Param::decode)
    }

    /// Variables of a data section; empty for other kinds.
    pub fn variables(&self) -> List<'b, VarSecinfo> {
        List::new(*self, self.kind() == Kind::Datasec, VarSecinfo::decode)
    }

    /// Linkage of a variable (`BTF_VAR_*`) or of a function (`enum btf_func_linkage`).
    pub fn linkage(&self) -> Option<u32> {
        match self.kind() {
            Kind::Var => Some(self.word(0)),
            Kind::Func => Some(self.record.vlen()),
            _ => None,
        }
    }

    /// What a declaration tag is attached to: the member or parameter of this index, or the whole
    /// declaration when -1.
    pub fn component_idx(&self) -> Option<i32> {
        (self.kind() == Kind::DeclTag).then(|| self.word(0).cast_signed())
    }

    /// Whether a member has a name, be it an empty one: then it is no anonymous member.
    pub(crate) fn is_member_named(&self, index: u32) -> bool {
        self.word(index as usize * 3) != 0
    }

    fn word(&self, index: usize) -> u32 {
        word(self.btf.endian(), self.tail, index)
    }
}

/// `[6] struct task_struct`, as libbpf's messages name a type.
impl fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.name() {
            "" => "<anon>",
            name => name,
        };
        write!(f, "[{}] {} {name}", self.id, self.kind())
    }
}

impl fmt::Debug for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `BTF_INT_*`: how an integer is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Int {
    /// `BTF_INT_SIGNED` 1, `BTF_INT_CHAR` 2, `BTF_INT_BOOL` 4.
    pub encoding: u8,
    /// Offset in bits of the deprecated bit-field integers; otherwise 0.
    pub bit_offset: u8,
    /// Width in bits.
    pub bits: u8,
}

impl Int {
    /// The bit of `encoding` that says signed.
    pub const SIGNED: u8 = 1;
    /// The bit of `encoding` that says character.
    pub const CHAR: u8 = 2;
    /// The bit of `encoding` that says truth value.
    pub const BOOL: u8 = 4;

    /// Whether the signed bit is set.
    pub fn is_signed(&self) -> bool {
        self.encoding & Self::SIGNED != 0
    }
}

/// `struct btf_array`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Array {
    /// Type of one element.
    pub element: TypeId,
    /// Type of the index; of no use to CO-RE.
    pub index_type: TypeId,
    /// Number of elements; 0 for a flexible array.
    pub nelems: u32,
}

/// `struct btf_member`, a field of a struct or union.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'b> {
    /// Name; empty for an anonymous struct or union, and for padding bit-fields.
    pub name: &'b str,
    /// Declared type.
    pub type_id: TypeId,
    /// Offset in bits from the start of the struct.
    pub bit_offset: u32,
    /// Width in bits of a bit-field; 0 for other members.
    pub bitfield_size: u8,
}

/// `struct btf_enum` or `struct btf_enum64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enumerator<'b> {
    /// Its name.
    pub name: &'b str,
    /// Its value as libbpf computes it: the 32-bit value of a `BTF_KIND_ENUM` is sign-extended
    /// whatever the signedness of the enum.
    pub value: u64,
}

/// `struct btf_param`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Param<'b> {
    /// Its name; empty in prototypes that are only pointed to.
    pub name: &'b str,
    /// Its type; the last one is void for `...`.
    pub type_id: TypeId,
}

/// `struct btf_var_secinfo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VarSecinfo {
    /// The `VAR`.
    pub type_id: TypeId,
    /// Offset in the section, in bytes.
    pub offset: u32,
    /// Size in bytes.
    pub size: u32,
}

/// The entries that follow a type's record.
///
/// Also an iterator over them, decoding each when it is reached.
#[derive(Clone, Copy)]
pub struct List<'b, E> {
    owner: Type<'b>,
    next: usize,
    len: usize,
    decode: fn(&Type<'b>, usize) -> E,
}

impl<'b, E> List<'b, E> {
    fn new(owner: Type<'b>, applies: bool, decode: fn(&Type<'b>, usize) -> E) -> Self {
        let len = if applies {
            owner.record.vlen() as usize
        } else {
            0
        };
        Self {
            owner,
            next: 0,
            len,
            decode,
        }
    }

    /// The entry at this index of the type, however many were iterated over.
    pub fn get(&self, index: usize) -> Option<E> {
        (index < self.len).then(|| (self.decode)(&self.owner, index))
    }
}

impl<E> Iterator for List<'_, E> {
    type Item = E;

    fn next(&mut self) -> Option<E> {
        let entry = self.get(self.next)?;
        self.next += 1;
        Some(entry)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len - self.next, Some(self.len - self.next))
    }
}

impl<E> ExactSizeIterator for List<'_, E> {}

impl<'b> Member<'b> {
    fn decode(owner: &Type<'b>, index: usize) -> Self {
        let offset = owner.word(index * 3 + 2);
        let (bit_offset, bitfield_size) = if owner.kind_flag() {
            (offset & 0x00ff_ffff, (offset >> 24) as u8)
        } else {
            (offset, 0)
        };
        Self {
            name: owner.btf.string(owner.word(index * 3)),
            type_id: TypeId(owner.word(index * 3 + 1)),
            bit_offset,
            bitfield_size,
        }
    }
}

impl<'b> Enumerator<'b> {
    fn decode(owner: &Type<'b>, index: usize) -> Self {
        if owner.kind() == Kind::Enum {
            Self {
                name: owner.btf.string(owner.word(index * 2)),
                value: i64::from(owner.word(index * 2 + 1).cast_signed()).cast_unsigned(),
            }
        } else {
            let (low, high) = (owner.word(index * 3 + 1), owner.word(index * 3 + 2));
            Self {
                name: owner.btf.string(owner.word(index * 3)),
                value: u64::from(low) | u64::from(high) << 32,
            }
        }
    }
}

impl<'b> Param<'b> {
    fn decode(owner: &Type<'b>, index: usize) -> Self {
        Self {
            name: owner.btf.string(owner.word(index * 2)),
            type_id: TypeId(owner.word(index * 2 + 1)),
        }
    }
}

impl VarSecinfo {
    fn decode(owner: &Type<'_>, index: usize) -> Self {
        Self {
            type_id: TypeId(owner.word(index * 3)),
            offset: owner.word(index * 3 + 1),
            size: owner.word(index * 3 + 2),
        }
    }
}
