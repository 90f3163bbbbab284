//! Some of the bytes of a local variable.

const WORDS: usize = 8;

/// As many bytes as the stack of a program has.
pub(super) const MOST: u64 = 64 * WORDS as u64;

/// A set of them.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(in crate::optimise) struct Bytes([u64; WORDS]);

impl Bytes {
    /// `count` of them from `first` on, as far as a variable has them.
    pub(super) fn range(first: u64, count: u64) -> Self {
        let mut bytes = Self::default();
        for byte in first.min(MOST)..first.saturating_add(count).min(MOST) {
            bytes.0[byte as usize / 64] |= 1 << (byte % 64);
        }
        bytes
    }

    pub(in crate::optimise) fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// Behind the last one.
    pub(super) fn end(self) -> u64 {
        let words = (0..).zip(self.0).filter(|(_, word)| *word != 0);
        let last = words.last();
        last.map_or(0, |(index, word)| {
            64 * index + 64 - u64::from(word.leading_zeros())
        })
    }

    /// The same bytes, as they are numbered in a variable that has them `by` further on.
    pub(super) fn moved(self, by: u64) -> Self {
        let mut bytes = Self::default();
        let has = |byte: u64| self.0[byte as usize / 64] >> (byte % 64) & 1 == 1;
        for byte in (0..MOST.saturating_sub(by)).filter(|byte| has(*byte)) {
            let to = byte + by;
            bytes.0[to as usize / 64] |= 1 << (to % 64);
        }
        bytes
    }

    fn each(self, other: Self, of: impl Fn(u64, u64) -> u64) -> Self {
        Self(std::array::from_fn(|word| of(self.0[word], other.0[word])))
    }

    pub(super) fn and(self, other: Self) -> Self {
        self.each(other, |one, other| one & other)
    }

    pub(super) fn or(self, other: Self) -> Self {
        self.each(other, |one, other| one | other)
    }

    pub(super) fn without(self, other: Self) -> Self {
        self.each(other, |one, other| one & !other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_numbered_across_words() {
        let bytes = Bytes::range(60, 8);
        assert_eq!(bytes.moved(4), Bytes::range(64, 8));
        assert_eq!(bytes.moved(MOST - 62), Bytes::range(MOST - 2, 2));
        assert_eq!(bytes.without(Bytes::range(62, 99)), Bytes::range(60, 2));
        assert_eq!(bytes.and(Bytes::range(0, 61)), Bytes::range(60, 1));
        assert_eq!(Bytes::range(0, 60).or(bytes), Bytes::range(0, 68));
        assert!(bytes.and(Bytes::range(68, MOST)).is_empty());
        assert_eq!(
            [
                Bytes::default().end(),
                bytes.end(),
                Bytes::range(0, MOST).end()
            ],
            [0, 68, MOST]
        );
        assert_eq!(Bytes::range(MOST - 1, u64::MAX), Bytes::range(MOST - 1, 1));
    }
}
