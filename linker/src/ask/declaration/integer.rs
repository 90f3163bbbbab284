//! The names that kernels have for the integers of C. They depend on the compiler, and on the tool that made the
//! kernel's BTF.

use crate::ask::request::Int;

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
pub(super) struct Dialect {
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
    pub(super) fn all() -> impl Iterator<Item = Self> {
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
    pub(super) fn spelled(self, dialect: Dialect) -> Spelled {
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

#[cfg(test)]
mod tests {
    use super::super::read::tests::whole;

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
