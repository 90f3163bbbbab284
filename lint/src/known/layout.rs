//! Where the supported kernels have a field, how large they have a type, and which values they have.

use anyhow::Result;
use bpf_core_catalogue::{Field, History, KernelSet};

use super::Supported;
use super::fold::EVERY_KERNEL;
use super::supported::sets;

/// A value, and the kernels that have it.
#[derive(Clone, Debug)]
pub struct Several {
    /// The value.
    pub value: i64,
    /// The kernels, in words.
    pub kernels: String,
}

impl Several {
    /// Whether all supported kernels have it.
    #[must_use]
    pub fn is_everywhere(&self) -> bool {
        self.kernels == EVERY_KERNEL
    }
}

/// What the supported kernels say of a layout that is written into a program.
#[derive(Clone, Debug, Default)]
pub enum Layout {
    /// Nothing: the name is not known.
    #[default]
    Unknown,
    /// No kernel has a type of that name, so it is the program's own.
    Own,
    /// All have it alike.
    Same,
    /// They differ.
    Differs {
        /// The struct.
        record: String,
        /// The member. Empty for the size of the struct.
        path: String,
        /// Where it is, or how large.
        values: Vec<Several>,
    },
}

impl Supported<'_> {
    /// The values that supported kernels have, if they have several.
    #[must_use]
    pub fn values(&self, history: &History<u64>) -> Vec<Several> {
        in_words(self, &self.several(history))
    }

    /// Where the supported kernels have a member of a struct, or, without a path, how large the struct is.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn layout(&self, record: &str, path: &str) -> Result<Layout> {
        let sizes = self.size(record)?;
        if sizes.values.is_empty() {
            return Ok(Layout::Own);
        }
        let history = match path {
            "" => sizes,
            _ => offsets(&self.field(record, path)?),
        };
        let lacking = history.absent.intersection(&self.where_known(&history));
        let mut values = self.values(&history);
        if let ([one], false) = (&mut values[..], lacking.is_empty()) {
            let has = sets(&history.values);
            one.kernels = self.words(&has.union(&lacking), &has);
        }
        Ok(match values.len() {
            0 => Layout::Unknown,
            1 if lacking.is_empty() => Layout::Same,
            _ => Layout::Differs {
                record: record.to_owned(),
                path: path.to_owned(),
                values,
            },
        })
    }
}

impl Supported<'_> {
    /// As [`Supported::layout`], of a declaration that has the member at `byte`: kernels that agree with each other, and
    /// not with the declaration, differ.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn layout_at(&self, record: &str, path: &str, byte: Option<u32>) -> Result<Layout> {
        let layout = self.layout(record, path)?;
        let places = offsets(&self.field(record, path)?).values;
        let is_theirs = |byte: u32| places.iter().all(|(place, _)| *place == u64::from(byte));
        Ok(match byte {
            Some(byte) if matches!(layout, Layout::Same) && !is_theirs(byte) => Layout::Differs {
                record: record.to_owned(),
                path: path.to_owned(),
                values: in_words(self, &places),
            },
            _ => layout,
        })
    }
}

/// The byte that a field is at, on the kernels that have it.
pub(super) fn offsets(history: &History<Field>) -> History<u64> {
    let mut values: Vec<(u64, KernelSet)> = Vec::new();
    for (field, set) in &history.values {
        let byte = u64::from(field.bit_offset / 8);
        match values.iter_mut().find(|(other, _)| *other == byte) {
            Some((_, all)) => *all = all.union(set),
            None => values.push((byte, set.clone())),
        }
    }
    History {
        values,
        absent: history.absent.clone(),
    }
}

/// Each value with its kernels in words.
pub(super) fn in_words(supported: &Supported<'_>, values: &[(u64, KernelSet)]) -> Vec<Several> {
    let judged = sets(values);
    let values = values.iter().map(|(value, set)| Several {
        value: value.cast_signed(),
        kernels: supported.words(&judged, set),
    });
    values.collect()
}
