//! The contract between this crate and `bpf-core-linker`: what a relocation
//! asks for, as text, and the undefined functions, the *markers*, that carry it.
//!
//! A macro of this crate leaves a call of a marker behind, and the marker a text, the
//! *descriptor*. The linker replaces the call by LLVM's preserve-access intrinsics, from which
//! LLVM's BPF backend makes the `.BTF.ext` record. There are two ways to give the text:
//!
//! - The symbol of the marker has it, behind [`FIELD_PREFIX`]. A derive knows the text of most
//!   fields, and declares such a marker for each.
//! - The text of any other path is composed by the compiler: a constant, whose address and length
//!   are the first two arguments of [`FIELD_PTR`] or [`INFO`].
//!
//! ```text
//! descriptor = kind " " type step*
//!            | "type_matches " whole
//! kind       = "byte_off" | "byte_sz" | "field_exists" | "signed" | "lshift_u64"
//!            | "rshift_u64" | "type_id_local" | "type_id_target" | "type_exists"
//!            | "type_size" | "enumval_exists" | "enumval_value"
//! step       = "." name ":" type       member, with the type it has
//!            | "[" number "]"          element of the array before it
//!            | "." name "=" number     enumerator, after an enum
//! type       = "u8" | "u16" | "u32" | "u64" | "u128"
//!            | "i8" | "i16" | "i32" | "i64" | "i128" | "bool" | "void"
//!            | "*" type                pointer; a record behind it is a name only
//!            | "[" number "]" type     array; 0 elements: flexible
//!            | "struct " name | "union " name
//!            | "typedef struct " name | "typedef union " name
//!                                      typedef of an unnamed record
//!            | "enum " name "/" type   C enum, with the integer that holds it
//! name       = C identifier, which may end in a flavour: task_struct___v5
//!
//! whole      = record "{" (name ":" part ",")* "}"
//!            | "enum " name "/" type "{" (name "=" number ",")* "}"
//! part       = whole | "*" part | "[" number "]" part
//!            | "u8" | ... | "bool"     as above: `u64` is C's `unsigned long long`
//!            | "usize" | "isize"       C's `unsigned long` and `long`
//!            | "char"                  C's `char`
//!            | record | "void"         behind a pointer; of a record, only the name counts
//!            | "fn(" (part ",")* ")" part   the same, with parameters and result
//! record     = "struct " name | ... | "typedef union " name   as above
//! ```
//!
//! The names of the kinds are libbpf's (`core_relo_kind_str` in `relo_core.c`).
//! The text says nothing of offsets: the linker lays the local type out itself.
//!
//! `byte_off struct task_struct.se:struct sched_entity.vruntime:u64` is an
//! example, `field_exists struct cpumask.bits:[1]u64[0]` another, and
//! `type_matches struct list_head{next:*struct list_head,prev:*struct list_head,}` a third.

use core::fmt;

/// `ptr FIELD_PTR(ptr desc, i64 len, ptr base)`: the address of the field in the
/// record at `base`. Its descriptor is of kind `byte_off`.
pub const FIELD_PTR: &str = "__bpf_core_v1_field_ptr";

/// `i64 INFO(ptr desc, i64 len)`: the number that the descriptor asks for.
pub const INFO: &str = "__bpf_core_v1_info";

/// What the symbol of a marker for one field starts with. Behind it is the descriptor: of kind
/// `byte_off` for `ptr MARKER(ptr base)`, which is the address of the field in the record at
/// `base`, and of another kind for `i64 MARKER()`.
pub const FIELD_PREFIX: &str = "__bpf_core_v1_field ";

/// What every marker of every version starts with, so that a linker can tell one
/// that it does not know.
pub const MARKER_PREFIX: &str = "__bpf_core_v";

/// What the symbol of a kernel function starts with that `kfuncs!` declares; behind it is its
/// prototype, from which the linker makes the name and the BTF.
///
/// ```text
/// prototype = name "(" [type ("," type)*] ")" ("void" | type)
/// type      = "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64" | "bool"
///           | "*" type | "*void" | "*struct " name
/// ```
pub const KFUNC_PREFIX: &str = "__bpf_core_v1_kfunc ";

/// Room for the longest descriptor, in bytes.
pub const CAPACITY: usize = 4096;

/// A text in a constant. It stays in pieces until a relocation needs its bytes: the compiler
/// interprets constants, and to copy a text for each piece of it takes longer than all else that
/// a read costs.
#[derive(Clone, Copy)]
pub struct Text(pub &'static [Piece]);

/// A piece of a [`Text`].
#[derive(Clone, Copy)]
pub enum Piece {
    /// Itself.
    Str(&'static str),
    /// In decimal.
    Number(i128),
    /// Another text.
    Text(Text),
}

impl Text {
    /// Bytes in the text.
    pub const fn len(&self) -> usize {
        let mut len = 0;
        let mut i = 0;
        while i < self.0.len() {
            len += match &self.0[i] {
                Piece::Str(piece) => piece.len(),
                Piece::Number(number) => digits(*number).len(),
                Piece::Text(piece) => piece.len(),
            };
            i += 1;
        }
        len
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes the text to the start of `room`, and gives what is left of that.
    pub(crate) const fn write<'r>(&self, mut room: &'r mut [u8]) -> &'r mut [u8] {
        let mut i = 0;
        while i < self.0.len() {
            room = match &self.0[i] {
                Piece::Str(piece) => write(room, piece.as_bytes()),
                Piece::Number(number) => write(room, digits(*number).as_bytes()),
                Piece::Text(piece) => piece.write(room),
            };
            i += 1;
        }
        room
    }

    /// Whether it is `ty`, or a flavour of it.
    pub(crate) const fn is_declaration_of(&self, ty: &str) -> bool {
        // What a derive makes is one piece.
        let [Piece::Str(text)] = self.0 else {
            return false;
        };
        let (text, ty) = (text.as_bytes(), ty.as_bytes());
        if text.len() < ty.len() {
            return false;
        }
        let (name, flavour) = text.split_at(ty.len());
        let mut i = 0;
        while i < ty.len() {
            if name[i] != ty[i] {
                return false;
            }
            i += 1;
        }
        matches!(flavour, [] | [b'_', b'_', b'_', ..])
    }
}

// `copy_from_slice` is one step of the interpreter, and a loop would be one for each byte.
const fn write<'r>(room: &'r mut [u8], piece: &[u8]) -> &'r mut [u8] {
    let (here, rest) = room.split_at_mut(piece.len());
    here.copy_from_slice(piece);
    rest
}

/// A number in decimal.
struct Digits {
    room: [u8; Self::MOST],
    start: usize,
}

impl Digits {
    /// Those of an `i128`, and its sign.
    const MOST: usize = 40;

    const fn as_bytes(&self) -> &[u8] {
        self.room.split_at(self.start).1
    }

    const fn len(&self) -> usize {
        Self::MOST - self.start
    }
}

const fn digits(number: i128) -> Digits {
    let mut digits = Digits {
        room: [b'-'; Digits::MOST],
        start: Digits::MOST,
    };
    let mut left = number.unsigned_abs();
    loop {
        digits.start -= 1;
        digits.room[digits.start] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if number < 0 {
        digits.start -= 1;
    }
    digits
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Str(piece) => f.write_str(piece),
            Piece::Number(number) => write!(f, "{number}"),
            Piece::Text(piece) => piece.fmt(f),
        })
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::ToString as _;

    use super::{Piece, Text};

    /// The compiler writes the bytes of a descriptor, and the tests print it.
    #[test]
    fn the_bytes_are_the_text() {
        const VALUE: Text = Text(&[Piece::Str("A="), Piece::Number(-128)]);
        const TEXT: Text = Text(&[
            Piece::Str("enum e/i8."),
            Piece::Text(VALUE),
            Piece::Str("["),
            Piece::Number(0),
            Piece::Number(i128::MIN),
            Piece::Text(Text(&[])),
        ]);
        const BYTES: [u8; TEXT.len() + 1] = {
            let mut room = [b'.'; TEXT.len() + 1];
            assert!(TEXT.write(&mut room).len() == 1);
            room
        };
        let text = core::str::from_utf8(&BYTES).unwrap_or_default();
        assert_eq!(
            text,
            "enum e/i8.A=-128[0-170141183460469231731687303715884105728."
        );
        assert_eq!(TEXT.to_string() + ".", text);
    }
}
