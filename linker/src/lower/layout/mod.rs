//! One local type for each kernel type, from the requests of all inputs.
//!
//! The fields that any input mentions go into one record, so a kernel type has one local type in the BTF of
//! the object. A field that contradicts those of a record goes into another record with a flavour:
//! `task_struct___2` is `task_struct` to a loader. C keeps its own local types.
//!
//! The layout depends on the set of requests, not on their order.

mod draft;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use draft::Draft;

use crate::ask::{
    declaration::{Declaration, Spelled},
    request::{EnumeratorAsk, FieldAsk, Int, Request, Type, TypeAsk},
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

#[cfg(test)]
mod tests;
