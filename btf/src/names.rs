//! An index from essential names, which are names without their flavours, to types.

use std::sync::OnceLock;

/// The names of a blob's types: offsets of strings, and an index once one is asked for.
#[derive(Debug)]
pub(crate) struct Names {
    strings: Vec<u32>,
    index: OnceLock<NameIndex>,
}

impl Names {
    /// The names of types in the order of their ids. Those without a name have offset 0.
    pub(crate) fn new(strings: Vec<u32>) -> Self {
        Self {
            strings,
            index: OnceLock::new(),
        }
    }

    /// Which types begin with this essential name, in ascending order: it and its flavours, and others. `bytes_at`
    /// gives the bytes from a string on.
    pub(crate) fn starting_with<'n>(
        &self,
        essential: &str,
        bytes_at: impl Fn(u32) -> &'n [u8],
    ) -> impl Iterator<Item = u32> {
        let build = || NameIndex::build(self.strings.iter().map(|string| bytes_at(*string)));
        let index = self.index.get_or_init(build);
        index.bucket_of(essential.as_bytes()).filter(move |at| {
            let bytes = bytes_at(self.strings[*at as usize]);
            bytes.starts_with(essential.as_bytes())
        })
    }
}

/// Types by the start of their essential name, as chains through one array: building it is one pass over the names.
#[derive(Debug)]
struct NameIndex {
    heads: Vec<u32>,
    next: Vec<u32>,
}

const END: u32 = u32::MAX;

impl NameIndex {
    /// `names` yields the bytes that each name begins.
    fn build<'n>(names: impl ExactSizeIterator<Item = &'n [u8]> + DoubleEndedIterator) -> Self {
        let count = names.len();
        let mut index = Self {
            heads: vec![END; count.next_power_of_two()],
            next: vec![END; count],
        };
        // From the last to the first, so that a chain ascends: candidates come in the order of ids.
        for (at, name) in names.enumerate().rev() {
            if name.first().is_none_or(|first| *first == 0) {
                continue;
            }
            let bucket = index.bucket(name);
            index.next[at] = index.heads[bucket];
            index.heads[bucket] = at as u32;
        }
        index
    }

    fn bucket_of(&self, essential: &[u8]) -> impl Iterator<Item = u32> {
        let mut at = match essential {
            [] => END,
            _ => self.heads[self.bucket(essential)],
        };
        core::iter::from_fn(move || {
            let found = (at != END).then_some(at)?;
            at = self.next[found as usize];
            Some(found)
        })
    }

    fn bucket(&self, name: &[u8]) -> usize {
        // The upper half of the product depends on all bytes.
        let hash = start(name).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        hash as usize & (self.heads.len() - 1)
    }
}

/// The first six bytes of a name, up to a NUL or to `___`: what is before `___` a name has in common with all its
/// flavours. A vmlinux has 100,000 names, and to read each to its end takes longer than to compare those that begin
/// alike with the one that is asked for.
fn start(name: &[u8]) -> u64 {
    let word = match name.first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => {
            let bytes = name.iter().rev();
            bytes.fold(0, |word, byte| word << 8 | u64::from(*byte))
        }
    };
    let underscores = zeros(word ^ (EACH * u64::from(b'_')));
    let separator = underscores & underscores >> 8 & underscores >> 16;
    // No separator that begins later is seen.
    let end = (zeros(word) | separator | 0x80 << 48).trailing_zeros() / 8;
    word & !(u64::MAX << (end * 8))
}

const EACH: u64 = 0x0101_0101_0101_0101;

/// The highest bit of each byte that is zero.
fn zeros(word: u64) -> u64 {
    const LOW: u64 = EACH * 0x7f;
    !(((word & LOW) + LOW) | word | LOW)
}

#[cfg(test)]
mod tests {
    use super::{Names, start};

    #[test]
    fn a_name_starts_as_its_flavours_do() {
        let is = |name: &str, expected: &str| {
            let bytes = start(name.as_bytes()).to_le_bytes();
            let end = bytes.iter().position(|byte| *byte == 0);
            let found = str::from_utf8(&bytes[..end.unwrap_or(8)]);
            assert_eq!(found, Ok(expected), "{name}");
        };
        is("", "");
        is("a", "a");
        is("a\0bcdefgh", "a");
        is("task_struct", "task_s");
        is("a___b", "a");
        is("a____b", "a");
        is("___a", "");
        is("a__b___c", "a__b");
        is("_a_b_c_d", "_a_b_c");
        is("a_\0____", "a_");
        for len in 1..12 {
            let name = "abcdefghijkl"[..len].to_owned();
            assert_eq!(
                start(name.as_bytes()),
                start(format!("{name}___x").as_bytes()),
                "{name}"
            );
        }
        is("é___é", "é");
    }

    #[test]
    fn types_come_in_order() {
        let text = b"\0a\0b\0a___x\0ab\0";
        let names = Names::new(vec![1, 0, 3, 5, 11, 1]);
        let found = |essential| {
            let found = names.starting_with(essential, |at| &text[at as usize..]);
            found.collect::<Vec<u32>>()
        };
        assert_eq!(found("a"), [0, 3, 5]);
        assert_eq!(found("b"), [2]);
        assert_eq!(found("ab"), [4]);
        assert_eq!(found("x"), [0; 0]);
        assert_eq!(found(""), [0; 0]);
    }
}
