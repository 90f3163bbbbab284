//! One local type for each kernel type, from the requests of all inputs.
//!
//! The fields that any input mentions go into one record, so a kernel type has one local type in the BTF of
//! the object. A field that contradicts those of a record goes into another record with a flavour:
//! `task_struct___2` is `task_struct` to a loader. C keeps its own local types.
//!
//! The layout depends on the set of requests, not on their order.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
};

use crate::ask::{
    declaration::{Declaration, Spelled},
    descriptor::{
        Enum, EnumeratorAsk, FieldAsk, Int, LARGEST, Named, Record, Request, Step, Type, TypeAsk,
    },
};

/// Names a record of a [`Table`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RecordId(usize);

/// Names an enum of a [`Table`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EnumId(usize);

/// A type as it is laid out.
pub(crate) type Laid = Type<RecordId, EnumId>;

/// A struct or union with all its fields.
#[derive(Clone, Debug)]
pub(crate) struct RecordLayout {
    /// Its name, with a flavour where the plain one was not to be had.
    pub(crate) name: String,
    /// Union rather than struct.
    pub(crate) union: bool,
    /// The name is that of a typedef, the record itself has none.
    pub(crate) typedef: bool,
    /// The fields, at ascending offsets.
    pub(crate) members: Vec<Member>,
    /// Bytes, at least one.
    pub(crate) size: u64,
    /// Bytes.
    pub(crate) align: u64,
}

/// A field with its place.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Its name.
    pub(crate) name: String,
    /// Its type.
    pub(crate) of: Laid,
    /// In bytes.
    pub(crate) offset: u64,
}

/// An enum with all its enumerators.
#[derive(Clone, Debug)]
pub(crate) struct EnumLayout {
    /// Its name, with a flavour where the plain one was not to be had.
    pub(crate) name: String,
    /// The integer that holds it.
    pub(crate) holder: Int,
    /// Names and values.
    pub(crate) enumerators: Vec<(String, i64)>,
}

/// One access of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// A member, by its index in [`RecordLayout::members`].
    Member(RecordId, usize),
    /// An element of the array type.
    Element(Laid, u32),
}

/// What a request has become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Placed {
    /// A chain of accesses.
    Field(FieldAsk, Vec<Access>),
    /// A record as a whole.
    Record(TypeAsk, RecordId),
    /// An enum as a whole.
    Enum(TypeAsk, EnumId),
    /// A type of its own for each dialect; one that matches is enough.
    Match(Vec<Declaration<Spelled>>),
    /// An enumerator, by its index in [`EnumLayout::enumerators`].
    Enumerator(EnumeratorAsk, EnumId, usize),
}

/// Why the requests have no layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Impossible {
    /// The record holds itself by value.
    Recursive(String),
    /// The record is larger than BTF can tell.
    TooLarge(String),
}

impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recursive(name) => write!(f, "`{name}` contains itself by value"),
            Self::TooLarge(name) => write!(f, "`{name}` is too large"),
        }
    }
}

/// All local types.
#[derive(Debug, Default)]
pub(crate) struct Table {
    records: Vec<RecordLayout>,
    enums: Vec<EnumLayout>,
    placed: HashMap<String, Placed>,
}

impl Table {
    /// Lays out the types of `requests`, which are keyed by the text that they came
    /// from.
    ///
    /// # Errors
    /// When a record would be infinitely or unreasonably large.
    pub(crate) fn new(requests: &BTreeMap<String, Request>) -> Result<Self, Impossible> {
        let mut draft = Draft::default();
        for request in requests.values() {
            draft.reserve(request);
        }
        // Matches have types of their own, and so leave the plain names to the others.
        let is_match = |request: &Request| matches!(request, Request::Match(_));
        let (matches, others): (Vec<_>, Vec<_>) =
            requests.iter().partition(|(_, request)| is_match(request));
        for (text, request) in others.into_iter().chain(matches) {
            let placed = draft.place(request);
            draft.table.placed.insert(text.clone(), placed);
        }
        draft.finish()
    }

    /// The record.
    pub(crate) fn record(&self, id: RecordId) -> &RecordLayout {
        &self.records[id.0]
    }

    /// The enum.
    pub(crate) fn enumeration(&self, id: EnumId) -> &EnumLayout {
        &self.enums[id.0]
    }

    /// What the request with this text has become.
    pub(crate) fn placed(&self, text: &str) -> Option<&Placed> {
        self.placed.get(text)
    }

    /// Size and alignment in bytes. A flexible array takes the room of one element,
    /// so that no two members share an offset.
    pub(crate) fn room(&self, of: &Laid) -> (u64, u64) {
        self.room_with(of, 1)
    }

    /// Size in bytes as the type states it: a flexible array has none.
    pub(crate) fn size(&self, of: &Laid) -> u64 {
        self.room_with(of, 0).0
    }

    fn room_with(&self, of: &Laid, flexible: u32) -> (u64, u64) {
        let record = |id: &RecordId| {
            let record = self.record(*id);
            (record.size, record.align)
        };
        of.room(flexible, &record, &|id| self.enumeration(*id).holder)
    }
}

/// The table while requests are placed: members are in order of appearance and have
/// no offsets.
#[derive(Default)]
struct Draft {
    table: Table,
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
    fn reserve(&mut self, request: &Request) {
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

    fn place(&mut self, request: &Request) -> Placed {
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

    fn finish(mut self) -> Result<Table, Impossible> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::descriptor::parse;

    fn laid(texts: &[&str]) -> Result<Table, Impossible> {
        let requests = texts.iter().map(|text| {
            let request = parse(text).unwrap_or_else(|malformed| panic!("{text}: {malformed}"));
            ((*text).to_owned(), request)
        });
        Table::new(&requests.collect())
    }

    fn table(texts: &[&str]) -> Table {
        laid(texts).unwrap_or_else(|impossible| panic!("{impossible}"))
    }

    /// The path of a request in the names of the local types, as `type.member`.
    fn names(table: &Table, text: &str) -> Vec<String> {
        let Some(Placed::Field(_, accesses)) = table.placed(text) else {
            panic!("{text}")
        };
        accesses
            .iter()
            .map(|access| match access {
                Access::Member(id, index) => {
                    let record = table.record(*id);
                    format!(
                        "{}.{}@{}",
                        record.name, record.members[*index].name, record.members[*index].offset
                    )
                }
                Access::Element(_, index) => format!("[{index}]"),
            })
            .collect()
    }

    const PID: &str = "byte_off struct task_struct.pid:i32";
    const TGID: &str = "byte_off struct task_struct.tgid:i32";
    const WIDE_PID: &str = "byte_off struct task_struct.pid:i64";
    const VRUNTIME: &str = "byte_off struct task_struct.se:struct sched_entity.vruntime:u64";

    #[test]
    fn fields_of_all_inputs_share_a_record() {
        let table = table(&[TGID, PID, VRUNTIME]);
        assert_eq!(names(&table, PID), ["task_struct.pid@0"]);
        assert_eq!(
            names(&table, VRUNTIME),
            ["task_struct.se@8", "sched_entity.vruntime@0"]
        );
        assert_eq!(names(&table, TGID), ["task_struct.tgid@16"]);
    }

    #[test]
    fn a_field_of_another_type_goes_to_a_flavour() {
        let table = table(&[PID, WIDE_PID]);
        assert_eq!(names(&table, PID), ["task_struct.pid@0"]);
        assert_eq!(names(&table, WIDE_PID), ["task_struct___2.pid@0"]);
    }

    #[test]
    fn a_flavour_gets_no_second_separator() {
        let (narrow, wide) = (
            "byte_off struct t___v5.x:u32",
            "byte_off struct t___v5.x:u64",
        );
        let table = table(&[narrow, wide]);
        assert_eq!(names(&table, wide), ["t___v5_2.x@0"]);
    }

    #[test]
    fn a_generated_flavour_is_unused() {
        let other = "byte_off struct task_struct___2.x:u8";
        let table = table(&[PID, WIDE_PID, other]);
        assert_eq!(names(&table, WIDE_PID), ["task_struct___3.pid@0"]);
        assert_eq!(names(&table, other), ["task_struct___2.x@0"]);
    }

    #[test]
    fn a_flavour_inside_makes_one_outside() {
        let narrow = "byte_off struct a.b:struct b.x:u32";
        let wide = "byte_off struct a.b:struct b.x:u64";
        let whole = "byte_sz struct a.b:struct b";
        let table = table(&[narrow, wide, whole]);
        assert_eq!(names(&table, narrow), ["a.b@0", "b.x@0"]);
        assert_eq!(names(&table, wide), ["a___2.b@0", "b___2.x@0"]);
        assert_eq!(names(&table, whole), ["a.b@0"]);
    }

    #[test]
    fn a_struct_a_union_a_typedef_and_an_enum_of_one_name_differ() {
        let texts = [
            "byte_off struct x.a:u8",
            "byte_off typedef struct x.a:u8",
            "byte_off union x.a:u8",
        ];
        let table = table(&[&texts[..], &["enumval_value enum x/u32.A=1"]].concat());
        let mut used: Vec<String> = texts
            .iter()
            .map(|text| names(&table, text).concat())
            .collect();
        used.sort();
        assert_eq!(used, ["x.a@0", "x___2.a@0", "x___3.a@0"]);
        assert!(matches!(
            table.placed("enumval_value enum x/u32.A=1"),
            Some(Placed::Enumerator(_, id, 0)) if table.enumeration(*id).name == "x___4"
        ));
    }

    #[test]
    fn the_flexible_array_is_last() {
        let flexible = "byte_off struct s.a:[0]struct e.x:u32";
        let flexible_whole = "byte_off struct s.a:[0]struct e[3].x:u32";
        assert!(parse(flexible).is_err());
        let (other, second) = ("byte_off struct s.z:u8", "byte_off struct s.b:[0]u8[1]");
        let table = table(&[flexible_whole, other, second]);
        assert_eq!(names(&table, flexible_whole), ["s.a@4", "[3]", "e.x@0"]);
        assert_eq!(names(&table, other), ["s.z@0"]);
        assert_eq!(names(&table, second), ["s___2.b@0", "[1]"]);
    }

    #[test]
    fn elements_keep_the_type_of_their_array() {
        let text = "byte_off struct s.m:[2][3]u16[1][2]";
        let table = table(&[text]);
        let Some(Placed::Field(_, accesses)) = table.placed(text) else {
            panic!()
        };
        let row = Laid::Array(3, Box::new(Laid::Int(Int::Unsigned(16))));
        let expected = [
            Access::Element(Laid::Array(2, Box::new(row.clone())), 1),
            Access::Element(row, 2),
        ];
        assert_eq!(accesses[1..], expected);
    }

    #[test]
    fn members_of_a_union_overlap() {
        let (a, b) = ("byte_off union u.a:u8", "byte_off union u.b:u64");
        let table = table(&[
            a,
            b,
            "byte_off struct s.u:union u.b:u64",
            "byte_off struct s.v:u8",
        ]);
        assert_eq!(names(&table, a), ["u.a@0"]);
        assert_eq!(names(&table, b), ["u.b@0"]);
        assert_eq!(names(&table, "byte_off struct s.v:u8"), ["s.v@8"]);
    }

    #[test]
    fn enumerators_share_an_enum_unless_they_disagree() {
        let texts = [
            "enumval_value enum e/u32.A=1",
            "enumval_value enum e/u32.B=2",
            "enumval_value enum e/u32.B=3",
        ];
        let table = table(&texts);
        let place = |text: &str| match table.placed(text) {
            Some(Placed::Enumerator(_, id, index)) => {
                (table.enumeration(*id).name.as_str(), *index)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(texts.map(place), [("e", 0), ("e", 1), ("e___2", 0)]);
    }

    #[test]
    fn what_has_no_layout() {
        let recursion = "byte_off struct a.b:struct b.a:struct a.b:struct b";
        assert!(matches!(laid(&[recursion]), Err(Impossible::Recursive(_))));
        let huge = "byte_off struct a.x:[268435456]u8";
        let table = laid(&[huge, "byte_off struct a.y:u8"]);
        assert_eq!(table.err(), Some(Impossible::TooLarge("a".to_owned())));
        let nested = "byte_off struct a.x:[65536]struct b[0].y:[65536]u64";
        assert!(matches!(laid(&[nested]), Err(Impossible::TooLarge(_))));
    }
}
