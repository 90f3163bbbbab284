//! Answers an [`Ask`] with BTF: for each group of kernels that do not differ in it, the types.
//!
//! Types that are asked for, and all that is a part of them, are complete. A record that they only point
//! to has its name and no members: no rule of CO-RE looks behind a pointer for more.

use std::collections::{BTreeSet, HashMap};

use bpf_core_btf::essential_name;

use crate::ask::Ask;
use crate::blob::Blob;
use crate::closure::{Closure, Found};
use crate::definition::NameSpace;
use crate::error::OpenError;
use crate::read::Catalogue;
use crate::set::KernelSet;

/// Kernels that give one answer, and the types that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The kernels.
    pub kernels: KernelSet,
    /// The types of the kernel itself, as BTF. Its type ids are not the kernel's.
    pub vmlinux: Vec<u8>,
    /// Those modules that define a type that is asked for: name and types. This BTF stands alone; it is
    /// no split BTF.
    pub modules: Vec<(String, Vec<u8>)>,
}

impl Catalogue<'_> {
    /// The types that are asked for, of these kernels, in groups.
    ///
    /// The work grows with the number of different layouts, not with that of kernels.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn types(&self, ask: &Ask, kernels: &KernelSet) -> Result<Vec<Group>, OpenError> {
        let closure = Closure::of(self, ask)?;
        let mut groups = Vec::new();
        for kernels in groups_of(&closure, kernels) {
            let Some(kernel) = kernels.iter().next() else {
                continue;
            };
            let blob = |module| Blob::of(ask, &closure, kernel, module);
            let modules = modules_of(ask, &closure, kernel);
            groups.push(Group {
                vmlinux: blob(None),
                modules: modules
                    .iter()
                    .map(|name| ((*name).to_owned(), blob(Some(*name))))
                    .collect(),
                kernels,
            });
        }
        Ok(groups)
    }
}

/// Kernels that have the same definition of every name.
pub(crate) fn groups_of(closure: &Closure<'_>, kernels: &KernelSet) -> Vec<KernelSet> {
    let mut classes: HashMap<usize, Vec<u64>> =
        kernels.iter().map(|kernel| (kernel, Vec::new())).collect();
    let mut numbers: HashMap<(&str, NameSpace, Option<&str>, u64), u64> = HashMap::new();
    for found in closure.all() {
        for (module, set) in &found.owners {
            let key = (found.name, found.space, *module, found.class);
            let next = numbers.len() as u64;
            let number = *numbers.entry(key).or_insert(next);
            for kernel in set.iter() {
                if let Some(classes) = classes.get_mut(&kernel) {
                    classes.push(number);
                }
            }
        }
    }
    let mut groups: HashMap<Vec<u64>, KernelSet> = HashMap::new();
    for (kernel, mut classes) in classes {
        classes.sort_unstable();
        groups.entry(classes).or_default().insert(kernel);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|group| group.iter().next());
    groups
}

/// The modules of a kernel that define a type that is asked for, and that the kernel does not define
/// itself: loaders look into modules only then (`bpf_core_find_cands` in `libbpf.c`).
fn modules_of<'c>(ask: &Ask, closure: &Closure<'c>, kernel: usize) -> BTreeSet<&'c str> {
    let is_asked = |found: &&Found<'_>| found.space == NameSpace::Function || ask.has(found.name);
    let asked: Vec<&Found<'c>> = closure.all().filter(is_asked).collect();
    let key = |found: &Found<'c>| (found.space, essential_name(found.name).to_owned());
    let own = asked.iter().filter(|found| found.is_of(kernel, None));
    let own: BTreeSet<_> = own.map(|found| key(found)).collect();
    let of_modules = asked.iter().filter(|found| !own.contains(&key(found)));
    let owners = of_modules.flat_map(|found| &found.owners);
    owners
        .filter(|(_, kernels)| kernels.contains(kernel))
        .filter_map(|(module, _)| *module)
        .collect()
}
