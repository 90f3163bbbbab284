//! A set of kernels, by their numbers in a catalogue.

/// Some of the kernels of a catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KernelSet {
    words: Vec<u64>,
}

impl KernelSet {
    /// The kernels `0..len`.
    pub fn first(len: usize) -> Self {
        (0..len).collect()
    }

    /// Adds a kernel.
    pub fn insert(&mut self, kernel: usize) {
        let word = kernel / 64;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (kernel % 64);
    }

    /// Whether a kernel is in it.
    pub fn contains(&self, kernel: usize) -> bool {
        self.words
            .get(kernel / 64)
            .is_some_and(|word| word >> (kernel % 64) & 1 != 0)
    }

    /// The kernels, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(at * 64 + bit)
            })
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// The number behind that of the last kernel.
    pub(crate) fn end(&self) -> usize {
        let bits = self.words.last().map_or(0, |word| word.leading_zeros());
        self.words.len() * 64 - bits as usize
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// The kernels of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let words = self.words.iter().zip(&other.words).map(|(a, b)| a & b);
        Self::of_words(words.collect())
    }

    /// The kernels of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let len = self.words.len().max(other.words.len());
        let word = |of: &Self, at: usize| of.words.get(at).copied().unwrap_or(0);
        Self::of_words(
            (0..len)
                .map(|at| word(self, at) | word(other, at))
                .collect(),
        )
    }

    /// The kernels that the other set lacks.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let words = self.words.iter().enumerate();
        let words = words.map(|(at, word)| word & !other.words.get(at).copied().unwrap_or(0));
        Self::of_words(words.collect())
    }

    /// Equal sets have equal words: none of the last ones is 0.
    fn of_words(mut words: Vec<u64>) -> Self {
        while words.last() == Some(&0) {
            words.pop();
        }
        Self { words }
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    pub(crate) fn from_words(words: Vec<u64>) -> Self {
        Self::of_words(words)
    }
}

impl FromIterator<usize> for KernelSet {
    fn from_iter<I: IntoIterator<Item = usize>>(kernels: I) -> Self {
        let mut set = Self::default();
        kernels.into_iter().for_each(|kernel| set.insert(kernel));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_equal_by_their_kernels() {
        let set: KernelSet = [3, 64, 200].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [3, 64, 200]);
        assert_eq!(set.len(), 3);
        let low = set.intersection(&KernelSet::first(65));
        assert_eq!(low, [3, 64].into_iter().collect());
        assert_eq!(set.difference(&low), [200].into_iter().collect());
        assert_eq!(low.union(&set), set);
        assert!(set.difference(&set).is_empty());
        assert_eq!(set.difference(&set), KernelSet::default());
        assert!(set.contains(200) && !set.contains(201) && !set.contains(10_000));
    }
}
