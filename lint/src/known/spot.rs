//! The fields that are at a byte of a struct, on one kernel.

use std::collections::BTreeSet;

use anyhow::Result;
use bpf_core_catalogue::{
    Catalogue, Definition, Field, KernelSet, Member, NameSpace, Record, TypeRef,
};

use super::{Known, shifted};

/// Structs in structs that are looked into.
const MAX_DEPTH: usize = 8;

/// A field, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The way to it from the struct that was asked about: each field with the struct that declares it, without
    /// unnamed members.
    pub steps: Vec<(String, String)>,
    /// What it is.
    pub field: Field,
}

impl Spot {
    /// The way as in source: `se.vruntime`.
    #[must_use]
    pub fn path(&self) -> String {
        let names = self.steps.iter().map(|(_, name)| name.as_str());
        names.collect::<Vec<_>>().join(".")
    }
}

/// A struct on a kernel, and the field that is looked for in it.
struct Look<'k> {
    known: &'k Known<'static>,
    kernel: usize,
    top: &'k str,
    byte: u32,
    size: u32,
    found: Vec<Spot>,
}

impl Known<'static> {
    /// The fields of `size` bytes that start at `byte` of a struct or union, on the kernel of that number: several
    /// if they are in a union.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn fields_at(
        &self,
        kernel: usize,
        record: &str,
        byte: u32,
        size: u32,
    ) -> Result<Vec<Spot>> {
        let mut look = Look {
            known: self,
            kernel,
            top: record,
            byte,
            size,
            found: Vec::new(),
        };
        look.search(record, 0, &mut Vec::new())?;
        Ok(look.found)
    }

    /// A field of a struct or union, on the kernel of that number.
    ///
    /// # Errors
    /// A catalogue is damaged.
    pub fn field_on(&self, kernel: usize, record: &str, path: &[&str]) -> Result<Option<Field>> {
        let ask = |catalogue: &Catalogue<'_>, set: &KernelSet| catalogue.field(record, path, set);
        let history = self.history(ask)?;
        let mut values = history.values.into_iter();
        let here = values.find(|(_, set)| set.contains(kernel));
        Ok(here.map(|(field, _)| field))
    }
}

impl Look<'_> {
    /// Looks into a struct or union that starts at a byte of the top.
    fn search(&mut self, record: &str, start: u32, way: &mut Vec<(String, String)>) -> Result<()> {
        let Some(definition) = self.record(record)? else {
            return Ok(());
        };
        let mut names = BTreeSet::new();
        names_at(&definition, self.byte - start, &mut names);
        for name in names {
            way.push((record.to_owned(), name));
            if let Some(field) = self.field(way)? {
                let inner = self.record_of(&field.type_text)?;
                if let (Some(inner), true) = (inner, way.len() < MAX_DEPTH) {
                    self.search(&inner, field.bit_offset / 8, way)?;
                } else if self.is_wanted(&field) {
                    self.found.push(Spot {
                        steps: way.clone(),
                        field,
                    });
                }
            }
            way.pop();
        }
        Ok(())
    }

    fn is_wanted(&self, field: &Field) -> bool {
        let is_there = field.bit_offset == self.byte.saturating_mul(8);
        is_there && field.bit_size == Some(u64::from(self.size) * 8) && !field.is_bitfield
    }

    fn field(&self, way: &[(String, String)]) -> Result<Option<Field>> {
        let names: Vec<&str> = way.iter().map(|(_, name)| name.as_str()).collect();
        self.known.field_on(self.kernel, self.top, &names)
    }

    /// The struct or union of a name, through other names of it.
    fn record(&self, name: &str) -> Result<Option<Record>> {
        let mut name = name.to_owned();
        for _ in 0..MAX_DEPTH {
            match self.definition(&name)? {
                Some(Definition::Record(record)) => return Ok(Some(record)),
                Some(Definition::Typedef(to)) => match unqualified(to) {
                    TypeRef::Unnamed(of) => {
                        return Ok(match *of {
                            Definition::Record(record) => Some(record),
                            _ => None,
                        });
                    }
                    TypeRef::Named { name: to, .. } => name = to,
                    _ => return Ok(None),
                },
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    fn definition(&self, name: &str) -> Result<Option<Definition>> {
        for (first, catalogue) in self.known.catalogues() {
            if let Some(found) = definition(catalogue, name, self.kernel, first)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The name of the struct or union that a type is, if it has one.
    fn record_of(&self, type_text: &str) -> Result<Option<String>> {
        let name = type_text
            .trim_start_matches("struct ")
            .trim_start_matches("union ");
        let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let is_record = is_name && self.record(name)?.is_some();
        Ok(is_record.then(|| name.to_owned()))
    }
}

fn definition(
    catalogue: &Catalogue<'_>,
    name: &str,
    kernel: usize,
    first: usize,
) -> Result<Option<Definition>> {
    for entry in catalogue.types_named(name)? {
        let kernels: KernelSet = shifted(&entry.kernels(), first);
        let is_type = matches!(
            entry.space,
            NameSpace::Struct | NameSpace::Union | NameSpace::Typedef
        );
        if is_type && kernels.contains(kernel) {
            return Ok(Some(entry.definition()?));
        }
    }
    Ok(None)
}

fn unqualified(mut of: TypeRef) -> TypeRef {
    while let TypeRef::Qualified(_, inner) | TypeRef::Tagged(_, inner) = of {
        of = *inner;
    }
    of
}

/// The members that a byte may be in: the last ones that start at it or before it. Several if it is a union.
pub(super) fn last_before(record: &Record, byte: u32) -> impl DoubleEndedIterator<Item = &Member> {
    let bit = byte.saturating_mul(8);
    let starts = record.members.iter().map(|member| member.bit_offset);
    let last = starts.filter(|start| *start <= bit).max();
    let members = record.members.iter();
    members.filter(move |member| Some(member.bit_offset) == last)
}

/// The names of the members that a byte may be in. Those of unnamed members are the record's own.
fn names_at(record: &Record, byte: u32, names: &mut BTreeSet<String>) {
    for member in last_before(record, byte) {
        match &member.type_ref {
            TypeRef::Unnamed(of) if member.name.is_empty() => {
                if let Definition::Record(of) = &**of {
                    names_at(of, byte - member.bit_offset / 8, names);
                }
            }
            _ => {
                names.insert(member.name.clone());
            }
        }
    }
}
