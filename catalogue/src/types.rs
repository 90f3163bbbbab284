//! Answers an [`Ask`] with BTF: for each group of kernels that do not differ in it, the types.
//!
//! Types that are asked for, and all that is a part of them, are complete. A record that they only point
//! to has its name and no members: no rule of CO-RE looks behind a pointer for more.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

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
    /// The types that are asked for, of these kernels, in groups. A group is made when the iterator gets to it.
    ///
    /// The work grows with the number of different layouts, not with that of kernels.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn types(
        &self,
        ask: &Ask,
        kernels: &KernelSet,
    ) -> Result<impl Iterator<Item = Group>, OpenError> {
        let closure = Closure::of(self, ask)?;
        let groups = groups_of(&closure, kernels).into_iter();
        Ok(groups.filter_map(move |kernels| {
            let kernel = kernels.iter().next()?;
            let blob = |module| Blob::of(ask, &closure, kernel, module);
            let modules = modules_of(ask, &closure, kernel);
            let modules = modules
                .iter()
                .map(|name| ((*name).to_owned(), blob(Some(*name))));
            Some(Group {
                vmlinux: blob(None),
                modules: modules.collect(),
                kernels,
            })
        }))
    }
}

/// Kernels that have the same definition of every name.
pub(crate) fn groups_of(closure: &Closure<'_>, kernels: &KernelSet) -> Vec<KernelSet> {
    // Of what a kernel has: sums of hashes, as large as no two others get by chance.
    let mut sums: HashMap<usize, u128> = kernels.iter().map(|kernel| (kernel, 0)).collect();
    for found in closure.all() {
        for (module, set) in &found.owners {
            let key = (found.name, found.space, *module, found.class);
            let hash = u128::from(hash_of(&(0, key))) << 64 | u128::from(hash_of(&(1, key)));
            for kernel in set.iter() {
                if let Some(sum) = sums.get_mut(&kernel) {
                    *sum = sum.wrapping_add(hash);
                }
            }
        }
    }
    let mut groups: HashMap<u128, KernelSet> = HashMap::new();
    for (kernel, sum) in sums {
        groups.entry(sum).or_default().insert(kernel);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|group| group.iter().next());
    groups
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
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
