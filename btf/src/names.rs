//! An index from essential names, which are names without their flavours, to the ids of types.

use bpf_core_kernel_facts::flavour::essential_name;

/// Ids by essential name, as chains through one array: building it is one pass over the names.
#[derive(Debug)]
pub(crate) struct NameIndex {
    heads: Vec<u32>,
    next: Vec<u32>,
    start_id: u32,
}

const END: u32 = 0;

impl NameIndex {
    /// `names` yields the names of the types from `start_id` on, empty ones included.
    pub(crate) fn build<'n>(
        start_id: u32,
        names: impl ExactSizeIterator<Item = &'n str> + DoubleEndedIterator,
    ) -> Self {
        let count = names.len();
        let mut index = Self {
            heads: vec![END; count.next_power_of_two()],
            next: vec![END; count],
            start_id,
        };
        // From the last id to the first, so that a chain ascends: candidates come in id order.
        for (at, name) in names.enumerate().rev() {
            if name.is_empty() {
                continue;
            }
            let bucket = index.bucket(essential_name(name));
            index.next[at] = index.heads[bucket];
            index.heads[bucket] = start_id + at as u32;
        }
        index
    }

    /// Ids in ascending order whose essential name may be `essential`: others share the bucket.
    pub(crate) fn bucket_of(&self, essential: &str) -> impl Iterator<Item = u32> {
        let mut id = self.heads[self.bucket(essential)];
        core::iter::from_fn(move || {
            if id == END {
                return None;
            }
            let found = id;
            id = self.next[(found - self.start_id) as usize];
            Some(found)
        })
    }

    fn bucket(&self, essential: &str) -> usize {
        // FNV-1a: a vmlinux has 100,000 short names to hash, and colliding ones cost a comparison.
        let hash = essential
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        hash as usize & (self.heads.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{NameIndex, essential_name};

    #[test]
    fn chains_ascend() {
        let names = ["a", "", "b", "a___x", "a"];
        let index = NameIndex::build(7, names.into_iter());
        let ids: Vec<_> = index
            .bucket_of("a")
            .filter(|&id| essential_name(names[id as usize - 7]) == "a")
            .collect();
        assert_eq!(ids, [7, 10, 11]);
    }
}
