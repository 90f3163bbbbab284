//! Which kernels have a function, a tracepoint or a struct, by their BTF.

use crate::definition::NameSpace;
use crate::error::OpenError;
use crate::read::{Catalogue, Entry};
use crate::set::KernelSet;

/// What a compiler adds to the name of a function that it changed.
const CHANGED: [&str; 6] = [
    ".isra.0",
    ".constprop.0",
    ".part.0",
    ".isra.0.constprop.0",
    ".constprop.0.isra.0",
    ".isra.0.part.0",
];

/// Where a thing is.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Presence {
    /// In these kernels themselves.
    pub there: KernelSet,
    /// In modules of kernels.
    pub modules: Vec<(String, KernelSet)>,
}

impl Presence {
    /// No kernel has it.
    #[must_use]
    pub fn is_nowhere(&self) -> bool {
        self.there.is_empty() && self.modules.is_empty()
    }

    fn of(entries: Vec<Entry<'_>>, space: NameSpace) -> Self {
        let mut presence = Self::default();
        let entries = entries.into_iter().filter(|entry| entry.space == space);
        for (module, kernels) in entries.flat_map(|entry| entry.owners) {
            match module {
                None => presence.there = presence.there.union(kernels),
                Some(module) => presence.modules.push((module.to_owned(), kernels.clone())),
            }
        }
        presence
    }
}

impl Catalogue<'_> {
    /// Where a function of BTF is.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn function(&self, name: &str) -> Result<Presence, OpenError> {
        let entries = self.functions_named(name)?;
        Ok(Presence::of(entries, NameSpace::Function))
    }

    /// Where a tracepoint is: each has a type in BTF, in the kernel or in a module.
    ///
    /// Source: `__DEFINE_EVENT` in `include/trace/bpf_probe.h`.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn tracepoint(&self, name: &str) -> Result<Presence, OpenError> {
        self.type_called(&format!("btf_trace_{name}"), NameSpace::Typedef)
    }

    /// Where a struct is.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn structure(&self, name: &str) -> Result<Presence, OpenError> {
        self.type_called(name, NameSpace::Struct)
    }

    /// The symbols that a compiler made of a function which it changed, and the kernels that have them as code:
    /// `vfs_open.isra.0`. A kprobe is put on them by these names alone.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn changed(&self, function: &str) -> Result<Vec<(String, KernelSet)>, OpenError> {
        let names = CHANGED.iter().map(|suffix| format!("{function}{suffix}"));
        let found = names.map(|name| {
            let kernels = self.symbol(&name)?.code;
            Ok((name, kernels))
        });
        found.collect()
    }

    fn type_called(&self, name: &str, space: NameSpace) -> Result<Presence, OpenError> {
        let mut entries = self.types_named(name)?;
        entries.retain(|entry| entry.name == name);
        Ok(Presence::of(entries, space))
    }
}
