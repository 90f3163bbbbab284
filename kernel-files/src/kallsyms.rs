//! The symbols of an unpacked kernel, out of the table that it prints as `/proc/kallsyms`.
//!
//! The table has no header, so it is found by what must be in it: the tokens of the digits stand in a
//! row, an index leads to each token, and markers lead to every 256th name. Addresses are not needed: the
//! table is in their order.
//!
//! Source: `scripts/kallsyms.c`, `kernel/kallsyms.c`.

use std::ops::Range;

use memchr::memmem;

/// A symbol of a kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Symbol {
    pub(crate) name: String,
    /// As `nm` prints it: `T` and `t` for code.
    pub(crate) letter: u8,
}

/// No table of names is larger.
const LARGEST: usize = 16 << 20;

/// Names between two markers.
const STRIDE: usize = 256;

/// The symbols in the order of their addresses, or nothing if the image has no table.
pub(crate) fn symbols(image: &[u8]) -> Option<Vec<Symbol>> {
    let digits: Vec<u8> = (b'0'..=b'9').flat_map(|digit| [digit, 0]).collect();
    memmem::find_iter(image, &digits).find_map(|at| {
        [true, false].into_iter().find_map(|is_little| {
            let data = Data { image, is_little };
            let tokens = Tokens::around(data, at)?;
            let names = Names::before(data, tokens.place.start)?;
            names.symbols(data, &tokens)
        })
    })
}

/// An image, and the byte order of its numbers.
#[derive(Clone, Copy)]
struct Data<'a> {
    image: &'a [u8],
    is_little: bool,
}

impl Data<'_> {
    fn number<const N: usize>(&self, at: usize) -> Option<u64> {
        let bytes = self.image.get(at..at.checked_add(N)?)?;
        let add = |all: u64, byte: &u8| all << 8 | u64::from(*byte);
        Some(if self.is_little {
            bytes.iter().rev().fold(0, add)
        } else {
            bytes.iter().fold(0, add)
        })
    }

    fn count<const N: usize>(&self, at: usize) -> Option<usize> {
        usize::try_from(self.number::<N>(at)?).ok()
    }
}

/// 256 texts that names are made of.
struct Tokens<'a> {
    texts: Vec<&'a [u8]>,
    /// The texts and their index.
    place: Range<usize>,
}

impl<'a> Tokens<'a> {
    /// The tokens of which those of the digits stand here.
    fn around(data: Data<'a>, digits: usize) -> Option<Self> {
        const COUNT: usize = 256;
        let zero = usize::from(b'0');
        let mut end = digits;
        for _ in zero..COUNT {
            end += data.image.get(end..)?.iter().position(|byte| *byte == 0)? + 1;
        }
        // The index is aligned, in the kernel's memory and not in the file.
        (end..end + 16).find_map(|index| {
            let entry = |token: usize| data.count::<2>(index + 2 * token);
            let start = digits.checked_sub(entry(zero)?)?;
            let mut texts = Vec::with_capacity(COUNT);
            let mut expected = 0;
            for token in 0..COUNT {
                if entry(token)? != expected {
                    return None;
                }
                let rest = data.image.get(start + expected..end)?;
                let text = &rest[..rest.iter().position(|byte| *byte == 0)?];
                expected += text.len() + 1;
                texts.push(text);
            }
            (start + expected == end).then_some(Self {
                texts,
                place: start..index + 2 * COUNT,
            })
        })
    }
}

/// Where the names are, each behind its length.
struct Names {
    count: usize,
    start: usize,
}

impl Names {
    /// The names whose markers stand before `end`, with at most three bytes a name between.
    fn before(data: Data<'_>, end: usize) -> Option<Self> {
        let lowest = end.saturating_sub(LARGEST);
        let mut at = end.checked_sub(8)?;
        while at > lowest {
            // The first name is at 0, the 257th behind at least 512 bytes.
            let is_start = data.number::<4>(at)? == 0
                && data
                    .number::<4>(at + 4)
                    .is_some_and(|second| (512..1 << 16).contains(&second));
            if let Some(names) = is_start
                .then(|| Self::with_markers(data, at, end))
                .flatten()
            {
                return Some(names);
            }
            at -= 1;
        }
        None
    }

    fn with_markers(data: Data<'_>, markers: usize, end: usize) -> Option<Self> {
        let mut offsets = vec![0];
        for at in (markers + 4..end).step_by(4) {
            let next = data.count::<4>(at)?;
            let last = *offsets.last()?;
            if !(last + 2 * STRIDE..last + (STRIDE << 8)).contains(&next) {
                break;
            }
            offsets.push(next);
        }
        // What follows the markers may look like one more.
        while offsets.len() > 1 {
            if let Some(names) = Self::with_offsets(data, markers, &offsets) {
                return Some(names);
            }
            offsets.pop();
        }
        None
    }

    /// The number of names stands before them, aligned like a pointer.
    fn with_offsets(data: Data<'_>, markers: usize, offsets: &[usize]) -> Option<Self> {
        let highest = markers.checked_sub(*offsets.last()?)?;
        let lowest = highest.saturating_sub(STRIDE << 8);
        let counts = (offsets.len() - 1) * STRIDE + 1..=offsets.len() * STRIDE;
        (lowest..highest).rev().find_map(|start| {
            [8, 4].into_iter().find_map(|width| {
                let count = data.count::<4>(start.checked_sub(width)?)?;
                let names = Self { count, start };
                (counts.contains(&count) && names.agree(data, offsets, markers)?).then_some(names)
            })
        })
    }

    /// Whether the names lead to where the markers point.
    fn agree(&self, data: Data<'_>, offsets: &[usize], markers: usize) -> Option<bool> {
        let mut at = self.start;
        for name in 0..self.count {
            if name % STRIDE == 0 && offsets[name / STRIDE] != at - self.start {
                return Some(false);
            }
            at = token_numbers(data, at)?.end;
        }
        Some((at..at + 16).contains(&markers))
    }

    fn symbols(&self, data: Data<'_>, tokens: &Tokens<'_>) -> Option<Vec<Symbol>> {
        let mut at = self.start;
        let mut symbols = Vec::with_capacity(self.count);
        for _ in 0..self.count {
            let place = token_numbers(data, at)?;
            at = place.end;
            let text: Vec<u8> = data.image[place]
                .iter()
                .flat_map(|token| tokens.texts[usize::from(*token)])
                .copied()
                .collect();
            let (letter, name) = text.split_first()?;
            symbols.push(Symbol {
                name: String::from_utf8(name.to_vec()).ok()?,
                letter: *letter,
            });
        }
        Some(symbols)
    }
}

/// Where the numbers of a name's tokens are. From 6.1 on a length may have two bytes, low bits first.
fn token_numbers(data: Data<'_>, at: usize) -> Option<Range<usize>> {
    let first = usize::from(*data.image.get(at)?);
    let (start, len) = if first & 0x80 == 0 {
        (at + 1, first)
    } else {
        let second = usize::from(*data.image.get(at + 1)?);
        (at + 2, first & 0x7f | second << 7)
    };
    let end = start + len;
    (len > 0 && end <= data.image.len()).then_some(start..end)
}
