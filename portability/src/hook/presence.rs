//! Which kernels have a function, tracepoint or system call, by their BTF.

use bpf_core_catalogue::{Catalogue, Entry, KernelSet, NameSpace, OpenError};
use bpf_core_kernel_facts::syscall;

/// Where a thing is.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    /// In these kernels themselves.
    pub(crate) there: KernelSet,
    /// In modules of kernels.
    pub(crate) modules: Vec<(String, KernelSet)>,
}

impl Presence {
    /// A function of BTF.
    pub(crate) fn of_function(catalogue: &Catalogue<'_>, name: &str) -> Result<Self, OpenError> {
        let entries = catalogue.functions_named(name)?;
        Ok(Self::of(entries, NameSpace::Function))
    }

    /// A tracepoint. Each has a type in BTF, in the kernel or in a module.
    ///
    /// Source: `__DEFINE_EVENT` in `include/trace/bpf_probe.h`.
    pub(crate) fn of_tracepoint(catalogue: &Catalogue<'_>, name: &str) -> Result<Self, OpenError> {
        let name = format!("btf_trace_{name}");
        let mut entries = catalogue.types_named(&name)?;
        entries.retain(|entry| entry.name == name);
        Ok(Self::of(entries, NameSpace::Typedef))
    }

    /// A struct.
    pub(crate) fn of_struct(catalogue: &Catalogue<'_>, name: &str) -> Result<Self, OpenError> {
        let mut entries = catalogue.types_named(name)?;
        entries.retain(|entry| entry.name == name);
        Ok(Self::of(entries, NameSpace::Struct))
    }

    /// A system call, by the functions that `SYSCALL_DEFINE` makes: each architecture has another.
    pub(crate) fn of_system_call(catalogue: &Catalogue<'_>, name: &str) -> Result<Self, OpenError> {
        let mut all = Self::default();
        for function in syscall::functions(name) {
            let found = Self::of_function(catalogue, &function)?;
            all.there = all.there.union(&found.there);
        }
        Ok(all)
    }

    /// No kernel has it.
    pub(crate) fn is_nowhere(&self) -> bool {
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
