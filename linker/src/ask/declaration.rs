//! Whole types, as `core_type_matches` compares them and as prototypes have them.
//!
//! A local type of [`layout`](crate::lower::layout) is another thing. It has the members of all inputs,
//! its pointers lead to names only, and its integers have Rust's names. A match compares one declaration with
//! all behind its pointers, and compares C's names of integers (`__bpf_core_types_match` in libbpf's
//! `relo_core.c`).

use crate::ask::descriptor::{Malformed, Reader};
use crate::ask::request::{Enum, Int, LARGEST, Record, Type};

/// A type of the grammar, as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Declaration<I = Integer> {
    /// `void`.
    Void,
    /// An integer or a `bool`.
    Integer(I),
    /// A pointer.
    Pointer(Box<Self>),
    /// An array; of 0 elements if it is flexible.
    Array(u32, Box<Self>),
    /// A function behind a pointer: parameters, result.
    Function(Vec<Self>, Box<Self>),
    /// A record behind a pointer, of which only the name counts.
    Name(Record),
    /// A record, with the members to compare.
    Record(Record, Vec<(String, Self)>),
    /// An enum, with the enumerators to compare.
    Enum(Enum, Vec<(String, i64)>),
}

/// An integer type of C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Integer {
    /// The kernel's own type of this width, such as `u32`.
    Fixed(Int),
    /// `long`
    Long,
    /// `unsigned long`
    UnsignedLong,
    /// `char`
    Char,
}

/// An integer as a kernel's BTF has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Spelled {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its size and sign.
    pub(crate) int: Int,
}

/// How a kernel's BTF tells the integers of C.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dialect {
    names: Names,
    signs: Signs,
}

#[derive(Clone, Copy, Debug)]
enum Names {
    /// `long unsigned int`
    Gcc,
    /// `unsigned long`
    Clang,
}

/// Whether `char` and `signed char` have a sign.
#[derive(Clone, Copy, Debug)]
enum Signs {
    /// Where `char` is unsigned: on x86 from Linux 6.2 (`-funsigned-char`).
    SignedChar,
    /// Where it is signed.
    Both,
    /// No signs: the pahole that made the BTF of Linux 5.10 did not write them.
    Neither,
}

impl Dialect {
    /// All that are known.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        [Names::Gcc, Names::Clang].into_iter().flat_map(|names| {
            [Signs::SignedChar, Signs::Both, Signs::Neither].map(|signs| Self { names, signs })
        })
    }
}

impl From<Integer> for Int {
    fn from(integer: Integer) -> Self {
        match integer {
            Integer::Fixed(int) => int,
            Integer::Long => Self::Signed(64),
            Integer::UnsignedLong => Self::Unsigned(64),
            Integer::Char => Self::Unsigned(8),
        }
    }
}

/// In the words of Rust.
impl From<Int> for Spelled {
    fn from(int: Int) -> Self {
        let name = int.name();
        Self { name, int }
    }
}

impl From<Spelled> for Int {
    fn from(spelled: Spelled) -> Self {
        spelled.int
    }
}

impl Integer {
    fn spelled(self, dialect: Dialect) -> Spelled {
        let (gcc, clang) = match self {
            Self::Char => ("char", "char"),
            Self::Long => ("long int", "long"),
            Self::UnsignedLong => ("long unsigned int", "unsigned long"),
            Self::Fixed(Int::Bool) => ("_Bool", "_Bool"),
            Self::Fixed(Int::Signed(bits)) => match bits {
                8 => ("signed char", "signed char"),
                16 => ("short int", "short"),
                32 => ("int", "int"),
                64 => ("long long int", "long long"),
                _ => ("__int128", "__int128"),
            },
            Self::Fixed(Int::Unsigned(bits)) => match bits {
                8 => ("unsigned char", "unsigned char"),
                16 => ("short unsigned int", "unsigned short"),
                32 => ("unsigned int", "unsigned int"),
                64 => ("long long unsigned int", "unsigned long long"),
                _ => ("__int128 unsigned", "unsigned __int128"),
            },
        };
        let int = match (self, dialect.signs) {
            (Self::Fixed(Int::Signed(8)), Signs::Neither) => Int::Unsigned(8),
            (Self::Char, Signs::Both) => Int::Signed(8),
            _ => self.into(),
        };
        let name = match dialect.names {
            Names::Gcc => gcc,
            Names::Clang => clang,
        };
        Spelled { name, int }
    }
}

impl Declaration {
    /// The names of records and enums in it.
    pub(crate) fn names(&self, visit: &mut impl FnMut(&String)) {
        match self {
            Self::Void | Self::Integer(_) => {}
            Self::Pointer(of) | Self::Array(_, of) => of.names(visit),
            Self::Function(parameters, result) => {
                parameters.iter().for_each(|of| of.names(visit));
                result.names(visit);
            }
            Self::Name(record) => visit(&record.name),
            Self::Enum(of, _) => visit(&of.name),
            Self::Record(record, members) => {
                visit(&record.name);
                members.iter().for_each(|(_, of)| of.names(visit));
            }
        }
    }

    /// The type in each dialect, without repeats.
    pub(crate) fn spelled(&self) -> Vec<Declaration<Spelled>> {
        let mut all = Vec::new();
        for dialect in Dialect::all() {
            let of = self.map(&|integer| integer.spelled(dialect), &mut |_, name| {
                name.to_owned()
            });
            if !all.contains(&of) {
                all.push(of);
            }
        }
        all
    }
}

impl Declaration<Spelled> {
    /// The type with other names for its records and enums.
    pub(crate) fn renamed(&self, rename: &mut impl FnMut(&Self, &str) -> String) -> Self {
        self.map(&|integer| integer, rename)
    }
}

impl<I: Copy + Into<Int>> Declaration<I> {
    /// Size and alignment in bytes. Nothing compares them, but BTF has them.
    pub(crate) fn room(&self) -> (u64, u64) {
        match self {
            Self::Void | Self::Function(..) | Self::Name(_) => (0, 1),
            Self::Integer(of) => {
                let int: Int = (*of).into();
                (int.size(), int.size())
            }
            Self::Pointer(_) => (8, 8),
            Self::Enum(of, _) => (of.holder.size(), of.holder.size()),
            Self::Array(count, of) => {
                let (size, align) = of.room();
                (size.saturating_mul(u64::from(*count)), align)
            }
            Self::Record(record, members) => {
                let Room { size, align, .. } = Room::of(record, members);
                (size, align)
            }
        }
    }
}

impl<I: Copy> Declaration<I> {
    fn map<J: Copy>(
        &self,
        integer: &impl Fn(I) -> J,
        rename: &mut impl FnMut(&Self, &str) -> String,
    ) -> Declaration<J> {
        match self {
            Self::Void => Declaration::Void,
            Self::Integer(of) => Declaration::Integer(integer(*of)),
            Self::Pointer(of) => Declaration::Pointer(Box::new(of.map(integer, rename))),
            Self::Array(count, of) => Declaration::Array(*count, Box::new(of.map(integer, rename))),
            Self::Function(parameters, result) => {
                let parameters = parameters.iter().map(|of| of.map(integer, rename));
                let parameters = parameters.collect();
                Declaration::Function(parameters, Box::new(result.map(integer, rename)))
            }
            Self::Name(record) => Declaration::Name(record.clone()),
            Self::Record(record, members) => {
                let parts = members
                    .iter()
                    .map(|(name, of)| (name.clone(), of.map(integer, rename)));
                let parts = parts.collect();
                let record = Record {
                    name: rename(self, &record.name),
                    ..record.clone()
                };
                Declaration::Record(record, parts)
            }
            Self::Enum(of, enumerators) => {
                let of = Enum {
                    name: rename(self, &of.name),
                    ..of.clone()
                };
                Declaration::Enum(of, enumerators.clone())
            }
        }
    }
}

/// The places of a record's members.
pub(crate) struct Room {
    /// One for each member, in bytes.
    pub(crate) offsets: Vec<u64>,
    /// In bytes.
    pub(crate) size: u64,
    /// In bytes.
    pub(crate) align: u64,
}

impl Room {
    /// Those that C gives them.
    pub(crate) fn of<I: Copy + Into<Int>>(
        record: &Record,
        members: &[(String, Declaration<I>)],
    ) -> Self {
        let (mut offsets, mut size, mut align) = (Vec::new(), 0_u64, 1);
        for (_, of) in members {
            let (its_size, its_align) = of.room();
            let offset = match record.union {
                true => 0,
                false => round_up(size, its_align),
            };
            offsets.push(offset);
            size = size.max(offset.saturating_add(its_size));
            align = align.max(its_align);
        }
        Self {
            offsets,
            size: round_up(size, align),
            align,
        }
    }
}

fn round_up(size: u64, align: u64) -> u64 {
    size.checked_next_multiple_of(align).unwrap_or(size)
}

/// Where a type stands, which decides what it may be.
#[derive(Clone, Copy, PartialEq)]
enum Stands {
    InPlace,
    BehindPointer,
}

impl Reader<'_> {
    /// A record or an enum with all its parts.
    pub(crate) fn whole(&mut self) -> Result<Declaration, Malformed> {
        let of = self.part(Stands::InPlace)?;
        match of {
            Declaration::Record(..) | Declaration::Enum(..) => Ok(of),
            _ => Err(self.malformed("only a struct, a union or an enum can match")),
        }
    }

    fn part(&mut self, stands: Stands) -> Result<Declaration, Malformed> {
        self.nested(|reader| reader.part_at_depth(stands))
    }

    fn part_at_depth(&mut self, stands: Stands) -> Result<Declaration, Malformed> {
        const CS_OWN: [(&str, Integer); 3] = [
            ("usize", Integer::UnsignedLong),
            ("isize", Integer::Long),
            ("char", Integer::Char),
        ];
        if self.take("*") {
            let pointee = self.part(Stands::BehindPointer)?;
            return Ok(Declaration::Pointer(Box::new(pointee)));
        }
        if self.take("[") {
            let count = self.number()?;
            self.expect("]", "missing `]`")?;
            let of = Declaration::Array(count, Box::new(self.part(stands)?));
            return self.of_bounded_size(of);
        }
        if stands == Stands::BehindPointer && self.take("fn(") {
            let mut parameters = Vec::new();
            while !self.take(")") {
                parameters.push(self.part(Stands::BehindPointer)?);
                self.expect(",", "missing `,` behind the parameter")?;
            }
            let result = self.part(Stands::BehindPointer)?;
            return Ok(Declaration::Function(parameters, Box::new(result)));
        }
        if let Some((_, integer)) = CS_OWN.iter().find(|(word, _)| self.take_word(word)) {
            return Ok(Declaration::Integer(*integer));
        }
        match self.pointee()? {
            Some(Type::Int(int)) => Ok(Declaration::Integer(Integer::Fixed(int))),
            Some(Type::Enum(of)) => self.enumerators(of),
            Some(Type::Record(record)) if self.take("{") => self.members(record),
            Some(Type::Record(record)) if stands == Stands::BehindPointer => {
                Ok(Declaration::Name(record))
            }
            None if stands == Stands::BehindPointer => Ok(Declaration::Void),
            _ => Err(self.malformed("only a pointer leads to a type without its parts")),
        }
    }

    fn members(&mut self, record: Record) -> Result<Declaration, Malformed> {
        let mut members = Vec::new();
        while !self.take("}") {
            let name = self.name()?;
            self.expect(":", "missing type of the member")?;
            members.push((name, self.part(Stands::InPlace)?));
            self.expect(",", "missing `,` behind the member")?;
        }
        self.of_bounded_size(Declaration::Record(record, members))
    }

    fn enumerators(&mut self, of: Enum) -> Result<Declaration, Malformed> {
        self.expect("{", "missing enumerators")?;
        let mut enumerators = Vec::new();
        while !self.take("}") {
            let name = self.name()?;
            self.expect("=", "missing value of the enumerator")?;
            enumerators.push((name, self.enumerator_value()?));
            self.expect(",", "missing `,` behind the enumerator")?;
        }
        Ok(Declaration::Enum(of, enumerators))
    }

    fn of_bounded_size(&self, of: Declaration) -> Result<Declaration, Malformed> {
        match of.room().0 > LARGEST {
            true => Err(self.malformed("type too large")),
            false => Ok(of),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::descriptor::parse;
    use crate::ask::request::Request;

    fn whole(text: &str) -> Result<Declaration, Malformed> {
        match parse(&format!("type_matches {text}"))? {
            Request::Match(of) => Ok(of),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn members_and_enumerators() {
        let pointer = |to| Declaration::Pointer(Box::new(to));
        let record = |name: &str| Record {
            name: name.to_owned(),
            union: false,
            typedef: false,
        };
        let int = Declaration::Integer(Integer::Fixed(Int::Signed(32)));
        let color = Enum {
            name: "color".to_owned(),
            holder: Int::Unsigned(8),
        };
        let color = Declaration::Enum(color, vec![("RED".to_owned(), -1)]);
        let function =
            Declaration::Function(vec![int, pointer(color)], Box::new(Declaration::Void));
        let tail = Declaration::Array(0, Box::new(Declaration::Integer(Integer::Char)));
        let inner = vec![
            ("call".to_owned(), pointer(function)),
            ("tail".to_owned(), tail),
        ];
        let members = vec![
            (
                "next".to_owned(),
                pointer(Declaration::Name(record("node"))),
            ),
            (
                "inner".to_owned(),
                Declaration::Record(record("inner"), inner),
            ),
        ];
        assert_eq!(
            whole(
                "struct node{next:*struct node,inner:struct inner\
                 {call:*fn(i32,*enum color/u8{RED=-1,},)void,tail:[0]char,},}"
            ),
            Ok(Declaration::Record(record("node"), members))
        );
        assert_eq!(whole("struct s{}").map(|of| of.room()), Ok((0, 1)));
        assert_eq!(
            whole("struct s{a:u8,b:u64,c:u8,}").map(|of| of.room()),
            Ok((24, 8))
        );
        assert_eq!(
            whole("union s{a:u8,b:[3]u16,}").map(|of| of.room()),
            Ok((6, 2))
        );
    }

    #[test]
    fn what_is_no_declaration() {
        for (text, what) in [
            ("struct s", "only a pointer leads to"),
            ("u32", "only a struct"),
            ("*struct s{}", "only a struct"),
            ("struct s{x:void,}", "only a pointer leads to"),
            ("struct s{x:struct t,}", "only a pointer leads to"),
            ("struct s{x:fn()void,}", "unknown type"),
            ("struct s{x:u32}", "missing `,` behind the member"),
            ("struct s{x u32,}", "missing type of the member"),
            ("struct s{x:u32,", "expected a name"),
            ("struct s{}x", "unexpected text"),
            ("struct s{x:charm,}", "unknown type"),
            ("struct s{x:[268435456]u64,}", "type too large"),
            ("struct s{x:[4294967295][4294967295]u64,}", "type too large"),
            (
                "struct s{x:[268435456]u8,y:[268435456]u8,}",
                "type too large",
            ),
            ("enum e/u32", "missing enumerators"),
            ("enum e/u32{A,}", "missing value of the enumerator"),
            (
                "struct s{x:*fn(u32)void,}",
                "missing `,` behind the parameter",
            ),
        ] {
            let malformed = whole(text).err().map(|malformed| malformed.what);
            assert!(
                malformed.is_some_and(|found| found.starts_with(what)),
                "{text}: {malformed:?}"
            );
        }
        let deep = format!("struct s{{x:{}u8,}}", "*".repeat(100));
        assert_eq!(
            whole(&deep).err().map(|m| m.what),
            Some("type nested too deep")
        );
    }

    #[test]
    fn dialects_that_differ() {
        for (of, dialects) in [
            ("u8", 1),
            ("bool", 1),
            ("i32", 1),
            ("*struct t", 1),
            ("u64", 2),
            ("[2]u16", 2),
            ("*usize", 2),
            ("*fn(*isize,)i32", 2),
            ("struct t{x:i64,}", 2),
            ("*char", 2),
            ("i8", 2),
            ("struct t{x:char,y:i8,}", 3),
            ("struct t{x:char,y:i64,}", 4),
            ("struct t{x:char,y:i64,z:i8,}", 6),
        ] {
            let of_member = whole(&format!("struct s{{x:{of},}}"));
            let spelled = of_member.map(|of| of.spelled().len());
            assert_eq!(spelled, Ok(dialects), "{of}");
        }
    }
}
