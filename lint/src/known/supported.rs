//! What the kernels that a project supports have under the names of a source file.

use std::collections::HashSet;

use anyhow::Result;
use bpf_core_catalogue::{Catalogue, Field, History, KernelSet, OpenError, Prototype};

use super::answers::ask;
use super::{Asked, Choice, Hook, Known, phrase};
use crate::input::Owner;

/// The kernels that the owner of a file supports.
#[derive(Debug)]
pub struct Supported<'k> {
    pub(super) known: &'k Known<'static>,
    kernels: KernelSet,
}

impl<'k> Supported<'k> {
    /// The kernels that are asked for, or that the owner names.
    ///
    /// # Errors
    /// As [`Choice::new`].
    pub fn new(known: &'k Known<'static>, asked: &Asked, owner: &Owner) -> Result<Self> {
        let Choice { kernels, .. } = Choice::new(known, asked, owner)?;
        Ok(Self { known, kernels })
    }

    /// The kernels.
    #[must_use]
    pub fn kernels(&self) -> &KernelSet {
        &self.kernels
    }

    /// Where `path` is in a struct or union, and what.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn field(&self, record: &str, path: &str) -> Result<History<Field>> {
        let names: Vec<&str> = path.split('.').collect();
        let key = (record.to_owned(), path.to_owned());
        let all = ask(&self.known.answers.fields, key, || {
            self.known.history(|catalogue, set| {
                let found = catalogue.field(record, &names, set)?;
                of_modules(catalogue, record, found)
            })
        })?;
        Ok(self.of_supported(&all))
    }

    /// The size of a type.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn size(&self, name: &str) -> Result<History<u64>> {
        let all = ask(&self.known.answers.sizes, name.to_owned(), || {
            self.known.history(|catalogue, set| {
                let found = catalogue.size(name, set)?;
                of_modules(catalogue, name, found)
            })
        })?;
        Ok(self.of_supported(&all))
    }

    /// The value of an enumerator.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn enumerator(&self, of: &str, name: &str) -> Result<History<u64>> {
        let key = (of.to_owned(), name.to_owned());
        let all = ask(&self.known.answers.enumerators, key, || {
            self.known
                .history(|catalogue, set| catalogue.enumerator(of, name, set))
        })?;
        Ok(self.of_supported(&all))
    }

    /// Whether two structs begin with a member of one name.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn begin_alike(&self, one: &str, other: &str) -> Result<bool> {
        for (_, catalogue) in self.known.catalogues() {
            if catalogue.begin_alike(one, other)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What the kernels pass to a program on a function or tracepoint.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn prototypes(&self, hook: &Hook) -> Result<Vec<(Prototype, KernelSet)>> {
        self.known.prototypes(hook, &self.kernels)
    }

    /// The kernels before a version, as `KERNEL_VERSION(6, 9, 0)` writes it, and the others.
    #[must_use]
    pub fn before(&self, code: u32) -> History<()> {
        let kernels = self.known.kernels();
        let is_before = |at: &usize| {
            let [major, minor, patch] = kernels[*at].numbers();
            (major << 16) + (minor << 8) + patch.min(255) < code
        };
        self.only(self.kernels.iter().filter(is_before).collect())
    }

    /// These kernels, and the others as those that lack what they have.
    #[must_use]
    pub fn only(&self, kernels: KernelSet) -> History<()> {
        History {
            absent: self.kernels.difference(&kernels),
            values: vec![((), kernels)],
        }
    }

    /// The kernels of architectures on which something is at least once: a program names the registers
    /// of one architecture only.
    #[must_use]
    pub fn where_known<T>(&self, history: &History<T>) -> KernelSet {
        let kernels = self.known.kernels();
        let has = |at: usize| history.values.iter().any(|(_, set)| set.contains(at));
        let is_known = |at: &usize| {
            let architecture = &kernels[*at].architecture;
            let mut others = self.kernels.iter();
            others.any(|other| kernels[other].architecture == *architecture && has(other))
        };
        self.kernels.iter().filter(is_known).collect()
    }

    /// The values on the architectures that have more than one: what differs between architectures only is
    /// known when a program is compiled. One value if there are none.
    #[must_use]
    pub fn several<T: Clone>(&self, history: &History<T>) -> Vec<(T, KernelSet)> {
        let kernels = self.known.kernels();
        let mut moved = KernelSet::default();
        for at in self.kernels.iter() {
            let is_near = |other: usize| kernels[other].architecture == kernels[at].architecture;
            let of_near = history.values.iter();
            let count = of_near.filter(|(_, set)| set.iter().any(is_near)).count();
            if count > 1 {
                moved.insert(at);
            }
        }
        if moved.is_empty() {
            return history.values.iter().take(1).cloned().collect();
        }
        let values = history.values.iter().map(|(value, set)| {
            let set = set.intersection(&moved);
            (value.clone(), set)
        });
        values.filter(|(_, set)| !set.is_empty()).collect()
    }

    /// A set of kernels in words, which is a part of `judged`.
    #[must_use]
    pub fn words(&self, judged: &KernelSet, set: &KernelSet) -> String {
        phrase(self.known.kernels(), judged, set)
    }

    fn of_supported<T: Clone>(&self, history: &History<T>) -> History<T> {
        let values = history.values.iter().map(|(value, set)| {
            let set = set.intersection(&self.kernels);
            (value.clone(), set)
        });
        History {
            values: values.filter(|(_, set)| !set.is_empty()).collect(),
            absent: history.absent.intersection(&self.kernels),
        }
    }
}

/// What is known of a type that modules may have. A kernel whose modules are not known may have it in one of them: it is
/// not absent there if a module of another kernel has it, or another build of the same series.
fn of_modules<T>(
    catalogue: &Catalogue<'_>,
    name: &str,
    found: History<T>,
) -> Result<History<T>, OpenError> {
    let unsure = found.absent.difference(catalogue.with_modules());
    if unsure.is_empty() {
        return Ok(found);
    }
    if !catalogue.modules_with(name)?.is_empty() {
        let absent = found.absent.intersection(catalogue.with_modules());
        return Ok(History { absent, ..found });
    }
    let types = catalogue.types_named(name)?;
    let has = types.iter().fold(KernelSet::default(), |all, entry| {
        all.union(&entry.kernels())
    });
    let kernels = catalogue.kernels();
    let series = |at: usize| kernels[at].numbers().first_chunk::<2>().copied();
    let with: HashSet<_> = has.iter().map(series).collect();
    let unsure = unsure.difference(&has);
    let unknown = unsure.iter().filter(|at| with.contains(&series(*at)));
    let absent = found.absent.difference(&unknown.collect());
    Ok(History { absent, ..found })
}

/// The kernels of all values.
pub(crate) fn sets<T>(values: &[(T, KernelSet)]) -> KernelSet {
    let sets = values.iter().map(|(_, set)| set);
    sets.fold(KernelSet::default(), |all, set| all.union(set))
}
