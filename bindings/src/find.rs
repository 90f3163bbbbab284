//! Finds what is asked for, and all that it contains: field by field, over all kernels.

use std::collections::{BTreeMap, BTreeSet};

use bpf_core_catalogue::{Definition, Enum, KernelSet, NameSpace, Record, TypeRef, type_name};

use crate::Error;
use crate::declared::{Body, Declared, Field, Key};
use crate::merge::merge;
use crate::shape::{Int, Shape, shapes};
use crate::source::{Kernels, near};
use crate::want::Want;

/// A type while more may be asked of it.
struct Draft {
    want: Want,
    is_unnamed: bool,
    records: Vec<(Record, KernelSet)>,
    enums: Vec<(Enum, KernelSet)>,
}

/// A member with its place, unnamed structs around it taken away.
struct Flat {
    name: String,
    bit_offset: u32,
    bits: u8,
    type_ref: TypeRef,
    on: KernelSet,
}

struct Builder<'k, 'c, 'f> {
    kernels: &'k Kernels<'c, 'f>,
    drafts: BTreeMap<Key, Draft>,
    fields: BTreeMap<Key, Vec<Field>>,
    queue: Vec<Key>,
}

/// The types to declare, those that others contain first.
pub(crate) fn find(
    kernels: &Kernels<'_, '_>,
    asked: &[(String, Want)],
) -> Result<Vec<Declared>, Error> {
    let mut builder = Builder {
        kernels,
        drafts: BTreeMap::new(),
        fields: BTreeMap::new(),
        queue: Vec::new(),
    };
    for (name, want) in asked {
        for key in builder.keys(name)? {
            builder.ask(key, want, None)?;
        }
    }
    while let Some(key) = builder.queue.pop() {
        builder.look(&key)?;
    }
    builder.all_found()?;
    Ok(builder.in_order())
}

impl Builder<'_, '_, '_> {
    /// What a name that was asked for stands for.
    fn keys(&self, name: &str) -> Result<BTreeSet<Key>, Error> {
        let mut keys = BTreeSet::new();
        let found = self.kernels.named(name)?;
        let mut what = String::new();
        for (space, definition, on) in found.iter() {
            match (space, definition) {
                (_, Definition::Record(_) | Definition::Enum(_)) => {
                    keys.insert((*space, name.to_owned()));
                }
                (NameSpace::Typedef, Definition::Typedef(of)) => {
                    let named = TypeRef::Named {
                        space: *space,
                        name: name.to_owned(),
                        which: None,
                    };
                    what = of.to_string();
                    for (shape, _) in shapes(self.kernels, &named, on)? {
                        match shape {
                            Shape::Record(space, name) => keys.insert((space, name)),
                            Shape::Enum(name) => keys.insert((NameSpace::Enum, name)),
                            _ => false,
                        };
                    }
                }
                _ => what = "an integer".to_owned(),
            }
        }
        if keys.is_empty() && !found.is_empty() {
            return Err(Error::NoRecord {
                name: name.to_owned(),
                what,
            });
        }
        if keys.is_empty() {
            let names = self.kernels.names()?;
            let near = near(name, names.iter().map(String::as_str));
            return Err(Error::UnknownType {
                name: name.to_owned(),
                near,
            });
        }
        Ok(keys)
    }

    /// Asks for more of a type. An unnamed one brings its definitions.
    fn ask(
        &mut self,
        key: Key,
        want: &Want,
        unnamed: Option<Vec<(Definition, KernelSet)>>,
    ) -> Result<(), Error> {
        if let Some(draft) = self.drafts.get_mut(&key) {
            if draft.want.add(want) {
                self.queue.push(key);
            }
            return Ok(());
        }
        let is_unnamed = unnamed.is_some();
        let definitions = match unnamed {
            Some(definitions) => definitions,
            None => self.definitions(&key)?,
        };
        let mut draft = Draft {
            want: want.clone(),
            is_unnamed,
            records: Vec::new(),
            enums: Vec::new(),
        };
        for (definition, on) in definitions {
            match definition {
                Definition::Record(record) => draft.records.push((record, on)),
                Definition::Enum(of) => draft.enums.push((of, on)),
                _ => {}
            }
        }
        let newest = |on: &KernelSet| std::cmp::Reverse(self.kernels.newest(on));
        draft.records.sort_by_key(|(_, on)| newest(on));
        draft.enums.sort_by_key(|(_, on)| newest(on));
        self.drafts.insert(key.clone(), draft);
        self.queue.push(key);
        Ok(())
    }

    fn definitions(&self, (space, name): &Key) -> Result<Vec<(Definition, KernelSet)>, Error> {
        let found = self.kernels.named(name)?;
        let of_space = found.iter().filter(|(other, ..)| other == space);
        let definitions = of_space.map(|(_, definition, on)| {
            let definition = match definition {
                Definition::Typedef(TypeRef::Unnamed(unnamed)) => (**unnamed).clone(),
                other => other.clone(),
            };
            (definition, on.clone())
        });
        Ok(definitions.collect())
    }

    /// Finds the fields that are asked of a type, and asks for what they contain.
    fn look(&mut self, key: &Key) -> Result<(), Error> {
        let draft = &self.drafts[key];
        let want = draft.want.clone();
        let mut flats = Vec::new();
        for (record, on) in &draft.records {
            self.flatten(record, on, 0, &mut flats)?;
        }
        let mut names: Vec<String> = Vec::new();
        let mut by_name: BTreeMap<String, Vec<Flat>> = BTreeMap::new();
        for flat in flats {
            if want.of(&flat.name).is_some() {
                if !by_name.contains_key(&flat.name) {
                    names.push(flat.name.clone());
                }
                by_name.entry(flat.name.clone()).or_default().push(flat);
            }
        }
        let mut fields = Vec::new();
        for name in names {
            let flats = by_name.remove(&name).unwrap_or_default();
            let of_field = want.of(&name).cloned().unwrap_or(Want::nothing());
            fields.push(self.field(key, name, flats, &of_field)?);
        }
        self.fields.insert(key.clone(), fields);
        Ok(())
    }

    fn field(
        &mut self,
        key: &Key,
        name: String,
        flats: Vec<Flat>,
        want: &Want,
    ) -> Result<Field, Error> {
        let mut left_out = Vec::new();
        let twice = ambiguous(&flats);
        if !twice.is_empty() {
            left_out.push(("several types of this name differ", twice.clone()));
        }
        let mut found: Vec<(Shape, KernelSet)> = Vec::new();
        let mut unnamed: BTreeMap<Key, Vec<(Definition, KernelSet)>> = BTreeMap::new();
        for flat in &flats {
            let on = flat.on.difference(&twice);
            if on.is_empty() {
                continue;
            }
            for (shape, on) in shapes(self.kernels, &flat.type_ref, &on)? {
                let shape = with_bits(shape, flat.bits);
                let made_up = format!("{}_{name}", key.1);
                found.push((named(shape, &made_up, &on, &mut unnamed), on));
            }
        }
        let (kinds, undeclared) = merge(found);
        if !undeclared.is_empty() {
            left_out.push(("BPF has no such type", undeclared));
        }
        for (key, definitions) in unnamed {
            self.ask(key, want, Some(definitions))?;
        }
        for kind in &kinds {
            self.contents(&kind.shape, want, true)?;
        }
        if let Want::Fields(fields) = want
            && let Some(inner) = fields.keys().next()
            && !kinds.iter().any(|kind| leads_on(&kind.shape))
        {
            return Err(Error::UnknownField {
                name: format!("{}.{name}", key.1),
                field: inner.clone(),
                near: Vec::new(),
            });
        }
        Ok(Field {
            name,
            kinds,
            left_out,
        })
    }

    /// Asks for the types that a declaration names.
    fn contents(&mut self, shape: &Shape, want: &Want, by_value: bool) -> Result<(), Error> {
        match shape {
            Shape::Pointer(Some(to)) => self.contents(to, want, false),
            Shape::Array(element, _) => self.contents(element, want, by_value),
            Shape::Record(space, name) => {
                let nothing = Want::nothing();
                let is_whole = *want == Want::Whole;
                let want = if is_whole && !by_value {
                    &nothing
                } else {
                    want
                };
                self.ask((*space, name.clone()), want, None)
            }
            Shape::Enum(name) => self.ask((NameSpace::Enum, name.clone()), &Want::Whole, None),
            _ => Ok(()),
        }
    }

    /// The members of a record, those of unnamed members among them.
    fn flatten(
        &self,
        record: &Record,
        on: &KernelSet,
        start: u32,
        out: &mut Vec<Flat>,
    ) -> Result<(), Error> {
        for member in &record.members {
            let bit_offset = start.saturating_add(member.bit_offset);
            if !member.name.is_empty() {
                out.push(Flat {
                    name: member.name.clone(),
                    bit_offset,
                    bits: member.bitfield_size,
                    type_ref: member.type_ref.clone(),
                    on: on.clone(),
                });
                continue;
            }
            match &member.type_ref {
                TypeRef::Unnamed(definition) => {
                    if let Definition::Record(inner) = &**definition {
                        self.flatten(inner, on, bit_offset, out)?;
                    }
                }
                // With `-fms-extensions`, as the kernel is built since 6.19.
                TypeRef::Named { space, name, .. } => {
                    for (definition, set) in self.definitions(&(*space, name.clone()))? {
                        let set = set.intersection(on);
                        if let (Definition::Record(inner), false) = (&definition, set.is_empty()) {
                            self.flatten(inner, &set, bit_offset, out)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Fails on the first field that was asked for and is nowhere.
    fn all_found(&self) -> Result<(), Error> {
        for (key, draft) in &self.drafts {
            let Want::Fields(wanted) = &draft.want else {
                continue;
            };
            for field in wanted.keys() {
                let found = self.fields.get(key).into_iter().flatten();
                if found.into_iter().any(|found| found.name == *field) {
                    continue;
                }
                let mut flats = Vec::new();
                for (record, on) in &draft.records {
                    self.flatten(record, on, 0, &mut flats)?;
                }
                return Err(Error::UnknownField {
                    name: type_name(key.0, &key.1),
                    field: field.clone(),
                    near: near(field, flats.iter().map(|flat| flat.name.as_str())),
                });
            }
        }
        Ok(())
    }

    fn in_order(mut self) -> Vec<Declared> {
        let mut order = Vec::new();
        let mut seen = BTreeSet::new();
        for key in self.drafts.keys() {
            visit(key, &self.fields, &mut seen, &mut order);
        }
        let declared = order.into_iter().filter_map(|key| {
            let draft = self.drafts.remove(&key)?;
            let fields = self.fields.remove(&key).unwrap_or_default();
            Some(declare(key, draft, fields))
        });
        declared.collect()
    }
}

/// Whether more may be asked of what a field is, or leads to.
fn leads_on(shape: &Shape) -> bool {
    match shape {
        Shape::Record(..) => true,
        Shape::Pointer(Some(inner)) | Shape::Array(inner, _) => leads_on(inner),
        _ => false,
    }
}

/// What a record contains goes before it.
fn visit(
    key: &Key,
    fields: &BTreeMap<Key, Vec<Field>>,
    seen: &mut BTreeSet<Key>,
    order: &mut Vec<Key>,
) {
    if !seen.insert(key.clone()) {
        return;
    }
    let kinds = fields
        .get(key)
        .into_iter()
        .flatten()
        .flat_map(|field| &field.kinds);
    for kind in kinds {
        let mut shape = &kind.shape;
        while let Shape::Array(element, _) = shape {
            shape = element;
        }
        match shape {
            Shape::Record(space, name) => visit(&(*space, name.clone()), fields, seen, order),
            Shape::Enum(name) => visit(&(NameSpace::Enum, name.clone()), fields, seen, order),
            _ => {}
        }
    }
    order.push(key.clone());
}

fn declare(key: Key, draft: Draft, fields: Vec<Field>) -> Declared {
    let sets = draft.records.iter().map(|(_, on)| on);
    let sets = sets.chain(draft.enums.iter().map(|(_, on)| on));
    let on = sets.fold(KernelSet::default(), |all, on| all.union(on));
    let is_union = match key.0 {
        NameSpace::Typedef => draft
            .records
            .first()
            .is_some_and(|(record, _)| record.is_union),
        space => space == NameSpace::Union,
    };
    let body = match key.0 {
        NameSpace::Enum => {
            let mut enumerators: Vec<(String, u64, KernelSet)> = Vec::new();
            for (of, on) in &draft.enums {
                for (name, value) in &of.enumerators {
                    match enumerators.iter_mut().find(|(other, ..)| other == name) {
                        Some((_, _, all)) => *all = all.union(on),
                        None => enumerators.push((name.clone(), *value, on.clone())),
                    }
                }
            }
            Body::Enum {
                size: draft.enums.iter().map(|(of, _)| of.size).max().unwrap_or(4),
                is_signed: draft.enums.iter().any(|(of, _)| of.is_signed),
                enumerators,
            }
        }
        _ => Body::Record(fields),
    };
    Declared {
        key,
        is_unnamed: draft.is_unnamed,
        is_union,
        on,
        body,
    }
}

/// The kernels that have the field at two places: loaders refuse such a record.
fn ambiguous(flats: &[Flat]) -> KernelSet {
    let mut twice = KernelSet::default();
    for (at, one) in flats.iter().enumerate() {
        for other in flats[at + 1..]
            .iter()
            .filter(|other| other.bit_offset != one.bit_offset)
        {
            twice = twice.union(&one.on.intersection(&other.on));
        }
    }
    twice
}

fn with_bits(shape: Shape, bits: u8) -> Shape {
    match shape {
        Shape::Int(int) => Shape::Int(Int { bits, ..int }),
        // Its bits are those of an integer, and no read of ours takes an enum apart.
        Shape::Enum(_) | Shape::Unnamed(_) if bits > 0 => Shape::Other,
        other => other,
    }
}

/// Names what has no name, and keeps its definition.
fn named(
    shape: Shape,
    made_up: &str,
    on: &KernelSet,
    unnamed: &mut BTreeMap<Key, Vec<(Definition, KernelSet)>>,
) -> Shape {
    match shape {
        Shape::Array(element, len) => {
            Shape::Array(Box::new(named(*element, made_up, on, unnamed)), len)
        }
        Shape::Unnamed(definition) => {
            let (space, named) = match &*definition {
                Definition::Record(record) => {
                    let space = if record.is_union {
                        NameSpace::Union
                    } else {
                        NameSpace::Struct
                    };
                    (space, Shape::Record(space, made_up.to_owned()))
                }
                _ => (NameSpace::Enum, Shape::Enum(made_up.to_owned())),
            };
            let key = (space, made_up.to_owned());
            unnamed
                .entry(key)
                .or_default()
                .push((*definition, on.clone()));
            named
        }
        other => other,
    }
}
