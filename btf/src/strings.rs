//! The string section of BTF, for lookups by offset.

use std::borrow::Cow;
use std::ffi::CStr;

use crate::bytes::Window;
use crate::error::{Error, ErrorKind};

/// Strings, each of which ends with a NUL.
pub(crate) struct Strings<'a> {
    text: Cow<'a, str>,
    /// Bytes of the section.
    pub(crate) len: u32,
    /// Offsets of the bytes that are not UTF-8, in order. Each is one byte longer in `text`.
    foreign: Vec<u32>,
}

impl<'a> Strings<'a> {
    /// `btf_parse_str_sec` of libbpf. Compilers copy lines of source text as they are, so a comment
    /// may be in any encoding; bytes that are not UTF-8 are taken for Latin-1.
    pub(crate) fn read(section: Window<'a>, split: bool) -> Result<Self, Error> {
        let bytes = section.bytes;
        let well_formed = match bytes {
            [] => split,
            [first, .., last] => *last == 0 && (split || *first == 0),
            [only] => *only == 0,
        };
        let len = u32::try_from(bytes.len()).ok().filter(|_| well_formed);
        let Some(len) = len else {
            return section.error(0, ErrorKind::BadStringSection);
        };
        let (text, foreign) = match core::str::from_utf8(bytes) {
            Ok(text) => (text.into(), Vec::new()),
            Err(_) => latin1(bytes),
        };
        Ok(Self { text, len, foreign })
    }

    /// The string at this offset.
    pub(crate) fn at(&self, offset: u32) -> Option<&str> {
        let tail = self.text.get(self.place(offset)?..)?;
        let text = CStr::from_bytes_until_nul(tail.as_bytes()).ok()?;
        Some(&tail[..text.count_bytes()])
    }

    /// The bytes from this offset on. There are none if it is no string's.
    pub(crate) fn bytes_at(&self, offset: u32) -> &[u8] {
        let bytes = self
            .place(offset)
            .map(|place| self.text.as_bytes().get(place..));
        bytes.flatten().unwrap_or_default()
    }

    /// Whether every offset in the section begins a string.
    pub(crate) fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }

    /// Whether [`Strings::at`] finds something, without looking for its end.
    pub(crate) fn has(&self, offset: u32) -> bool {
        let place = self.place(offset);
        place.is_some_and(|place| self.text.is_char_boundary(place))
    }

    /// Where the byte of this offset is in `text`.
    fn place(&self, offset: u32) -> Option<usize> {
        let longer = self.foreign.partition_point(|&foreign| foreign < offset);
        (offset < self.len).then(|| offset as usize + longer)
    }
}

fn latin1<'a>(bytes: &[u8]) -> (Cow<'a, str>, Vec<u32>) {
    let (mut text, mut foreign) = (String::new(), Vec::new());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for &byte in chunk.invalid() {
            foreign.push((text.len() - foreign.len()) as u32);
            text.push(byte.into());
        }
    }
    (text.into(), foreign)
}
