//! What the kernels of one or more catalogues have under a name.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use bpf_core_catalogue::{Catalogue, Definition, KernelSet, NameSpace, OpenError};

/// Definitions of one name, each with its kernels.
pub(crate) type Found = Rc<Vec<(NameSpace, Definition, KernelSet)>>;

/// The chosen kernels of catalogues.
pub struct Kernels<'c, 'f> {
    /// Each with the number of its first kernel among those of all.
    catalogues: Vec<(usize, &'c Catalogue<'f>)>,
    chosen: KernelSet,
    /// What was asked before.
    known: RefCell<HashMap<String, Found>>,
}

impl<'c, 'f> Kernels<'c, 'f> {
    /// `chosen` are numbers through all catalogues.
    pub fn new(catalogues: Vec<(usize, &'c Catalogue<'f>)>, chosen: KernelSet) -> Self {
        Self {
            catalogues,
            chosen,
            known: RefCell::default(),
        }
    }

    /// The chosen kernels.
    pub fn chosen(&self) -> &KernelSet {
        &self.chosen
    }

    /// The version of the newest of some kernels.
    pub(crate) fn newest(&self, of: &KernelSet) -> [u32; 3] {
        let numbers = of.iter().filter_map(|at| {
            let mut catalogues = self.catalogues.iter().rev();
            let (first, catalogue) = catalogues.find(|(first, _)| *first <= at)?;
            Some(catalogue.kernels().get(at - first)?.numbers())
        });
        numbers.max().unwrap_or_default()
    }

    /// The types of exactly this name, in kernels or in their modules.
    pub(crate) fn named(&self, name: &str) -> Result<Found, OpenError> {
        if let Some(found) = self.known.borrow().get(name) {
            return Ok(Rc::clone(found));
        }
        let mut found = Vec::new();
        for (first, catalogue) in &self.catalogues {
            let entries = catalogue.types_named(name)?.into_iter();
            for entry in entries.filter(|entry| entry.name == name) {
                let kernels: KernelSet = entry.kernels().iter().map(|at| first + at).collect();
                let kernels = kernels.intersection(&self.chosen);
                if kernels.is_empty() {
                    continue;
                }
                let definition = entry.definition()?;
                let same = |(space, other, _): &&mut (NameSpace, Definition, KernelSet)| {
                    *space == entry.space && *other == definition
                };
                match found.iter_mut().find(same) {
                    Some((_, _, all)) => *all = all.union(&kernels),
                    None => found.push((entry.space, definition, kernels)),
                }
            }
        }
        let found = Rc::new(found);
        let mut known = self.known.borrow_mut();
        Ok(Rc::clone(known.entry(name.to_owned()).or_insert(found)))
    }

    /// All names of structs, unions, enums and typedefs.
    pub(crate) fn names(&self) -> Result<BTreeSet<String>, OpenError> {
        let mut names = BTreeSet::new();
        for (_, catalogue) in &self.catalogues {
            catalogue.for_each(|entry| {
                if entry.space.is_of_types() {
                    names.insert(entry.name.to_owned());
                }
            })?;
        }
        Ok(names)
    }
}

/// Those of the names that are like a name: few letters differ, or one has the other in it.
pub(crate) fn near<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut near: Vec<(usize, &str)> = names
        .map(|other| (distance(name, other), other))
        .filter(|(distance, other)| {
            *distance <= 1 + name.len() / 5
                || name.len() > 3 && other.contains(name) && other.len() < name.len() + 8
        })
        .collect();
    near.sort_unstable();
    near.dedup();
    near.iter()
        .take(3)
        .map(|(_, name)| (*name).to_owned())
        .collect()
}

/// How many letters have to be put in, taken out or changed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, letter) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = at + 1;
        for (other_at, other) in b.iter().enumerate() {
            let changed = before + usize::from(letter != *other);
            before = row[other_at + 1];
            row[other_at + 1] = changed.min(before + 1).min(row[other_at] + 1);
        }
    }
    row[b.len()]
}
