//! Reads a whole type from the text of a descriptor.

use super::{Declaration, Integer};
use crate::ask::descriptor::{Malformed, Reader};
use crate::ask::request::{Enum, LARGEST, Record, Type};

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
pub(super) mod tests {
    use super::*;
    use crate::ask::descriptor::parse;
    use crate::ask::request::{Int, Request};

    pub(crate) fn whole(text: &str) -> Result<Declaration, Malformed> {
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
}
