//! Gathers from a catalogue what an [`Ask`] needs: the definitions of its names, and of the names that
//! those refer to.

use std::collections::BTreeMap;

use bpf_core_btf::essential_name;

use crate::ask::Ask;
use crate::body::{self, View};
use crate::definition::{Definition, NameSpace, Prototype, TypeRef};
use crate::error::OpenError;
use crate::read::{Catalogue, Entry};
use crate::set::KernelSet;

/// Where a definition is looked at: on a kernel, and there in a module or in the kernel itself.
pub(crate) type Place<'a> = (usize, Option<&'a str>);

/// A definition of one name, as far as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Found<'c> {
    pub(crate) space: NameSpace,
    pub(crate) name: &'c str,
    pub(crate) owners: Vec<(Option<&'c str>, &'c KernelSet)>,
    /// The whole of it. References give its hash.
    body: View<'c>,
    /// Trimmed to what was asked.
    pub(crate) definition: Definition,
    /// Hash of the trimmed definition.
    pub(crate) class: u64,
}

impl<'c> Found<'c> {
    /// Tells `wanted` the names that the definition refers to.
    fn of(ask: &Ask, entry: Entry<'c>, wanted: &mut Vec<String>) -> Result<Self, OpenError> {
        let mut definition = entry.definition()?;
        trim(ask, &mut definition);
        references(ask, &definition, &mut |name| {
            wanted.push(essential_name(name).to_owned());
        });
        Ok(Self {
            space: entry.space,
            name: entry.name,
            body: entry.body(),
            class: body::encode(&definition).view().hash(),
            owners: entry.owners,
            definition,
        })
    }

    /// Where its references are looked up, if it was found at `place`. A module's definitions refer to its own before
    /// the kernel's, and the kernel's never to a module's.
    pub(crate) fn place<'a>(&self, (kernel, module): Place<'a>) -> Place<'a> {
        let module = module.filter(|module| self.is_of(kernel, Some(module)));
        (kernel, module)
    }

    /// Whether a kernel, or a module of it, has this definition.
    pub(crate) fn is_of(&self, kernel: usize, module: Option<&str>) -> bool {
        let mut owners = self.owners.iter();
        owners.any(|(owner, kernels)| *owner == module && kernels.contains(kernel))
    }
}

/// The definitions of some names, and of all that is a part of them, over all kernels.
#[derive(Debug)]
pub(crate) struct Closure<'c> {
    by_essential_name: BTreeMap<String, Vec<Found<'c>>>,
    functions: Vec<Found<'c>>,
}

impl<'c> Closure<'c> {
    /// Reads what is asked for, and what it refers to.
    pub(crate) fn of(catalogue: &'c Catalogue<'_>, ask: &Ask) -> Result<Self, OpenError> {
        let mut by_essential_name: BTreeMap<String, Vec<Found<'c>>> = BTreeMap::new();
        let mut wanted: Vec<String> = ask.names().iter().cloned().collect();
        let mut functions = Vec::new();
        for name in ask.functions() {
            let mut entries = catalogue.functions_named(name)?;
            entries.retain(|entry| entry.space == NameSpace::Function);
            for entry in entries {
                let found = Found::of(ask, entry, &mut wanted)?;
                functions.push(found);
            }
        }
        while let Some(name) = wanted.pop() {
            if by_essential_name.contains_key(&name) {
                continue;
            }
            let mut all = Vec::new();
            for entry in catalogue.types_named(&name)? {
                all.push(Found::of(ask, entry, &mut wanted)?);
            }
            by_essential_name.insert(name, all);
        }
        Ok(Self {
            by_essential_name,
            functions,
        })
    }

    /// All definitions, by name.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Found<'c>> {
        let types = self.by_essential_name.values().flatten();
        types.chain(&self.functions)
    }

    /// The functions that are asked for.
    pub(crate) fn functions(&self) -> &[Found<'c>] {
        &self.functions
    }

    /// The definitions of an essential name.
    pub(crate) fn named(&self, essential: &str) -> &[Found<'c>] {
        self.by_essential_name
            .get(essential)
            .map_or(&[], Vec::as_slice)
    }

    /// The definition that a reference means on a kernel: the module's before the kernel's own.
    pub(crate) fn find(
        &self,
        (kernel, module): Place<'_>,
        space: NameSpace,
        name: &str,
        which: Option<u64>,
    ) -> Option<&Found<'c>> {
        let found = self.named(essential_name(name));
        let fits = |found: &&Found<'_>| {
            let is_meant = || which.is_none_or(|which| found.body.hash() == which);
            found.space == space && found.name == name && is_meant()
        };
        let of = |module| {
            found
                .iter()
                .filter(fits)
                .find(|found| found.is_of(kernel, module))
        };
        of(module).or_else(|| of(None))
    }
}

/// Takes out of a definition, and of the unnamed ones in it, what is not asked for.
fn trim(ask: &Ask, definition: &mut Definition) {
    match definition {
        Definition::Record(record) => {
            ask.trim(record);
            for member in &mut record.members {
                trim_unnamed(ask, &mut member.type_ref);
            }
        }
        Definition::Typedef(of) => trim_unnamed(ask, of),
        _ => {}
    }
}

fn trim_unnamed(ask: &Ask, of: &mut TypeRef) {
    match of {
        TypeRef::Unnamed(definition) => trim(ask, definition),
        TypeRef::Array { element, .. } => trim_unnamed(ask, element),
        TypeRef::Qualified(_, of) | TypeRef::Tagged(_, of) => trim_unnamed(ask, of),
        _ => {}
    }
}

/// Tells the names that a definition needs defined.
fn references(ask: &Ask, definition: &Definition, tell: &mut impl FnMut(&str)) {
    match definition {
        Definition::Record(record) => {
            for member in &record.members {
                references_of(ask, &member.type_ref, true, tell);
            }
        }
        Definition::Typedef(of) => references_of(ask, of, true, tell),
        Definition::Function { prototype, .. } => references_of_prototype(ask, prototype, tell),
        _ => {}
    }
}

fn references_of_prototype(ask: &Ask, prototype: &Prototype, tell: &mut impl FnMut(&str)) {
    references_of(ask, &prototype.result, false, tell);
    for (_, of) in &prototype.parameters {
        references_of(ask, of, false, tell);
    }
}

fn references_of(ask: &Ask, of: &TypeRef, by_value: bool, tell: &mut impl FnMut(&str)) {
    match of {
        TypeRef::Void | TypeRef::Forward { .. } => {}
        TypeRef::Named { space, name, .. } => {
            let is_record = matches!(space, NameSpace::Struct | NameSpace::Union);
            if by_value || !is_record {
                tell(name);
            }
        }
        TypeRef::Pointer(to) => references_of(ask, to, false, tell),
        TypeRef::Qualified(_, of) | TypeRef::Tagged(_, of) => {
            references_of(ask, of, by_value, tell);
        }
        TypeRef::Array { element, .. } => references_of(ask, element, by_value, tell),
        TypeRef::Prototype(prototype) => references_of_prototype(ask, prototype, tell),
        TypeRef::Unnamed(definition) => references(ask, definition, tell),
    }
}
