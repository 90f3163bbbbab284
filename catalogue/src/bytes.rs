//! Numbers and strings as they lie in a catalogue: LEB128 and length-prefixed UTF-8.

use crate::error::Damaged;

/// Writes an unsigned number, 7 bits a byte, low bits first.
pub(crate) fn put_number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Writes a signed number so that small ones of either sign are short.
pub(crate) fn put_signed(out: &mut Vec<u8>, value: i64) {
    put_number(out, ((value << 1) ^ (value >> 63)).cast_unsigned());
}

/// Writes a string behind its length.
pub(crate) fn put_string(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Writes a text with a 0 behind it.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(until_zero(text).as_bytes());
    out.push(0);
}

/// A text as C sees it: damaged files have texts with a 0 in them.
pub(crate) fn until_zero(text: &str) -> &str {
    text.split('\0').next().unwrap_or_default()
}

/// Reads what the functions above wrote, from the front of a slice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Damaged> {
        let (first, rest) = self.rest.split_first().ok_or(Damaged("ends early"))?;
        self.rest = rest;
        Ok(*first)
    }

    pub(crate) fn number(&mut self) -> Result<u64, Damaged> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Damaged("has a number of more than 64 bits"))
    }

    /// A number that counts or measures something in memory.
    pub(crate) fn count(&mut self) -> Result<usize, Damaged> {
        usize::try_from(self.number()?).map_err(|_| Damaged("has a count that is too large"))
    }

    pub(crate) fn word(&mut self) -> Result<u32, Damaged> {
        u32::try_from(self.number()?).map_err(|_| Damaged("has a number of more than 32 bits"))
    }

    pub(crate) fn signed(&mut self) -> Result<i64, Damaged> {
        let value = self.number()?;
        Ok((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Result<&'a [u8], Damaged> {
        let (taken, rest) = self
            .rest
            .split_at_checked(len)
            .ok_or(Damaged("ends early"))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The bytes from here to where another reader of the same bytes is.
    pub(crate) fn until(&self, end: &Self) -> &'a [u8] {
        &self.rest[..self.rest.len() - end.rest.len()]
    }

    /// A text up to a 0.
    pub(crate) fn text(&mut self) -> Result<&'a str, Damaged> {
        str::from_utf8(self.skip_text()?).map_err(|_| Damaged("has a name that is not UTF-8"))
    }

    /// The bytes of a text up to a 0.
    pub(crate) fn skip_text(&mut self) -> Result<&'a [u8], Damaged> {
        let end = self.rest.iter().position(|byte| *byte == 0);
        let text = self.bytes(end.ok_or(Damaged("ends early"))?)?;
        self.byte()?;
        Ok(text)
    }

    pub(crate) fn string(&mut self) -> Result<&'a str, Damaged> {
        let len = self.count()?;
        str::from_utf8(self.bytes(len)?).map_err(|_| Damaged("has a name that is not UTF-8"))
    }
}

/// FNV-1a of 64 bits: tells bodies apart, and finds bytes that changed by accident.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    hash_of([bytes])
}

/// The same of bytes that lie in several places.
pub(crate) fn hash_of<const N: usize>(parts: [&[u8]; N]) -> u64 {
    parts
        .into_iter()
        .flatten()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_strings_come_back() {
        let numbers = [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX];
        let signed = [0, -1, 1, -64, 64, i64::MIN, i64::MAX];
        let mut out = Vec::new();
        numbers.iter().for_each(|n| put_number(&mut out, *n));
        signed.iter().for_each(|n| put_signed(&mut out, *n));
        put_string(&mut out, "task_struct");
        put_text(&mut out, "comm");
        let mut reader = Reader::new(&out);
        for number in numbers {
            assert_eq!(reader.number(), Ok(number));
        }
        for number in signed {
            assert_eq!(reader.signed(), Ok(number));
        }
        assert_eq!(reader.string(), Ok("task_struct"));
        assert_eq!(reader.text(), Ok("comm"));
        assert!(reader.is_empty());
        assert_eq!(reader.byte(), Err(Damaged("ends early")));
    }

    #[test]
    fn a_number_of_eleven_bytes_is_refused() {
        assert!(Reader::new(&[0xff; 11]).number().is_err());
    }
}
