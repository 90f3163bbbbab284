//! Places requests one after another, and gives each type a name that is free and each member an offset.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    Access, EnumId, EnumLayout, Impossible, Laid, Member, Placed, RecordId, RecordLayout, Table,
};
use crate::ask::{
    declaration::{Declaration, Spelled},
    request::{Enum, LARGEST, Named, Record, Request, Step, Type},
};

/// The table while requests are placed: members are in order of appearance and have
/// no offsets.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) table: Table,
    /// All types of one plain name, the first being the one that has it.
    variants: BTreeMap<String, Vec<Variant>>,
    /// Names that a generated flavour must not have.
    unusable: BTreeSet<String>,
    /// Names in requests: usable for their own type only.
    mentioned: BTreeSet<String>,
    /// The names of types that are compared.
    compared: HashMap<Declaration<Spelled>, String>,
}

#[derive(Clone, Copy)]
enum Variant {
    Record(RecordId),
    Enum(EnumId),
}

impl Draft {
    pub(super) fn reserve(&mut self, request: &Request) {
        let mut mention = |name: &String| {
            self.mentioned.insert(name.clone());
        };
        match request {
            Request::Field { root, path, .. } => {
                mention(&root.name);
                for step in path {
                    let Step::Member(_, mut of) = step.clone() else {
                        continue;
                    };
                    while let Type::Array(_, element) = of {
                        of = *element;
                    }
                    match of {
                        Type::Record(record) | Type::PointerTo(record) => mention(&record.name),
                        Type::Enum(of) => mention(&of.name),
                        Type::Int(_) | Type::Pointer | Type::Array(..) => {}
                    }
                }
            }
            Request::Match(of) => of.names(&mut mention),
            Request::Type {
                of: Named::Record(of),
                ..
            } => mention(&of.name),
            Request::Type {
                of: Named::Enum(of),
                ..
            }
            | Request::Enumerator { of, .. } => {
                mention(&of.name);
            }
        }
    }

    /// A name for one more type of this plain name. libbpf splits a flavour off at
    /// the last `___`, aya at the first: there must never be two.
    fn fresh_name(&mut self, plain: &str) -> String {
        let first = !self.variants.contains_key(plain);
        if first && !self.unusable.contains(plain) {
            self.unusable.insert(plain.to_owned());
            return plain.to_owned();
        }
        let separator = if plain.contains("___") { "_" } else { "___" };
        let mut number = 2_u64;
        loop {
            let name = format!("{plain}{separator}{number}");
            if !self.mentioned.contains(&name) && self.unusable.insert(name.clone()) {
                return name;
            }
            number += 1;
        }
    }

    pub(super) fn place(&mut self, request: &Request) -> Placed {
        match request {
            Request::Field { ask, root, path } => Placed::Field(*ask, self.path(root, path)),
            Request::Type {
                ask,
                of: Named::Record(of),
            } => Placed::Record(*ask, self.any_record(of)),
            Request::Type {
                ask,
                of: Named::Enum(of),
            } => Placed::Enum(*ask, self.any_enum(of)),
            Request::Match(of) => {
                let spelled = of.spelled();
                Placed::Match(spelled.iter().map(|of| self.name_all(of)).collect())
            }
            Request::Enumerator {
                ask,
                of,
                name,
                value,
            } => {
                let (id, index) = self.enumerator(of, name, *value);
                Placed::Enumerator(*ask, id, index)
            }
        }
    }

    /// What is spelled alike in two dialects is one type.
    fn name_all(&mut self, of: &Declaration<Spelled>) -> Declaration<Spelled> {
        of.renamed(&mut |part, name| {
            if let Some(known) = self.compared.get(part) {
                return known.clone();
            }
            let name = self.fresh_name(name);
            self.compared.insert(part.clone(), name.clone());
            name
        })
    }

    /// Places a path from its end: which variant of a record a member has decides
    /// which variant of the outer record can have that member.
    fn path(&mut self, root: &Record, path: &[Step]) -> Vec<Access> {
        let members: Vec<usize> = (0..path.len())
            .filter(|at| matches!(path[*at], Step::Member(..)))
            .collect();
        let mut backwards: Vec<Access> = Vec::with_capacity(path.len());
        let mut inner: Option<RecordId> = None;
        let mut end = path.len();
        for (position, &at) in members.iter().enumerate().rev() {
            let Step::Member(name, of) = &path[at] else {
                continue;
            };
            let owner = match position.checked_sub(1).map(|before| &path[members[before]]) {
                Some(Step::Member(_, holder)) => innermost_record(holder).unwrap_or(root),
                _ => root,
            };
            let (id, index) = self.member(owner, name, of, inner);
            let mut here = self.table.records[id.0].members[index].of.clone();
            let mut elements = Vec::new();
            for step in &path[at + 1..end] {
                if let (Step::Element(index), Laid::Array(_, element)) = (step, here.clone()) {
                    elements.push(Access::Element(here, *index));
                    here = *element;
                }
            }
            backwards.extend(elements.into_iter().rev());
            backwards.push(Access::Member(id, index));
            inner = Some(id);
            end = at;
        }
        backwards.reverse();
        backwards
    }

    /// The variant of `owner` that has this member, and the member's index. `inner`
    /// is the variant that the path goes on into, where it does.
    fn member(
        &mut self,
        owner: &Record,
        name: &str,
        of: &Type,
        inner: Option<RecordId>,
    ) -> (RecordId, usize) {
        let flexible = matches!(of, Type::Array(0, _));
        for id in self.records_of(owner) {
            let members = &self.table.records[id.0].members;
            match members.iter().position(|member| member.name == name) {
                Some(index) if self.fits(&members[index].of, of, inner) => return (id, index),
                Some(_) => {}
                // Loaders take an array for flexible only when it is the last member
                // (`is_flex_arr` in `relo_core.c`), so a record can have but one.
                None if flexible && members.iter().any(|m| matches!(m.of, Laid::Array(0, _))) => {}
                None => return (id, self.add_member(id, name, of, inner)),
            }
        }
        let id = self.new_record(owner);
        (id, self.add_member(id, name, of, inner))
    }

    fn add_member(
        &mut self,
        id: RecordId,
        name: &str,
        of: &Type,
        inner: Option<RecordId>,
    ) -> usize {
        let of = self.lay(of, inner);
        let members = &mut self.table.records[id.0].members;
        members.push(Member {
            name: name.to_owned(),
            of,
            offset: 0,
        });
        members.len() - 1
    }

    /// Whether a member laid out as `laid` can serve as one declared `of`. What a
    /// pointer points to does not count: loaders do not compare it either
    /// (`bpf_core_fields_are_compat`).
    fn fits(&self, laid: &Laid, of: &Type, inner: Option<RecordId>) -> bool {
        match (laid, of) {
            (Laid::Int(a), Type::Int(b)) => a == b,
            (Laid::Pointer | Laid::PointerTo(_), Type::Pointer | Type::PointerTo(_)) => true,
            (Laid::Array(a, laid), Type::Array(b, of)) => a == b && self.fits(laid, of, inner),
            (Laid::Record(id), Type::Record(record)) => match inner {
                Some(inner) => *id == inner,
                None => self.records_of(record).contains(id),
            },
            (Laid::Enum(id), Type::Enum(of)) => self.enums_of(of).contains(id),
            _ => false,
        }
    }

    fn lay(&mut self, of: &Type, inner: Option<RecordId>) -> Laid {
        match of {
            Type::Int(int) => Laid::Int(*int),
            Type::Pointer => Laid::Pointer,
            Type::PointerTo(record) => Laid::PointerTo(record.clone()),
            Type::Array(count, element) => Laid::Array(*count, Box::new(self.lay(element, inner))),
            Type::Record(record) => Laid::Record(match inner {
                Some(id) => id,
                None => self.any_record(record),
            }),
            Type::Enum(of) => Laid::Enum(self.any_enum(of)),
        }
    }

    fn records_of(&self, record: &Record) -> Vec<RecordId> {
        let same = |id: &RecordId| {
            let laid = &self.table.records[id.0];
            laid.union == record.union && laid.typedef == record.typedef
        };
        let variants = self
            .variants
            .get(&record.name)
            .map_or(&[][..], Vec::as_slice);
        variants
            .iter()
            .filter_map(|variant| match variant {
                Variant::Record(id) => Some(*id).filter(same),
                Variant::Enum(_) => None,
            })
            .collect()
    }

    fn enums_of(&self, of: &Enum) -> Vec<EnumId> {
        let variants = self.variants.get(&of.name).map_or(&[][..], Vec::as_slice);
        variants
            .iter()
            .filter_map(|variant| match variant {
                Variant::Enum(id) => {
                    Some(*id).filter(|id| self.table.enums[id.0].holder == of.holder)
                }
                Variant::Record(_) => None,
            })
            .collect()
    }

    fn any_record(&mut self, record: &Record) -> RecordId {
        match self.records_of(record).first() {
            Some(id) => *id,
            None => self.new_record(record),
        }
    }

    fn any_enum(&mut self, of: &Enum) -> EnumId {
        match self.enums_of(of).first() {
            Some(id) => *id,
            None => self.new_enum(of),
        }
    }

    fn enumerator(&mut self, of: &Enum, name: &str, value: i64) -> (EnumId, usize) {
        for id in self.enums_of(of) {
            let enumerators = &mut self.table.enums[id.0].enumerators;
            match enumerators.iter().position(|(known, _)| known == name) {
                Some(index) if enumerators[index].1 == value => return (id, index),
                Some(_) => {}
                None => {
                    enumerators.push((name.to_owned(), value));
                    return (id, enumerators.len() - 1);
                }
            }
        }
        let id = self.new_enum(of);
        self.table.enums[id.0]
            .enumerators
            .push((name.to_owned(), value));
        (id, 0)
    }

    fn new_record(&mut self, record: &Record) -> RecordId {
        let id = RecordId(self.table.records.len());
        let name = self.fresh_name(&record.name);
        self.table.records.push(RecordLayout {
            name,
            union: record.union,
            typedef: record.typedef,
            members: Vec::new(),
            size: 0,
            align: 1,
        });
        self.variants
            .entry(record.name.clone())
            .or_default()
            .push(Variant::Record(id));
        id
    }

    fn new_enum(&mut self, of: &Enum) -> EnumId {
        let id = EnumId(self.table.enums.len());
        let name = self.fresh_name(&of.name);
        self.table.enums.push(EnumLayout {
            name,
            holder: of.holder,
            enumerators: Vec::new(),
        });
        self.variants
            .entry(of.name.clone())
            .or_default()
            .push(Variant::Enum(id));
        id
    }

    pub(super) fn finish(mut self) -> Result<Table, Impossible> {
        for at in 0..self.table.records.len() {
            self.flexible_last(RecordId(at));
        }
        let mut progress = vec![Progress::Untouched; self.table.records.len()];
        for at in 0..self.table.records.len() {
            self.settle(RecordId(at), &mut progress)?;
        }
        Ok(self.table)
    }

    /// Moves the flexible array behind the other members, and tells the accesses.
    fn flexible_last(&mut self, id: RecordId) {
        let members = &mut self.table.records[id.0].members;
        let Some(flexible) = members
            .iter()
            .position(|m| matches!(m.of, Laid::Array(0, _)))
        else {
            return;
        };
        let last = members.len() - 1;
        let member = members.remove(flexible);
        members.push(member);
        for placed in self.table.placed.values_mut() {
            let Placed::Field(_, accesses) = placed else {
                continue;
            };
            for access in accesses {
                if let Access::Member(of, index) = access
                    && *of == id
                {
                    *index = match (*index).cmp(&flexible) {
                        std::cmp::Ordering::Less => *index,
                        std::cmp::Ordering::Equal => last,
                        std::cmp::Ordering::Greater => *index - 1,
                    };
                }
            }
        }
    }

    /// Gives the members of a record their offsets, those of inner records first.
    fn settle(&mut self, id: RecordId, progress: &mut [Progress]) -> Result<(), Impossible> {
        let name = || self.table.records[id.0].name.clone();
        match progress[id.0] {
            Progress::Done => return Ok(()),
            Progress::Begun => return Err(Impossible::Recursive(name())),
            Progress::Untouched => progress[id.0] = Progress::Begun,
        }
        let mut members = self.table.records[id.0].members.clone();
        let union = self.table.records[id.0].union;
        let (mut size, mut align) = (0_u64, 1_u64);
        for member in &mut members {
            let mut value = &member.of;
            while let Laid::Array(_, element) = value {
                value = element;
            }
            if let Laid::Record(inner) = value {
                self.settle(*inner, progress)?;
            }
            let (member_size, member_align) = self.table.room(&member.of);
            align = align.max(member_align);
            if union {
                size = size.max(member_size);
            } else {
                member.offset = size.next_multiple_of(member_align);
                size = member.offset.saturating_add(member_size);
            }
            if size > LARGEST {
                return Err(Impossible::TooLarge(self.table.records[id.0].name.clone()));
            }
        }
        let record = &mut self.table.records[id.0];
        record.members = members;
        record.size = size.max(1).next_multiple_of(align);
        record.align = align;
        progress[id.0] = Progress::Done;
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Progress {
    Untouched,
    Begun,
    Done,
}

fn innermost_record(mut of: &Type) -> Option<&Record> {
    loop {
        match of {
            Type::Array(_, element) => of = element,
            Type::Record(record) => return Some(record),
            _ => return None,
        }
    }
}
