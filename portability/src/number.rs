//! The numbers that kernels give a meaning to: helpers, map types and so on, from the enum that each
//! kernel's BTF has of them.

use std::collections::BTreeMap;

use bpf_core_catalogue::{Catalogue, Definition, KernelSet, NameSpace, OpenError};

/// An enum of the kernel's API, over all kernels of a catalogue.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    enum_name: &'static str,
    by_value: BTreeMap<u64, KernelSet>,
    /// With the number that it has in the kernels.
    by_name: BTreeMap<String, (u64, KernelSet)>,
    /// The kernels whose BTF has the enum.
    known: KernelSet,
}

/// Which kernels know a number.
#[derive(Debug)]
pub(crate) struct Knowledge {
    pub(crate) there: KernelSet,
    pub(crate) known: KernelSet,
    /// Why the rest is not known.
    pub(crate) unknown: String,
}

impl Numbers {
    pub(crate) fn read(
        catalogue: &Catalogue<'_>,
        enum_name: &'static str,
    ) -> Result<Self, OpenError> {
        let mut numbers = Self {
            enum_name,
            ..Self::default()
        };
        for entry in catalogue.types_named(enum_name)? {
            if entry.space != NameSpace::Enum || entry.name != enum_name {
                continue;
            }
            let Definition::Enum(of) = entry.definition()? else {
                continue;
            };
            let kernels = entry.kernels();
            numbers.known = numbers.known.union(&kernels);
            for (name, value) in of.enumerators {
                // `__BPF_FUNC_MAX_ID` is the number behind the last one.
                if name.starts_with("__") {
                    continue;
                }
                let set = numbers.by_value.entry(value).or_default();
                *set = set.union(&kernels);
                let (known, set) = numbers.by_name.entry(name).or_default();
                (*known, *set) = (value, set.union(&kernels));
            }
        }
        Ok(numbers)
    }

    pub(crate) fn value(&self, value: u64) -> Knowledge {
        self.knowledge(self.by_value.get(&value))
    }

    pub(crate) fn name(&self, name: &str) -> Knowledge {
        self.knowledge(self.by_name.get(name).map(|(_, kernels)| kernels))
    }

    /// A name of this number.
    pub(crate) fn name_of(&self, value: u64) -> Option<&str> {
        let set = self.by_value.get(&value)?;
        let newest = set.iter().last()?;
        let mut names = self.by_name.iter();
        names
            .find(|(_, (number, kernels))| *number == value && kernels.contains(newest))
            .map(|(name, _)| name.as_str())
    }

    fn knowledge(&self, there: Option<&KernelSet>) -> Knowledge {
        Knowledge {
            there: there.cloned().unwrap_or_default(),
            known: self.known.clone(),
            unknown: format!("its BTF has no `enum {}`", self.enum_name),
        }
    }
}
