//! Reading integers of either byte order out of a slice.

use crate::error::{Error, ErrorKind};

/// The byte order of a BTF blob, told by its magic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endian {
    /// Least significant byte first (`bpfel`).
    Little,
    /// Most significant byte first (`bpfeb`).
    Big,
}

impl Endian {
    pub(crate) fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    pub(crate) fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    #[cfg(feature = "object")]
    pub(crate) fn u64(self, bytes: [u8; 8]) -> u64 {
        match self {
            Self::Little => u64::from_le_bytes(bytes),
            Self::Big => u64::from_be_bytes(bytes),
        }
    }

    pub(crate) fn put_u16(self, value: u16) -> [u8; 2] {
        match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        }
    }

    pub(crate) fn put_u32(self, value: u32) -> [u8; 4] {
        match self {
            Self::Little => value.to_le_bytes(),
            Self::Big => value.to_be_bytes(),
        }
    }
}

/// The `index`th 32-bit word of a record. The length of records is checked while parsing, so a
/// word outside one is a bug of this crate and not of the input.
#[inline]
pub(crate) fn word(endian: Endian, record: &[u8], index: usize) -> u32 {
    let at = index * 4;
    endian.u32([record[at], record[at + 1], record[at + 2], record[at + 3]])
}

/// A window into the input that still knows its distance from the start, for error offsets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) start: usize,
    pub(crate) endian: Endian,
}

impl<'a> Window<'a> {
    pub(crate) fn u32_at(self, at: usize, what: &'static str) -> Result<u32, Error> {
        let bytes = at
            .checked_add(4)
            .and_then(|end| self.bytes.get(at..end))
            .ok_or(Error {
                kind: ErrorKind::Truncated(what),
                offset: self.start + self.bytes.len(),
            })?;
        Ok(word(self.endian, bytes, 0))
    }

    /// The part `[at, at + len)`. Lengths come from the input, so the sum is made in 64 bits.
    pub(crate) fn part(self, at: u64, len: u64, what: &'static str) -> Result<Self, Error> {
        let cut_off = Error {
            kind: ErrorKind::Truncated(what),
            offset: self.start + self.bytes.len(),
        };
        let from = usize::try_from(at).map_err(|_| cut_off)?;
        let to = usize::try_from(at.saturating_add(len)).map_err(|_| cut_off)?;
        let bytes = self.bytes.get(from..to).ok_or(cut_off)?;
        Ok(Self {
            bytes,
            start: self.start + from,
            endian: self.endian,
        })
    }

    pub(crate) fn error<T>(self, at: usize, kind: ErrorKind) -> Result<T, Error> {
        Err(Error {
            kind,
            offset: self.start + at,
        })
    }
}
