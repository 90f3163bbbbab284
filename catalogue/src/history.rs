//! What many kernels have of one thing: a field, a type's size, an enumerator, a prototype.

use std::collections::BTreeMap;

use bpf_core_btf::essential_name;

use crate::ask::Ask;
use crate::closure::{Closure, Place};
use crate::definition::{Definition, Member, NameSpace, Record, TypeRef};
use crate::error::OpenError;
use crate::form::Form;
use crate::read::Catalogue;
use crate::set::KernelSet;
use crate::text::{prototype_text, type_text};
use crate::types::groups_of;

/// The values that kernels have of one thing, and the kernels that do not have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History<T> {
    /// Each value with its kernels, in the order of the first kernel that has it. A kernel that defines a
    /// name more than once has several values.
    pub values: Vec<(T, KernelSet)>,
    /// The kernels that do not have it.
    pub absent: KernelSet,
}

/// Where a field is, and what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field {
    /// Offset from the start of the type, in bits.
    pub bit_offset: u32,
    /// Size in bits; `None` of a type whose size the kernel does not tell.
    pub bit_size: Option<u64>,
    /// Whether it is a bit-field.
    pub is_bitfield: bool,
    /// Its type as in C.
    pub type_text: String,
    /// What it is, as far as a loader compares it with what a program declares.
    pub form: Form,
}

impl<T: Ord> History<T> {
    pub(crate) fn of(found: Vec<(T, KernelSet)>, kernels: &KernelSet) -> Self {
        let mut values: BTreeMap<T, KernelSet> = BTreeMap::new();
        for (value, set) in found {
            let set = set.intersection(kernels);
            if !set.is_empty() {
                let all = values.entry(value).or_default();
                *all = all.union(&set);
            }
        }
        let present = values.values();
        let present = present.fold(KernelSet::default(), |all, set| all.union(set));
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by_key(|(_, set)| set.iter().next());
        Self {
            values,
            absent: kernels.difference(&present),
        }
    }
}

impl Catalogue<'_> {
    /// Where a field of a struct or union is on these kernels. `path` has the names of members, one in
    /// the other; unnamed ones are found by themselves.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn field(
        &self,
        type_name: &str,
        path: &[&str],
        kernels: &KernelSet,
    ) -> Result<History<Field>, OpenError> {
        let ask = Ask::members_of(type_name, path);
        let closure = Closure::of(self, &ask)?;
        let mut found = Vec::new();
        for group in groups_of(&closure, kernels) {
            let Some(kernel) = group.iter().next() else {
                continue;
            };
            for root in closure.named(essential_name(type_name)) {
                let owner = root.owners.iter().find(|(_, set)| set.contains(kernel));
                let (Some((module, _)), Definition::Record(record)) = (owner, &root.definition)
                else {
                    continue;
                };
                let walk = Walk {
                    closure: &closure,
                    place: (kernel, *module),
                };
                if let Some(field) = walk.field(record, path) {
                    found.push((field, group.clone()));
                }
            }
        }
        Ok(History::of(found, kernels))
    }

    /// The size of a type on these kernels, in bytes.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn size(&self, type_name: &str, kernels: &KernelSet) -> Result<History<u64>, OpenError> {
        let closure = Closure::of(self, &Ask::members_of(type_name, &[]))?;
        let mut found = Vec::new();
        for group in groups_of(&closure, kernels) {
            let Some(kernel) = group.iter().next() else {
                continue;
            };
            for root in closure.named(essential_name(type_name)) {
                let owner = root.owners.iter().find(|(_, set)| set.contains(kernel));
                let Some((module, _)) = owner else { continue };
                let walk = Walk {
                    closure: &closure,
                    place: (kernel, *module),
                };
                if let Some(size) = walk.size_of_definition(&root.definition, 0) {
                    found.push((size, group.clone()));
                }
            }
        }
        Ok(History::of(found, kernels))
    }

    /// The value of an enumerator on these kernels.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn enumerator(
        &self,
        enum_name: &str,
        name: &str,
        kernels: &KernelSet,
    ) -> Result<History<u64>, OpenError> {
        let mut found = Vec::new();
        for entry in self.types_named(enum_name)? {
            if entry.space != NameSpace::Enum {
                continue;
            }
            if let Definition::Enum(of) = entry.definition()? {
                let wanted = essential_name(name);
                let value = of
                    .enumerators
                    .iter()
                    .find(|(name, _)| essential_name(name) == wanted);
                found.extend(value.map(|(_, value)| (*value, entry.kernels())));
            }
        }
        Ok(History::of(found, kernels))
    }

    /// The prototype of a function on these kernels, as in C.
    ///
    /// # Errors
    /// When the catalogue is damaged.
    pub fn prototype(
        &self,
        function: &str,
        kernels: &KernelSet,
    ) -> Result<History<String>, OpenError> {
        let found = self.prototypes(function)?.into_iter();
        let found = found.map(|(prototype, set)| (prototype_text(function, &prototype), set));
        Ok(History::of(found.collect(), kernels))
    }
}

/// Goes from a type to its parts on one kernel.
#[derive(Clone, Copy)]
struct Walk<'a, 'c> {
    closure: &'a Closure<'c>,
    /// The kernel, and its module whose definition is looked at.
    place: Place<'a>,
}

/// Chains of typedefs are a handful long.
const MAX_DEPTH: u32 = 64;

impl<'a> Walk<'a, '_> {
    /// The definition that a reference means, and the walk from there.
    fn find(
        self,
        space: NameSpace,
        name: &str,
        which: Option<u64>,
    ) -> Option<(Self, &'a Definition)> {
        let found = self.closure.find(self.place, space, name, which)?;
        let place = found.place(self.place);
        Some((Self { place, ..self }, &found.definition))
    }

    fn field(self, record: &'a Record, path: &[&str]) -> Option<Field> {
        let (first, rest) = path.split_first()?;
        let (walk, bit_offset, member) = self.member(record, first, 0)?;
        if !rest.is_empty() {
            let (walk, inner) = walk.record(&member.type_ref, 0)?;
            let field = walk.field(inner, rest)?;
            return Some(Field {
                bit_offset: field.bit_offset.checked_add(bit_offset)?,
                ..field
            });
        }
        let is_bitfield = member.bitfield_size > 0;
        let bit_size = if is_bitfield {
            Some(u64::from(member.bitfield_size))
        } else {
            walk.size(&member.type_ref, 0).map(|size| size * 8)
        };
        Some(Field {
            bit_offset,
            bit_size,
            is_bitfield,
            type_text: type_text(&member.type_ref),
            form: walk.form(&member.type_ref, 0),
        })
    }

    /// A member by its name, in the record or in its unnamed members, and its offset.
    fn member(self, record: &'a Record, name: &str, depth: u32) -> Option<(Self, u32, &'a Member)> {
        if depth == MAX_DEPTH {
            return None;
        }
        record.members.iter().find_map(|member| {
            if member.name == name {
                return Some((self, member.bit_offset, member));
            }
            if !member.name.is_empty() {
                return None;
            }
            let (walk, inner) = self.record(&member.type_ref, depth)?;
            let (walk, offset, found) = walk.member(inner, name, depth + 1)?;
            Some((walk, offset.checked_add(member.bit_offset)?, found))
        })
    }

    /// The record behind typedefs, qualifiers and arrays.
    fn record(self, of: &'a TypeRef, depth: u32) -> Option<(Self, &'a Record)> {
        if depth == MAX_DEPTH {
            return None;
        }
        match of {
            TypeRef::Qualified(_, of) | TypeRef::Tagged(_, of) => self.record(of, depth + 1),
            TypeRef::Array { element, .. } => self.record(element, depth + 1),
            TypeRef::Unnamed(definition) => match &**definition {
                Definition::Record(record) => Some((self, record)),
                _ => None,
            },
            TypeRef::Named { space, name, which } => {
                let (walk, definition) = self.find(*space, name, *which)?;
                match definition {
                    Definition::Record(record) => Some((walk, record)),
                    Definition::Typedef(of) => walk.record(of, depth + 1),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn form(self, of: &'a TypeRef, depth: u32) -> Form {
        if depth == MAX_DEPTH {
            return Form::Other;
        }
        match of {
            TypeRef::Pointer(_) => Form::Pointer,
            TypeRef::Qualified(_, of) | TypeRef::Tagged(_, of) => self.form(of, depth + 1),
            TypeRef::Array { element, .. } => Form::Array(Box::new(self.form(element, depth + 1))),
            TypeRef::Unnamed(definition) => match &**definition {
                Definition::Record(_) => Form::Record,
                Definition::Enum(_) => Form::Enum(String::new()),
                _ => Form::Other,
            },
            TypeRef::Named { space, name, which } => match space {
                NameSpace::Int => Form::Number,
                NameSpace::Float => Form::Float,
                NameSpace::Struct | NameSpace::Union => Form::Record,
                NameSpace::Enum => Form::Enum(name.clone()),
                _ => match self.find(*space, name, *which) {
                    Some((walk, Definition::Typedef(of))) => walk.form(of, depth + 1),
                    _ => Form::Other,
                },
            },
            TypeRef::Void | TypeRef::Forward { .. } | TypeRef::Prototype(_) => Form::Other,
        }
    }

    fn size(self, of: &'a TypeRef, depth: u32) -> Option<u64> {
        if depth == MAX_DEPTH {
            return None;
        }
        match of {
            // Kernels that have BTF are of 64 bits.
            TypeRef::Pointer(_) => Some(8),
            TypeRef::Qualified(_, of) | TypeRef::Tagged(_, of) => self.size(of, depth + 1),
            TypeRef::Array { element, len } => {
                self.size(element, depth + 1)?.checked_mul(u64::from(*len))
            }
            TypeRef::Unnamed(definition) => self.size_of_definition(definition, depth + 1),
            TypeRef::Named { space, name, which } => {
                let (walk, definition) = self.find(*space, name, *which)?;
                walk.size_of_definition(definition, depth + 1)
            }
            TypeRef::Void | TypeRef::Forward { .. } | TypeRef::Prototype(_) => None,
        }
    }

    fn size_of_definition(self, definition: &'a Definition, depth: u32) -> Option<u64> {
        match definition {
            Definition::Record(record) => Some(u64::from(record.size)),
            Definition::Enum(of) => Some(u64::from(of.size)),
            Definition::Int { size, .. } | Definition::Float(size) => Some(u64::from(*size)),
            Definition::Typedef(of) => self.size(of, depth),
            _ => None,
        }
    }
}
