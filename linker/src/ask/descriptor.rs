//! Parses the text of a descriptor to a [`Request`].
//!
//! [`bpf_core::contract`] has the grammar. LLVM ends the process over some combinations
//! (`report_fatal_error` in `BPFAbstractMemberAccess.cpp`). A `Request` cannot hold any of them.

use std::fmt;

use crate::ask::declaration::Declaration;

/// Records and members larger than this are refused: BTF counts a member's offset
/// in bits, in 32 bits.
pub(crate) const LARGEST: u64 = 1 << 28;

/// How deep types may nest. The parser recurses, and its input is not trusted.
const DEEPEST: u32 = 64;

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
    ("type_id_local ", Ask::Type(TypeAsk::IdLocal)),
    ("type_id_target ", Ask::Type(TypeAsk::IdTarget)),
    ("type_exists ", Ask::Type(TypeAsk::Exists)),
    ("type_size ", Ask::Type(TypeAsk::Size)),
    ("enumval_exists ", Ask::Enumerator(EnumeratorAsk::Exists)),
    ("enumval_value ", Ask::Enumerator(EnumeratorAsk::Value)),
];

const INTS: [(&str, Int); 11] = [
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
mod tests {
    use super::*;

    fn member(name: &str, of: Type) -> Step {
        Step::Member(name.to_owned(), of)
    }

    fn record(name: &str) -> Record {
        Record {
            name: name.to_owned(),
            union: false,
            typedef: false,
        }
    }

    #[test]
    fn members_of_nested_structs() {
        let request = parse("byte_off struct task_struct.se:struct sched_entity.vruntime:u64");
        let path = vec![
            member("se", Type::Record(record("sched_entity"))),
            member("vruntime", Type::Int(Int::Unsigned(64))),
        ];
        let root = record("task_struct");
        assert_eq!(
            request,
            Ok(Request::Field {
                ask: FieldAsk::ByteOffset,
                root,
                path
            })
        );
    }

    #[test]
    fn elements_of_arrays_of_arrays() {
        let request = parse("field_exists union u.a:[2][0]u8[1][7]");
        let inner = Type::Array(0, Box::new(Type::Int(Int::Unsigned(8))));
        let path = vec![
            member("a", Type::Array(2, Box::new(inner))),
            Step::Element(1),
            Step::Element(7),
        ];
        let root = Record {
            union: true,
            ..record("u")
        };
        assert_eq!(
            request,
            Ok(Request::Field {
                ask: FieldAsk::Exists,
                root,
                path
            })
        );
    }

    #[test]
    fn a_pointer_keeps_the_name_of_a_record_only() {
        let ends = [
            ("*struct b", Type::PointerTo(record("b"))),
            ("**struct b", Type::Pointer),
            ("*void", Type::Pointer),
            ("*typedef struct b", Type::Pointer),
            ("*[4]u8", Type::Pointer),
        ];
        for (text, of) in ends {
            let Ok(Request::Field { path, .. }) = parse(&format!("byte_off struct a.p:{text}"))
            else {
                panic!("{text}")
            };
            assert_eq!(path, [member("p", of)], "{text}");
        }
    }

    #[test]
    fn types_and_enumerators() {
        let of = Record {
            typedef: true,
            ..record("atomic_t")
        };
        assert_eq!(
            parse("type_size typedef struct atomic_t"),
            Ok(Request::Type {
                ask: TypeAsk::Size,
                of: Named::Record(of)
            })
        );
        let of = Enum {
            name: "e".to_owned(),
            holder: Int::Signed(32),
        };
        for (text, value) in [("7", 7), ("-1", -1), ("18446744073709551615", -1)] {
            assert_eq!(
                parse(&format!("enumval_value enum e/i32.A={text}")),
                Ok(Request::Enumerator {
                    ask: EnumeratorAsk::Value,
                    of: of.clone(),
                    name: "A".to_owned(),
                    value
                })
            );
        }
    }

    #[test]
    fn every_kind_has_its_name() {
        for (word, ask) in &KINDS {
            let tail = match ask {
                Ask::Field(_) => "struct s.x:u32",
                Ask::Type(_) => "struct s",
                Ask::Enumerator(_) => "enum e/u32.A=1",
            };
            assert!(parse(&format!("{word}{tail}")).is_ok(), "{word}");
        }
    }

    #[test]
    fn what_is_refused() {
        let cases = [
            ("", "unknown relocation kind at byte 0"),
            ("byte_off", "unknown relocation kind at byte 0"),
            (
                "byte_off u32",
                "a relocation begins at a struct, a union or an enum at byte 12",
            ),
            (
                "byte_off *struct a",
                "a relocation begins at a struct, a union or an enum at byte 18",
            ),
            ("byte_off struct a", "missing member at byte 17"),
            ("byte_off struct a.", "expected a name at byte 18"),
            ("byte_off struct a.9:u8", "expected a name at byte 18"),
            (
                "byte_off struct a.x",
                "missing type of the member at byte 19",
            ),
            ("byte_off struct a.x:", "unknown type at byte 20"),
            ("byte_off struct a.x:u7", "unknown type at byte 20"),
            (
                "byte_off struct a.x:void",
                "`void` is no type of a value at byte 24",
            ),
            ("byte_off struct a.x:u8 ", "expected `.` or `[` at byte 22"),
            (
                "byte_off struct a.x:*struct b.y:u8",
                "only a struct or a union by value has members at byte 30",
            ),
            (
                "byte_off struct a.x:u8[0]",
                "only an array has elements at byte 23",
            ),
            (
                "byte_off struct a[0]",
                "only an array has elements at byte 18",
            ),
            (
                "byte_off struct a.x:[2]u8[2]",
                "element behind the end of the array at byte 28",
            ),
            (
                "byte_off struct a.x:[0]u64[4294967295]",
                "element too far away at byte 38",
            ),
            (
                "byte_off struct a.x:[4294967295]u128",
                "array too large at byte 36",
            ),
            (
                "byte_off struct a.x:[99999999999]u8",
                "number too large at byte 32",
            ),
            ("byte_off struct a.x:[2u8", "missing `]` at byte 22"),
            (
                "byte_off enum e/u32.A=1",
                "an enum has no members at byte 19",
            ),
            (
                "enumval_value struct a.A=1",
                "a record has no enumerators at byte 22",
            ),
            ("enumval_value enum e/u32", "missing enumerator at byte 24"),
            (
                "enumval_value enum e/u32.A",
                "missing value of the enumerator at byte 26",
            ),
            (
                "enumval_value enum e/u32.A=-9223372036854775809",
                "number too large at byte 47",
            ),
            (
                "enumval_value enum e/u128.A=1",
                "an enum is held by an integer of at most 64 bits at byte 25",
            ),
            ("type_exists struct a.x:u8", "unexpected text at byte 20"),
            (
                "type_exists typedef u8",
                "expected `struct` or `union` at byte 20",
            ),
            (
                "signed struct a.x:*u8",
                "only an integer or an enum has a sign at byte 21",
            ),
            (
                "lshift_u64 struct a.x:u128",
                "only what fits in 64 bits can be shifted at byte 26",
            ),
            (
                "rshift_u64 struct a.x:struct b",
                "only what fits in 64 bits can be shifted at byte 30",
            ),
        ];
        for (text, message) in cases {
            match parse(text) {
                Err(malformed) => assert_eq!(malformed.to_string(), message, "{text}"),
                Ok(request) => panic!("{text}: {request:?}"),
            }
        }
        let deep = format!("byte_off struct a.x:{}u8", "*".repeat(1 << 20));
        assert_eq!(
            parse(&deep).map_err(|malformed| malformed.what),
            Err("type nested too deep")
        );
    }
}
