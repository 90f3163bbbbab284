//! What an answer needs to know of kernels: names of types, and of each the members that are asked for.

use std::collections::BTreeSet;

use bpf_core_btf::{Btf, CoreRelo, CoreReloKind, Spec, essential_name};

use crate::definition::Record;

/// Names of types and of members.
///
/// A type of a kernel has hundreds of members, of which a program reads a few. Kernels that differ in
/// other members only give one answer, so the catalogue is asked about these alone.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    names: BTreeSet<String>,
    functions: BTreeSet<String>,
    /// `None`: all members.
    members: Option<BTreeSet<String>>,
}

impl Ask {
    /// Asks for nothing yet.
    pub fn new() -> Self {
        Self {
            members: Some(BTreeSet::new()),
            ..Self::default()
        }
    }

    /// Asks for whole types, each with all its members.
    pub fn whole<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let names = names
            .into_iter()
            .map(|name| essential_name(name).to_owned());
        Self {
            names: names.collect(),
            ..Self::default()
        }
    }

    /// Asks for members of one type, and for members with those names of the types in it.
    pub(crate) fn members_of(name: &str, members: &[&str]) -> Self {
        Self {
            names: [essential_name(name).to_owned()].into(),
            members: Some(members.iter().map(|name| (*name).to_owned()).collect()),
            ..Self::default()
        }
    }

    /// Asks for what a relocation of an object needs. A damaged record needs nothing: it is an error on
    /// every kernel.
    pub fn add_relocation(&mut self, local: &Btf<'_>, relo: &CoreRelo<'_>) {
        let Some(of) = local.type_by_id(relo.type_id) else {
            return;
        };
        self.names.insert(essential_name(of.name()).to_owned());
        if relo.kind == CoreReloKind::TypeMatches {
            self.members = None;
        }
        if let (Some(members), Ok(spec)) = (&mut self.members, Spec::parse(local, relo)) {
            let names = spec.accessors.iter().filter_map(|accessor| accessor.name);
            members.extend(names.map(str::to_owned));
        }
    }

    /// Asks for a function. An answer has it with its prototype.
    pub fn add_function(&mut self, name: &str) {
        self.functions.insert(name.to_owned());
    }

    /// Asks for a type, without its members.
    pub fn add_type(&mut self, name: &str) {
        self.names.insert(essential_name(name).to_owned());
    }

    /// The names of functions.
    pub(crate) fn functions(&self) -> &BTreeSet<String> {
        &self.functions
    }

    /// The names, without flavours.
    pub(crate) fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    /// Whether this very type is asked for.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains(essential_name(name))
    }

    /// Takes members away that are not asked for. Unnamed ones stay, as what is asked for may be in
    /// them, and so does the last one: an array is flexible at the end of a record only.
    pub(crate) fn trim(&self, record: &mut Record) {
        let Some(asked) = &self.members else { return };
        let mut left = record.members.len();
        record.members.retain(|member| {
            left -= 1;
            left == 0 || member.name.is_empty() || asked.contains(&member.name)
        });
        // A few of hundreds, for each layout.
        record.members.shrink_to_fit();
    }
}
