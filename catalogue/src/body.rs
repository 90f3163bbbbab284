//! A definition as bytes, and back: numbers and texts apart, as like compresses best beside like.
//!
//! Equal definitions have equal bytes. A member's offset is written as the distance from the member
//! before it: a field that is added changes the bytes of its neighbour only, so that the layouts of
//! one struct over many kernels compress well.

use crate::bytes::{Reader, hash_of, put_number, put_signed, put_text};
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
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Body {
    numbers: Vec<u8>,
    texts: Vec<u8>,
}

impl Body {
    /// The same bytes, where they are.
    pub(crate) fn view(&self) -> View<'_> {
        View {
            numbers: &self.numbers,
            texts: &self.texts,
        }
    }
}

/// The bytes of a definition, in a block or in a [`Body`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'b> {
    /// All but texts.
    pub(crate) numbers: &'b [u8],
    /// Its texts, each with a 0 behind it, in the order in which the numbers need them.
    pub(crate) texts: &'b [u8],
}

impl View<'_> {
    /// What tells the definition from others.
    pub(crate) fn hash(self) -> u64 {
        hash_of([self.numbers, self.texts])
    }

    /// How many bytes it has.
    pub(crate) fn len(self) -> usize {
        self.numbers.len() + self.texts.len()
    }

    /// The same bytes in memory of their own.
    pub(crate) fn to_body(self) -> Body {
        Body {
            numbers: self.numbers.to_vec(),
            texts: self.texts.to_vec(),
        }
    }
}

/// The bytes of a definition.
pub(crate) fn encode(definition: &Definition) -> Body {
    let mut out = Body::default();
    put_definition(&mut out, definition);
    out
}

fn put_definition(out: &mut Body, definition: &Definition) {
    match definition {
        Definition::Record(record) => {
            let space = if record.is_union {
                NameSpace::Union
            } else {
                NameSpace::Struct
            };
            out.numbers.push(space as u8);
            put_record(out, record);
        }
        Definition::Enum(of) => {
            out.numbers.push(NameSpace::Enum as u8);
            put_enum(out, of);
        }
        Definition::Int {
            size,
            encoding,
            bits,
        } => {
            out.numbers.push(NameSpace::Int as u8);
            put_number(&mut out.numbers, u64::from(*size));
            out.numbers.extend([*encoding, *bits]);
        }
        Definition::Float(size) => {
            out.numbers.push(NameSpace::Float as u8);
            put_number(&mut out.numbers, u64::from(*size));
        }
        Definition::Typedef(of) => {
            out.numbers.push(NameSpace::Typedef as u8);
            put_type(out, of);
        }
        Definition::Function {
            linkage,
            prototype,
            tags,
        } => {
            out.numbers.push(NameSpace::Function as u8);
            put_number(&mut out.numbers, u64::from(*linkage));
            put_prototype(out, prototype);
            put_number(&mut out.numbers, tags.len() as u64);
            tags.iter().for_each(|tag| put_text(&mut out.texts, tag));
        }
        Definition::Variable { linkage, type_ref } => {
            out.numbers.push(NameSpace::Variable as u8);
            put_number(&mut out.numbers, u64::from(*linkage));
            put_type(out, type_ref);
        }
        Definition::Symbol(kind) => out.numbers.extend([NameSpace::Symbol as u8, *kind as u8]),
        Definition::Config(value) => {
            out.numbers.push(NameSpace::Config as u8);
            put_text(&mut out.texts, value);
        }
        Definition::IdSet(function) => {
            out.numbers.push(NameSpace::IdSet as u8);
            put_text(&mut out.texts, function);
        }
    }
}

fn put_record(out: &mut Body, record: &Record) {
    put_number(&mut out.numbers, u64::from(record.size));
    put_number(&mut out.numbers, record.members.len() as u64);
    let mut before = 0;
    for member in &record.members {
        put_text(&mut out.texts, &member.name);
        put_signed(&mut out.numbers, i64::from(member.bit_offset) - before);
        out.numbers.push(member.bitfield_size);
        put_type(out, &member.type_ref);
        before = i64::from(member.bit_offset);
    }
}

fn put_enum(out: &mut Body, of: &Enum) {
    let wide = if of.is_wide { WIDE } else { 0 };
    let signed = if of.is_signed { SIGNED } else { 0 };
    put_number(&mut out.numbers, u64::from(of.size));
    out.numbers.push(wide | signed);
    put_number(&mut out.numbers, of.enumerators.len() as u64);
    let mut before = 0_u64;
    for (name, value) in &of.enumerators {
        put_text(&mut out.texts, name);
        put_signed(&mut out.numbers, value.wrapping_sub(before).cast_signed());
        before = *value;
    }
}

fn put_prototype(out: &mut Body, prototype: &Prototype) {
    put_number(&mut out.numbers, prototype.parameters.len() as u64);
    for (name, of) in &prototype.parameters {
        put_text(&mut out.texts, name);
        put_type(out, of);
    }
    put_type(out, &prototype.result);
}

fn put_type(out: &mut Body, of: &TypeRef) {
    match of {
        TypeRef::Void => out.numbers.push(tag::VOID),
        TypeRef::Named { space, name, which } => {
            let tag = which.map_or(tag::NAMED, |_| tag::NAMED_WHICH);
            out.numbers.push(tag + *space as u8);
            put_text(&mut out.texts, name);
            if let Some(which) = which {
                out.numbers.extend(which.to_le_bytes());
            }
        }
        TypeRef::Forward { is_union, name } => {
            out.numbers.push(if *is_union {
                tag::FORWARD_UNION
            } else {
                tag::FORWARD_STRUCT
            });
            put_text(&mut out.texts, name);
        }
        TypeRef::Pointer(to) => {
            out.numbers.push(tag::POINTER);
            put_type(out, to);
        }
        TypeRef::Qualified(qualifier, of) => {
            out.numbers.push(match qualifier {
                Qualifier::Const => tag::CONST,
                Qualifier::Volatile => tag::VOLATILE,
                Qualifier::Restrict => tag::RESTRICT,
            });
            put_type(out, of);
        }
        TypeRef::Tagged(tag, of) => {
            out.numbers.push(tag::TAGGED);
            put_text(&mut out.texts, tag);
            put_type(out, of);
        }
        TypeRef::Array { element, len } => {
            out.numbers.push(tag::ARRAY);
            put_number(&mut out.numbers, u64::from(*len));
            put_type(out, element);
        }
        TypeRef::Prototype(prototype) => {
            out.numbers.push(tag::PROTOTYPE);
            put_prototype(out, prototype);
        }
        TypeRef::Unnamed(definition) => {
            out.numbers.push(tag::UNNAMED);
            put_definition(out, definition);
        }
    }
}

/// The definition that [`encode`] wrote.
pub(crate) fn decode(view: View<'_>) -> Result<Definition, Damaged> {
    let mut decoder = Decoder::<true>::new(Reader::new(view.numbers), Reader::new(view.texts));
    let definition = decoder.definition()?;
    if decoder.numbers.is_empty() && decoder.texts.is_empty() {
        Ok(definition)
    } else {
        Err(Damaged("has bytes behind a definition"))
    }
}

/// Takes the bytes of a definition off the front of many.
pub(crate) fn take<'b>(
    numbers: &mut Reader<'b>,
    texts: &mut Reader<'b>,
) -> Result<View<'b>, Damaged> {
    let mut decoder = Decoder::<false>::new(*numbers, *texts);
    decoder.definition()?;
    let view = View {
        numbers: numbers.until(&decoder.numbers),
        texts: texts.until(&decoder.texts),
    };
    (*numbers, *texts) = (decoder.numbers, decoder.texts);
    Ok(view)
}

/// Reads a definition. Without `KEEP` it finds out where the definition ends, and what it gives is hollow.
struct Decoder<'a, const KEEP: bool> {
    numbers: Reader<'a>,
    texts: Reader<'a>,
    depth: u32,
}

impl<'a, const KEEP: bool> Decoder<'a, KEEP> {
    fn new(numbers: Reader<'a>, texts: Reader<'a>) -> Self {
        Self {
            numbers,
            texts,
            depth: 0,
        }
    }

    fn text(&mut self) -> Result<String, Damaged> {
        if KEEP {
            Ok(self.texts.text()?.to_owned())
        } else {
            self.texts.skip_text()?;
            Ok(String::new())
        }
    }

    fn definition(&mut self) -> Result<Definition, Damaged> {
        let space = NameSpace::from_raw(self.numbers.byte()?)
            .ok_or(Damaged("has a definition of an unknown kind"))?;
        Ok(match space {
            NameSpace::Struct | NameSpace::Union => {
                Definition::Record(self.record(space == NameSpace::Union)?)
            }
            NameSpace::Enum => Definition::Enum(self.enumeration()?),
            NameSpace::Int => Definition::Int {
                size: self.numbers.word()?,
                encoding: self.numbers.byte()?,
                bits: self.numbers.byte()?,
            },
            NameSpace::Float => Definition::Float(self.numbers.word()?),
            NameSpace::Typedef => Definition::Typedef(self.type_ref()?),
            NameSpace::Function => Definition::Function {
                linkage: self.numbers.word()?,
                prototype: self.prototype()?,
                tags: self.list(|decoder| decoder.text())?,
            },
            NameSpace::Variable => Definition::Variable {
                linkage: self.numbers.word()?,
                type_ref: self.type_ref()?,
            },
            NameSpace::Symbol => Definition::Symbol(
                SymbolKind::from_raw(self.numbers.byte()?)
                    .ok_or(Damaged("has a symbol of an unknown kind"))?,
            ),
            NameSpace::Config => Definition::Config(self.text()?),
            NameSpace::IdSet => Definition::IdSet(self.text()?),
        })
    }

    fn record(&mut self, is_union: bool) -> Result<Record, Damaged> {
        let size = self.numbers.word()?;
        let mut before = 0_i64;
        let members = self.list(|decoder| {
            let name = decoder.text()?;
            let offset = before.wrapping_add(decoder.numbers.signed()?);
            before = offset;
            Ok(Member {
                name,
                bit_offset: u32::try_from(offset)
                    .map_err(|_| Damaged("has a member outside of its record"))?,
                bitfield_size: decoder.numbers.byte()?,
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
        let size = self.numbers.word()?;
        let flags = self.numbers.byte()?;
        let mut before = 0_u64;
        let enumerators = self.list(|decoder| {
            let name = decoder.text()?;
            before = before.wrapping_add(decoder.numbers.signed()?.cast_unsigned());
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
            let name = decoder.text()?;
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
        let tag = self.numbers.byte()?;
        Ok(match tag {
            tag::VOID => TypeRef::Void,
            tag::POINTER => self.around(TypeRef::Pointer)?,
            tag::CONST => self.around(|of| TypeRef::Qualified(Qualifier::Const, of))?,
            tag::VOLATILE => self.around(|of| TypeRef::Qualified(Qualifier::Volatile, of))?,
            tag::RESTRICT => self.around(|of| TypeRef::Qualified(Qualifier::Restrict, of))?,
            tag::ARRAY => {
                let len = self.numbers.word()?;
                self.around(|element| TypeRef::Array { element, len })?
            }
            tag::PROTOTYPE => TypeRef::Prototype(Box::new(self.prototype()?)),
            tag::UNNAMED => TypeRef::Unnamed(Box::new(self.definition()?)),
            tag::TAGGED => {
                let name = self.text()?;
                self.around(|of| TypeRef::Tagged(name, of))?
            }
            tag::FORWARD_STRUCT | tag::FORWARD_UNION => TypeRef::Forward {
                is_union: tag == tag::FORWARD_UNION,
                name: self.text()?,
            },
            _ => self.named(tag)?,
        })
    }

    /// A type that is made of the one behind it.
    fn around(&mut self, make: impl FnOnce(Box<TypeRef>) -> TypeRef) -> Result<TypeRef, Damaged> {
        let of = self.type_ref()?;
        Ok(if KEEP { make(Box::new(of)) } else { of })
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
        let name = self.text()?;
        let which = if has_which {
            let bytes = self.numbers.bytes(8)?;
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
        let count = self.numbers.count()?;
        let mut items = Vec::new();
        for _ in 0..count {
            let item = item(self)?;
            if KEEP {
                items.push(item);
            }
        }
        Ok(items)
    }
}
