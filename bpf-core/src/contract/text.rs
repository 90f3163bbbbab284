//! Texts of descriptors, which the compiler composes of pieces in constants.

use core::fmt;

/// A text in a constant. It stays in pieces until a relocation needs its bytes. The compiler interprets
/// constants: a copy for each piece would take longer than the rest of a read.
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
