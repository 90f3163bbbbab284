//! A definition as bytes, and back.
//!
//! Equal definitions have equal bytes. A member's offset is written as the distance from the member
//! before it: a field that is added changes the bytes of its neighbour only, so that the layouts of
//! one struct over many kernels compress well.

use crate::bytes::{Reader, put_number, put_signed, put_string};
use crate::definition::{
    Definition, Enum, Member, NameSpace, Prototype, Qualifier, Record, SymbolKind, TypeRef,
};
use crate::error::Damaged;

/// Types nest a dozen deep in real kernels.
const MAX_DEPTH: u32 = 64;

mod tag {
    pub(super) const VOID: u8 = 0;
    pub(super) const POINTER: u8 = 1;
    pub(super) const CONST: u8 = 2;
    pub(super) const VOLATILE: u8 = 3;
    pub(super) const RESTRICT: u8 = 4;
    pub(super) const ARRAY: u8 = 5;
    pub(super) const PROTOTYPE: u8 = 6;
    pub(super) const UNNAMED: u8 = 7;
    pub(super) const TAGGED: u8 = 8;
    pub(super) const FORWARD_STRUCT: u8 = 9;
    pub(super) const FORWARD_UNION: u8 = 10;
    /// Plus the number of the name space.
    pub(super) const NAMED: u8 = 16;
    /// The same, with the hash of a body behind the name.
    pub(super) const NAMED_WHICH: u8 = 32;
}

const WIDE: u8 = 1;
const SIGNED: u8 = 2;

/// The bytes of a definition.
pub(crate) fn encode(definition: &Definition) -> Vec<u8> {
    let mut out = Vec::new();
    put_definition(&mut out, definition);
    out
}

fn put_definition(out: &mut Vec<u8>, definition: &Definition) {
    match definition {
        Definition::Record(record) => {
            let space = if record.is_union {
                NameSpace::Union
            } else {
                NameSpace::Struct
            };
            out.push(space as u8);
            put_record(out, record);
        }
        Definition::Enum(of) => {
            out.push(NameSpace::Enum as u8);
            put_enum(out, of);
        }
        Definition::Int {
            size,
            encoding,
            bits,
        } => {
            out.push(NameSpace::Int as u8);
            put_number(out, u64::from(*size));
            out.extend([*encoding, *bits]);
        }
        Definition::Float(size) => {
            out.push(NameSpace::Float as u8);
            put_number(out, u64::from(*size));
        }
        Definition::Typedef(of) => {
            out.push(NameSpace::Typedef as u8);
            put_type(out, of);
        }
        Definition::Function {
            linkage,
            prototype,
            tags,
        } => {
            out.push(NameSpace::Function as u8);
            put_number(out, u64::from(*linkage));
            put_prototype(out, prototype);
            put_number(out, tags.len() as u64);
            tags.iter().for_each(|tag| put_string(out, tag));
        }
        Definition::Variable { linkage, type_ref } => {
            out.push(NameSpace::Variable as u8);
            put_number(out, u64::from(*linkage));
            put_type(out, type_ref);
        }
        Definition::Symbol(kind) => out.extend([NameSpace::Symbol as u8, *kind as u8]),
        Definition::Config(value) => {
            out.push(NameSpace::Config as u8);
            put_string(out, value);
        }
        Definition::IdSet(function) => {
            out.push(NameSpace::IdSet as u8);
            put_string(out, function);
        }
    }
}

fn put_record(out: &mut Vec<u8>, record: &Record) {
    put_number(out, u64::from(record.size));
    put_number(out, record.members.len() as u64);
    let mut before = 0;
    for member in &record.members {
        put_string(out, &member.name);
        put_signed(out, i64::from(member.bit_offset) - before);
        out.push(member.bitfield_size);
        put_type(out, &member.type_ref);
        before = i64::from(member.bit_offset);
    }
}

fn put_enum(out: &mut Vec<u8>, of: &Enum) {
    let wide = if of.is_wide { WIDE } else { 0 };
    let signed = if of.is_signed { SIGNED } else { 0 };
    put_number(out, u64::from(of.size));
    out.push(wide | signed);
    put_number(out, of.enumerators.len() as u64);
    let mut before = 0_u64;
    for (name, value) in &of.enumerators {
        put_string(out, name);
        put_signed(out, value.wrapping_sub(before).cast_signed());
        before = *value;
    }
}

fn put_prototype(out: &mut Vec<u8>, prototype: &Prototype) {
    put_number(out, prototype.parameters.len() as u64);
    for (name, of) in &prototype.parameters {
        put_string(out, name);
        put_type(out, of);
    }
    put_type(out, &prototype.result);
}

fn put_type(out: &mut Vec<u8>, of: &TypeRef) {
    match of {
        TypeRef::Void => out.push(tag::VOID),
        TypeRef::Named { space, name, which } => {
            let tag = which.map_or(tag::NAMED, |_| tag::NAMED_WHICH);
            out.push(tag + *space as u8);
            put_string(out, name);
            if let Some(which) = which {
                out.extend(which.to_le_bytes());
            }
        }
        TypeRef::Forward { is_union, name } => {
            out.push(if *is_union {
                tag::FORWARD_UNION
            } else {
                tag::FORWARD_STRUCT
            });
            put_string(out, name);
        }
        TypeRef::Pointer(to) => {
            out.push(tag::POINTER);
            put_type(out, to);
        }
        TypeRef::Qualified(qualifier, of) => {
            out.push(match qualifier {
                Qualifier::Const => tag::CONST,
                Qualifier::Volatile => tag::VOLATILE,
                Qualifier::Restrict => tag::RESTRICT,
            });
            put_type(out, of);
        }
        TypeRef::Tagged(tag, of) => {
            out.push(tag::TAGGED);
            put_string(out, tag);
            put_type(out, of);
        }
        TypeRef::Array { element, len } => {
            out.push(tag::ARRAY);
            put_number(out, u64::from(*len));
            put_type(out, element);
        }
        TypeRef::Prototype(prototype) => {
            out.push(tag::PROTOTYPE);
            put_prototype(out, prototype);
        }
        TypeRef::Unnamed(definition) => {
            out.push(tag::UNNAMED);
            put_definition(out, definition);
        }
    }
}

/// The definition that [`encode`] wrote.
pub(crate) fn decode(bytes: &[u8]) -> Result<Definition, Damaged> {
    let mut decoder = Decoder {
        reader: Reader::new(bytes),
        depth: 0,
    };
    let definition = decoder.definition()?;
    if decoder.reader.is_empty() {
        Ok(definition)
    } else {
        Err(Damaged("has bytes behind a definition"))
    }
}

struct Decoder<'a> {
    reader: Reader<'a>,
    depth: u32,
}

impl Decoder<'_> {
    fn definition(&mut self) -> Result<Definition, Damaged> {
        let space = NameSpace::from_raw(self.reader.byte()?)
            .ok_or(Damaged("has a definition of an unknown kind"))?;
        Ok(match space {
            NameSpace::Struct | NameSpace::Union => {
                Definition::Record(self.record(space == NameSpace::Union)?)
            }
            NameSpace::Enum => Definition::Enum(self.enumeration()?),
            NameSpace::Int => Definition::Int {
                size: self.reader.word()?,
                encoding: self.reader.byte()?,
                bits: self.reader.byte()?,
            },
            NameSpace::Float => Definition::Float(self.reader.word()?),
            NameSpace::Typedef => Definition::Typedef(self.type_ref()?),
            NameSpace::Function => Definition::Function {
                linkage: self.reader.word()?,
                prototype: self.prototype()?,
                tags: self.list(|decoder| Ok(decoder.reader.string()?.to_owned()))?,
            },
            NameSpace::Variable => Definition::Variable {
                linkage: self.reader.word()?,
                type_ref: self.type_ref()?,
            },
            NameSpace::Symbol => Definition::Symbol(
                SymbolKind::from_raw(self.reader.byte()?)
                    .ok_or(Damaged("has a symbol of an unknown kind"))?,
            ),
            NameSpace::Config => Definition::Config(self.reader.string()?.to_owned()),
            NameSpace::IdSet => Definition::IdSet(self.reader.string()?.to_owned()),
        })
    }

    fn record(&mut self, is_union: bool) -> Result<Record, Damaged> {
        let size = self.reader.word()?;
        let mut before = 0_i64;
        let members = self.list(|decoder| {
            let name = decoder.reader.string()?.to_owned();
            let offset = before.wrapping_add(decoder.reader.signed()?);
            before = offset;
            Ok(Member {
                name,
                bit_offset: u32::try_from(offset)
                    .map_err(|_| Damaged("has a member outside of its record"))?,
                bitfield_size: decoder.reader.byte()?,
                type_ref: decoder.type_ref()?,
            })
        })?;
        Ok(Record {
            is_union,
            size,
            members,
        })
    }

    fn enumeration(&mut self) -> Result<Enum, Damaged> {
        let size = self.reader.word()?;
        let flags = self.reader.byte()?;
        let mut before = 0_u64;
        let enumerators = self.list(|decoder| {
            let name = decoder.reader.string()?.to_owned();
            before = before.wrapping_add(decoder.reader.signed()?.cast_unsigned());
            Ok((name, before))
        })?;
        Ok(Enum {
            size,
            is_wide: flags & WIDE != 0,
            is_signed: flags & SIGNED != 0,
            enumerators,
        })
    }

    fn prototype(&mut self) -> Result<Prototype, Damaged> {
        let parameters = self.list(|decoder| {
            let name = decoder.reader.string()?.to_owned();
            Ok((name, decoder.type_ref()?))
        })?;
        Ok(Prototype {
            parameters,
            result: self.type_ref()?,
        })
    }

    fn type_ref(&mut self) -> Result<TypeRef, Damaged> {
        if self.depth == MAX_DEPTH {
            return Err(Damaged("has types that are nested too deep"));
        }
        self.depth += 1;
        let of = self.type_ref_inside();
        self.depth -= 1;
        of
    }

    fn type_ref_inside(&mut self) -> Result<TypeRef, Damaged> {
        let tag = self.reader.byte()?;
        Ok(match tag {
            tag::VOID => TypeRef::Void,
            tag::POINTER => TypeRef::Pointer(Box::new(self.type_ref()?)),
            tag::CONST => TypeRef::Qualified(Qualifier::Const, Box::new(self.type_ref()?)),
            tag::VOLATILE => TypeRef::Qualified(Qualifier::Volatile, Box::new(self.type_ref()?)),
            tag::RESTRICT => TypeRef::Qualified(Qualifier::Restrict, Box::new(self.type_ref()?)),
            tag::ARRAY => TypeRef::Array {
                len: self.reader.word()?,
                element: Box::new(self.type_ref()?),
            },
            tag::PROTOTYPE => TypeRef::Prototype(Box::new(self.prototype()?)),
            tag::UNNAMED => TypeRef::Unnamed(Box::new(self.definition()?)),
            tag::TAGGED => {
                let name = self.reader.string()?.to_owned();
                TypeRef::Tagged(name, Box::new(self.type_ref()?))
            }
            tag::FORWARD_STRUCT | tag::FORWARD_UNION => TypeRef::Forward {
                is_union: tag == tag::FORWARD_UNION,
                name: self.reader.string()?.to_owned(),
            },
            _ => self.named(tag)?,
        })
    }

    fn named(&mut self, tag: u8) -> Result<TypeRef, Damaged> {
        let unknown = Damaged("has a reference of an unknown kind");
        let has_which = tag >= tag::NAMED_WHICH;
        let first = if has_which {
            tag::NAMED_WHICH
        } else {
            tag::NAMED
        };
        let space = tag.checked_sub(first).and_then(NameSpace::from_raw);
        let space = space.ok_or(unknown)?;
        let name = self.reader.string()?.to_owned();
        let which = if has_which {
            let bytes = self.reader.bytes(8)?;
            Some(u64::from_le_bytes(bytes.try_into().map_err(|_| unknown)?))
        } else {
            None
        };
        Ok(TypeRef::Named { space, name, which })
    }

    /// A count, then as many items. Nothing is set aside for a count that the bytes only claim.
    fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, Damaged>,
    ) -> Result<Vec<T>, Damaged> {
        let count = self.reader.count()?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }
}
