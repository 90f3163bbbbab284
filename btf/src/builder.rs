//! Writing BTF: the counterpart of `raw.rs`.

use std::collections::HashMap;

use crate::btf::Btf;
use crate::bytes::Endian;
use crate::raw::{Kind, MAGIC, MIN_HEADER_LEN, VERSION};
use crate::type_id::TypeId;
use crate::types::{Array, Enumerator, Int, Member, Param, Type};

/// Makes BTF, type by type.
///
/// Every method appends one type and tells its id; ids count from 1. A type may refer to one that
/// comes later: [`BtfBuilder::next_id`] tells what its id will be. Nothing is checked here that
/// [`Btf::parse`](crate::Btf::parse) checks.
#[derive(Debug)]
pub struct BtfBuilder {
    endian: Endian,
    types: Vec<u8>,
    next: u32,
    strings: String,
    /// What the first byte of `strings` is called: 0, or the length of the base's.
    start_string: u32,
    offsets: HashMap<String, u32>,
}

impl BtfBuilder {
    /// BTF without types.
    pub fn new(endian: Endian) -> Self {
        Self {
            endian,
            types: Vec::new(),
            next: 1,
            strings: String::from("\0"),
            start_string: 0,
            offsets: HashMap::from([(String::new(), 0)]),
        }
    }

    /// Split BTF, as a kernel module has: ids go on after those of `base`, for
    /// [`Btf::parse_split`](crate::Btf::parse_split).
    pub fn split(base: &Btf<'_>) -> Self {
        Self {
            next: base.type_count(),
            strings: String::new(),
            start_string: base.string_end(),
            ..Self::new(base.endian())
        }
    }

    /// The id of the type that is appended next.
    pub fn next_id(&self) -> TypeId {
        TypeId(self.next)
    }

    /// An int of `size` bytes; `encoding` as in [`Int::encoding`].
    pub fn int(&mut self, name: &str, size: u32, encoding: u8) -> TypeId {
        let name = self.string(name);
        // The width has one byte. No int of C is too wide for it, but damaged BTF may say so.
        let width = size.saturating_mul(8).min(u8::MAX.into());
        let bits = (u32::from(encoding) << 24) | width;
        self.push(Kind::Int, false, 0, [name, size], &[bits])
    }

    /// A type that is a name, a pointer to or a modifier of another: ptr, typedef, volatile,
    /// const, restrict, func, type tag. `name` is empty for those without one.
    pub fn reference(&mut self, kind: Kind, name: &str, to: TypeId) -> TypeId {
        let name = self.string(name);
        self.push(kind, false, 0, [name, to.0], &[])
    }

    /// A pointer.
    pub fn ptr(&mut self, to: TypeId) -> TypeId {
        self.reference(Kind::Ptr, "", to)
    }

    /// A typedef.
    pub fn typedef(&mut self, name: &str, to: TypeId) -> TypeId {
        self.reference(Kind::Typedef, name, to)
    }

    /// A forward declaration of a struct or a union.
    pub fn fwd(&mut self, name: &str, union: bool) -> TypeId {
        let name = self.string(name);
        self.push(Kind::Fwd, union, 0, [name, 0], &[])
    }

    /// A floating point type of `size` bytes.
    pub fn float(&mut self, name: &str, size: u32) -> TypeId {
        let name = self.string(name);
        self.push(Kind::Float, false, 0, [name, size], &[])
    }

    /// An array.
    pub fn array(&mut self, array: Array) -> TypeId {
        let Array {
            element,
            index_type,
            nelems,
        } = array;
        self.push(
            Kind::Array,
            false,
            0,
            [0, 0],
            &[element.0, index_type.0, nelems],
        )
    }

    /// A struct of `size` bytes.
    pub fn structure(&mut self, name: &str, size: u32, members: &[Member<'_>]) -> TypeId {
        self.composite(Kind::Struct, name, size, members)
    }

    /// A union of `size` bytes.
    pub fn union(&mut self, name: &str, size: u32, members: &[Member<'_>]) -> TypeId {
        self.composite(Kind::Union, name, size, members)
    }

    fn composite(&mut self, kind: Kind, name: &str, size: u32, members: &[Member<'_>]) -> TypeId {
        let bitfields = members.iter().any(|member| member.bitfield_size > 0);
        let name = self.string(name);
        let words: Vec<_> = members
            .iter()
            .flat_map(|member| {
                let offset = u32::from(member.bitfield_size) << 24 | member.bit_offset;
                [self.string(member.name), member.type_id.0, offset]
            })
            .collect();
        self.push(kind, bitfields, members.len(), [name, size], &words)
    }

    /// An enum of `size` bytes with values of up to 32 bits.
    pub fn enumeration(
        &mut self,
        name: &str,
        size: u32,
        signed: bool,
        values: &[Enumerator<'_>],
    ) -> TypeId {
        let name = self.string(name);
        let words: Vec<_> = values
            .iter()
            .flat_map(|e| [self.string(e.name), e.value as u32])
            .collect();
        self.push(Kind::Enum, signed, values.len(), [name, size], &words)
    }

    /// An enum with values of 64 bits.
    pub fn enumeration64(
        &mut self,
        name: &str,
        size: u32,
        signed: bool,
        values: &[Enumerator<'_>],
    ) -> TypeId {
        let name = self.string(name);
        let words: Vec<_> = values
            .iter()
            .flat_map(|e| [self.string(e.name), e.value as u32, (e.value >> 32) as u32])
            .collect();
        self.push(Kind::Enum64, signed, values.len(), [name, size], &words)
    }

    /// A function type.
    pub fn func_proto(&mut self, returns: TypeId, params: &[Param<'_>]) -> TypeId {
        let words: Vec<_> = params
            .iter()
            .flat_map(|param| [self.string(param.name), param.type_id.0])
            .collect();
        self.push(Kind::FuncProto, false, params.len(), [0, returns.0], &words)
    }

    /// A variable of this linkage (`BTF_VAR_*`).
    pub fn var(&mut self, name: &str, type_id: TypeId, linkage: u32) -> TypeId {
        let name = self.string(name);
        self.push(Kind::Var, false, 0, [name, type_id.0], &[linkage])
    }

    /// A tag on a declaration: on the member or parameter of this index, or on all of it for -1.
    pub fn decl_tag(&mut self, tag: &str, on: TypeId, component_idx: i32) -> TypeId {
        let tag = self.string(tag);
        self.push(
            Kind::DeclTag,
            false,
            0,
            [tag, on.0],
            &[component_idx.cast_unsigned()],
        )
    }

    /// A copy of a type of another BTF with the given members, or enumerators, of it. Ids that it
    /// refers to become what `rename` makes of them.
    pub(crate) fn copy(
        &mut self,
        ty: &Type<'_>,
        kept: impl Fn(u32) -> bool,
        rename: impl Fn(TypeId) -> TypeId,
    ) -> TypeId {
        let name = ty.name();
        let kept = |index: &usize| kept(*index as u32);
        let to = ty.referenced().map_or(TypeId::VOID, &rename);
        let size = ty.size().unwrap_or_default();
        match ty.kind() {
            Kind::Struct | Kind::Union => {
                let members = ty.members();
                let members: Vec<_> = (0..members.len())
                    .filter(kept)
                    .filter_map(|index| members.get(index))
                    .map(|m| Member {
                        type_id: rename(m.type_id),
                        ..m
                    })
                    .collect();
                self.composite(ty.kind(), name, size, &members)
            }
            Kind::Enum | Kind::Enum64 => {
                let values = ty.enumerators();
                let values: Vec<_> = (0..values.len())
                    .filter(kept)
                    .filter_map(|index| values.get(index))
                    .collect();
                if ty.kind() == Kind::Enum {
                    self.enumeration(name, size, ty.kind_flag(), &values)
                } else {
                    self.enumeration64(name, size, ty.kind_flag(), &values)
                }
            }
            Kind::FuncProto => {
                let params: Vec<_> = ty
                    .params()
                    .map(|param| Param {
                        type_id: rename(param.type_id),
                        ..param
                    })
                    .collect();
                self.func_proto(to, &params)
            }
            Kind::Array => {
                let array = ty.array().unwrap_or(Array {
                    element: TypeId::VOID,
                    index_type: TypeId::VOID,
                    nelems: 0,
                });
                self.array(Array {
                    element: rename(array.element),
                    index_type: rename(array.index_type),
                    ..array
                })
            }
            Kind::Int => {
                let Int {
                    encoding,
                    bit_offset,
                    bits,
                } = ty.int().unwrap_or(Int {
                    encoding: 0,
                    bit_offset: 0,
                    bits: 0,
                });
                let word = u32::from(encoding) << 24 | u32::from(bit_offset) << 16;
                let name = self.string(name);
                self.push(Kind::Int, false, 0, [name, size], &[word | u32::from(bits)])
            }
            // Of a kind that is not known nothing can be copied but that there is something.
            Kind::Fwd | Kind::Other(_) => self.fwd(name, ty.kind_flag()),
            Kind::Float => self.float(name, size),
            Kind::Var => self.var(name, to, ty.linkage().unwrap_or_default()),
            Kind::DeclTag => {
                let tag = self.string(name);
                let on = ty.component_idx().unwrap_or(-1).cast_unsigned();
                self.push(Kind::DeclTag, ty.kind_flag(), 0, [tag, to.0], &[on])
            }
            Kind::Datasec => {
                let name = self.string(name);
                self.push(Kind::Datasec, false, 0, [name, size], &[])
            }
            kind => {
                let name = self.string(name);
                self.push(kind, ty.kind_flag(), 0, [name, to.0], &[])
            }
        }
    }

    fn push(
        &mut self,
        kind: Kind,
        kind_flag: bool,
        vlen: usize,
        [name, size_or_type]: [u32; 2],
        tail: &[u32],
    ) -> TypeId {
        let info = u32::from(kind_flag) << 31 | u32::from(kind.to_raw()) << 24 | vlen as u32;
        for &word in [name, info, size_or_type].iter().chain(tail) {
            self.types.extend(self.endian.put_u32(word));
        }
        let id = TypeId(self.next);
        self.next += 1;
        id
    }

    fn string(&mut self, string: &str) -> u32 {
        if let Some(&offset) = self.offsets.get(string) {
            return offset;
        }
        let offset = self.start_string + self.strings.len() as u32;
        self.strings.push_str(string);
        self.strings.push('\0');
        self.offsets.insert(string.to_owned(), offset);
        offset
    }

    /// The blob.
    pub fn finish(self) -> Vec<u8> {
        let mut blob = self.endian.put_u16(MAGIC).to_vec();
        blob.extend([VERSION, 0]);
        let types = self.types.len() as u32;
        let strings = self.strings.len() as u32;
        for word in [MIN_HEADER_LEN, 0, types, types, strings] {
            blob.extend(self.endian.put_u32(word));
        }
        blob.extend(self.types);
        blob.extend(self.strings.into_bytes());
        blob
    }
}
