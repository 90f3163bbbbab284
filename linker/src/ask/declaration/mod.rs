//! Whole types, as `core_type_matches` compares them and as prototypes have them.
//!
//! A local type of [`layout`](crate::lower::layout) differs: it has the members of all inputs, its pointers
//! lead to names only, and its integers have Rust's names. A match compares one declaration, with all types
//! behind its pointers and with C's names of integers (`__bpf_core_types_match` in libbpf's `relo_core.c`).
//!
//! - `integer.rs`: the names of integers, which differ between kernels
//! - `room.rs`: sizes and offsets
//! - `read.rs`: the text of a descriptor to a declaration

mod integer;
mod read;
mod room;

pub(crate) use integer::{Integer, Spelled};
pub(crate) use room::Room;

use crate::ask::request::{Enum, Record};
use integer::Dialect;

/// A type of the grammar, as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Declaration<I = Integer> {
    /// `void`.
    Void,
    /// An integer or a `bool`.
    Integer(I),
    /// A pointer.
    Pointer(Box<Self>),
    /// An array; of 0 elements if it is flexible.
    Array(u32, Box<Self>),
    /// A function behind a pointer: parameters, result.
    Function(Vec<Self>, Box<Self>),
    /// A record behind a pointer, of which only the name counts.
    Name(Record),
    /// A record, with the members to compare.
    Record(Record, Vec<(String, Self)>),
    /// An enum, with the enumerators to compare.
    Enum(Enum, Vec<(String, i64)>),
}

impl Declaration {
    /// The names of records and enums in it.
    pub(crate) fn names(&self, visit: &mut impl FnMut(&String)) {
        match self {
            Self::Void | Self::Integer(_) => {}
            Self::Pointer(of) | Self::Array(_, of) => of.names(visit),
            Self::Function(parameters, result) => {
                parameters.iter().for_each(|of| of.names(visit));
                result.names(visit);
            }
            Self::Name(record) => visit(&record.name),
            Self::Enum(of, _) => visit(&of.name),
            Self::Record(record, members) => {
                visit(&record.name);
                members.iter().for_each(|(_, of)| of.names(visit));
            }
        }
    }

    /// The type in each dialect, without repeats.
    pub(crate) fn spelled(&self) -> Vec<Declaration<Spelled>> {
        let mut all = Vec::new();
        for dialect in Dialect::all() {
            let of = self.map(&|integer| integer.spelled(dialect), &mut |_, name| {
                name.to_owned()
            });
            if !all.contains(&of) {
                all.push(of);
            }
        }
        all
    }
}

impl Declaration<Spelled> {
    /// The type with other names for its records and enums.
    pub(crate) fn renamed(&self, rename: &mut impl FnMut(&Self, &str) -> String) -> Self {
        self.map(&|integer| integer, rename)
    }
}

impl<I: Copy> Declaration<I> {
    fn map<J: Copy>(
        &self,
        integer: &impl Fn(I) -> J,
        rename: &mut impl FnMut(&Self, &str) -> String,
    ) -> Declaration<J> {
        match self {
            Self::Void => Declaration::Void,
            Self::Integer(of) => Declaration::Integer(integer(*of)),
            Self::Pointer(of) => Declaration::Pointer(Box::new(of.map(integer, rename))),
            Self::Array(count, of) => Declaration::Array(*count, Box::new(of.map(integer, rename))),
            Self::Function(parameters, result) => {
                let parameters = parameters.iter().map(|of| of.map(integer, rename));
                let parameters = parameters.collect();
                Declaration::Function(parameters, Box::new(result.map(integer, rename)))
            }
            Self::Name(record) => Declaration::Name(record.clone()),
            Self::Record(record, members) => {
                let parts = members
                    .iter()
                    .map(|(name, of)| (name.clone(), of.map(integer, rename)));
                let parts = parts.collect();
                let record = Record {
                    name: rename(self, &record.name),
                    ..record.clone()
                };
                Declaration::Record(record, parts)
            }
            Self::Enum(of, enumerators) => {
                let of = Enum {
                    name: rename(self, &of.name),
                    ..of.clone()
                };
                Declaration::Enum(of, enumerators.clone())
            }
        }
    }
}
