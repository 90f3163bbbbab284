//! Parses the text of a descriptor to a [`Request`]. [`bpf_core::contract`] has the grammar.

use std::fmt;

use crate::ask::request::{
    Enum, EnumeratorAsk, FieldAsk, INTS, LARGEST, Named, Record, Request, Step, Type, TypeAsk,
};

/// How deep types may nest. The parser recurses, and its input is not trusted.
const DEEPEST: u32 = 64;

/// Why a text is not a descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// What is wrong.
    pub(crate) what: &'static str,
    /// Where, in bytes from the start.
    pub(crate) at: usize,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.what, self.at)
    }
}

/// Reads one descriptor.
///
/// # Errors
/// When `text` does not follow the grammar, or asks for what LLVM cannot answer:
/// the signedness of a record, the shifts of what is wider than 64 bits, an
/// element behind the end of an array.
pub(crate) fn parse(text: &str) -> Result<Request, Malformed> {
    let mut reader = Reader::new(text);
    let request = reader.request()?;
    if reader.is_at_end() {
        Ok(request)
    } else {
        Err(reader.malformed("unexpected text"))
    }
}

enum Ask {
    Field(FieldAsk),
    Type(TypeAsk),
    Enumerator(EnumeratorAsk),
}

/// libbpf's names, from `core_relo_kind_str` in `relo_core.c`.
const KINDS: [(&str, Ask); 12] = [
    ("byte_off ", Ask::Field(FieldAsk::ByteOffset)),
    ("byte_sz ", Ask::Field(FieldAsk::ByteSize)),
    ("field_exists ", Ask::Field(FieldAsk::Exists)),
    ("signed ", Ask::Field(FieldAsk::Signed)),
    ("lshift_u64 ", Ask::Field(FieldAsk::LeftShift)),
    ("rshift_u64 ", Ask::Field(FieldAsk::RightShift)),
    ("local_type_id ", Ask::Type(TypeAsk::IdLocal)),
    ("target_type_id ", Ask::Type(TypeAsk::IdTarget)),
    ("type_exists ", Ask::Type(TypeAsk::Exists)),
    ("type_size ", Ask::Type(TypeAsk::Size)),
    ("enumval_exists ", Ask::Enumerator(EnumeratorAsk::Exists)),
    ("enumval_value ", Ask::Enumerator(EnumeratorAsk::Value)),
];

pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
        }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    pub(crate) fn malformed(&self, what: &'static str) -> Malformed {
        Malformed { what, at: self.at }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(crate) fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// As `take`, of a whole word.
    pub(crate) fn take_word(&mut self, word: &str) -> bool {
        self.rest()[..identifier(self.rest())] == *word && self.take(word)
    }

    pub(crate) fn expect(&mut self, token: &str, what: &'static str) -> Result<(), Malformed> {
        if self.take(token) {
            Ok(())
        } else {
            Err(self.malformed(what))
        }
    }

    fn request(&mut self) -> Result<Request, Malformed> {
        if self.take("type_matches ") {
            return self.whole().map(Request::Match);
        }
        let Some((_, ask)) = KINDS.iter().find(|(word, _)| self.take(word)) else {
            return Err(self.malformed("unknown relocation kind"));
        };
        let of = match self.pointee()? {
            Some(Type::Record(record)) => Named::Record(record),
            Some(Type::Enum(of)) => Named::Enum(of),
            _ => return Err(self.malformed("a relocation begins at a struct, a union or an enum")),
        };
        match (ask, of) {
            (Ask::Field(ask), Named::Record(root)) => {
                let path = self.path(*ask)?;
                Ok(Request::Field {
                    ask: *ask,
                    root,
                    path,
                })
            }
            (Ask::Type(ask), of) => Ok(Request::Type { ask: *ask, of }),
            (Ask::Enumerator(ask), Named::Enum(of)) => {
                self.expect(".", "missing enumerator")?;
                let name = self.name()?;
                self.expect("=", "missing value of the enumerator")?;
                let value = self.enumerator_value()?;
                Ok(Request::Enumerator {
                    ask: *ask,
                    of,
                    name,
                    value,
                })
            }
            (Ask::Field(_), Named::Enum(_)) => Err(self.malformed("an enum has no members")),
            (Ask::Enumerator(_), Named::Record(_)) => {
                Err(self.malformed("a record has no enumerators"))
            }
        }
    }

    fn path(&mut self, ask: FieldAsk) -> Result<Vec<Step>, Malformed> {
        let mut path = Vec::new();
        // `None` is the root, which is a record.
        let mut here: Option<Type> = None;
        while !self.rest().is_empty() {
            if self.take(".") {
                if !matches!(here, None | Some(Type::Record(_))) {
                    return Err(self.malformed("only a struct or a union by value has members"));
                }
                let name = self.name()?;
                self.expect(":", "missing type of the member")?;
                let of = self.value_type()?;
                path.push(Step::Member(name, of.clone()));
                here = Some(of);
            } else if self.take("[") {
                let Some(Type::Array(count, element)) = here else {
                    return Err(self.malformed("only an array has elements"));
                };
                let index = self.number()?;
                self.expect("]", "missing `]`")?;
                if count != 0 && index >= count {
                    return Err(self.malformed("element behind the end of the array"));
                }
                if u64::from(index).saturating_mul(size_bound(&element)) > LARGEST {
                    return Err(self.malformed("element too far away"));
                }
                path.push(Step::Element(index));
                here = Some(*element);
            } else {
                return Err(self.malformed("expected `.` or `[`"));
            }
        }
        let Some(end) = here else {
            return Err(self.malformed("missing member"));
        };
        match ask {
            FieldAsk::Signed if !matches!(end, Type::Int(_) | Type::Enum(_)) => {
                Err(self.malformed("only an integer or an enum has a sign"))
            }
            FieldAsk::LeftShift | FieldAsk::RightShift
                if !matches!(
                    &end,
                    Type::Int(_) | Type::Enum(_) | Type::Pointer | Type::PointerTo(_)
                ) || size_bound(&end) > 8 =>
            {
                Err(self.malformed("only what fits in 64 bits can be shifted"))
            }
            _ => Ok(path),
        }
    }

    /// A type that a member or an element can have.
    fn value_type(&mut self) -> Result<Type, Malformed> {
        match self.pointee()? {
            Some(of) => Ok(of),
            None => Err(self.malformed("`void` is no type of a value")),
        }
    }

    /// A type, or `None` for `void`.
    pub(crate) fn pointee(&mut self) -> Result<Option<Type>, Malformed> {
        self.nested(Self::pointee_at_depth)
    }

    pub(crate) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Malformed>,
    ) -> Result<T, Malformed> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.malformed("type nested too deep"));
        }
        let of = read(self);
        self.depth -= 1;
        of
    }

    fn pointee_at_depth(&mut self) -> Result<Option<Type>, Malformed> {
        if self.take("*") {
            return Ok(Some(match self.pointee()? {
                Some(Type::Record(record)) if !record.typedef => Type::PointerTo(record),
                _ => Type::Pointer,
            }));
        }
        if self.take("[") {
            let count = self.number()?;
            self.expect("]", "missing `]`")?;
            let element = self.value_type()?;
            let of = Type::Array(count, Box::new(element));
            if size_bound(&of) > LARGEST {
                return Err(self.malformed("array too large"));
            }
            return Ok(Some(of));
        }
        if self.take("enum ") {
            let name = self.name()?;
            self.expect("/", "missing integer type of the enum")?;
            return match self.value_type()? {
                Type::Int(holder) if holder.size() <= 8 => {
                    Ok(Some(Type::Enum(Enum { name, holder })))
                }
                _ => Err(self.malformed("an enum is held by an integer of at most 64 bits")),
            };
        }
        let typedef = self.take("typedef ");
        let union = self.take("union ");
        if union || self.take("struct ") {
            return Ok(Some(Type::Record(Record {
                name: self.name()?,
                union,
                typedef,
            })));
        }
        if typedef {
            return Err(self.malformed("expected `struct` or `union`"));
        }
        let word = &self.rest()[..identifier(self.rest())];
        if word == "void" {
            self.at += word.len();
            return Ok(None);
        }
        match INTS.iter().find(|(name, _)| *name == word) {
            Some((_, int)) => {
                self.at += word.len();
                Ok(Some(Type::Int(*int)))
            }
            None => Err(self.malformed("unknown type")),
        }
    }

    pub(crate) fn name(&mut self) -> Result<String, Malformed> {
        let len = identifier(self.rest());
        if len == 0 || self.rest().as_bytes()[0].is_ascii_digit() {
            return Err(self.malformed("expected a name"));
        }
        let name = &self.rest()[..len];
        self.at += len;
        Ok(name.to_owned())
    }

    fn digits(&mut self) -> Result<&'a str, Malformed> {
        let rest = self.rest();
        let len = rest.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 {
            return Err(self.malformed("expected a number"));
        }
        self.at += len;
        Ok(&rest[..len])
    }

    pub(crate) fn number(&mut self) -> Result<u32, Malformed> {
        self.digits()?
            .parse()
            .map_err(|_| self.malformed("number too large"))
    }

    pub(crate) fn enumerator_value(&mut self) -> Result<i64, Malformed> {
        let negative = self.take("-");
        let magnitude: u64 = self
            .digits()?
            .parse()
            .map_err(|_| self.malformed("number too large"))?;
        match negative {
            // LLVM reads the value with `stoll`, which ends the process on what is
            // larger than `i64::MAX`.
            false => Ok(magnitude as i64),
            true if magnitude <= 1 << 63 => Ok((magnitude as i64).wrapping_neg()),
            true => Err(self.malformed("number too large")),
        }
    }
}

fn identifier(text: &str) -> usize {
    text.bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count()
}

/// The size of a type as far as the text tells it: a record counts as one byte.
fn size_bound(of: &Type) -> u64 {
    of.room(0, &|_| (1, 1), &|of| of.holder).0
}

#[cfg(test)]
mod tests;
