//! Tells from the types of an object what lies in the memory that its code reads.

use std::collections::HashMap;

use bpf_core_btf::{Btf, BtfExt, CoreRelo, CoreReloKind, Kind, Type, TypeId};
use bpf_core_kernel_facts::types::is_uapi;

/// What lies behind an address, as far as it matters for constant offsets from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content<'b> {
    /// A pointer to a struct of the kernel, of that name.
    Pointer(&'b str),
    /// A number, text, a pointer to such, or a struct with a fixed layout.
    Plain,
    /// What has pointers in it, or is not known.
    Unknown,
}

/// The types and CO-RE records of an object.
#[derive(Debug, Default)]
pub(super) struct Types<'b> {
    btf: Option<&'b Btf<'b>>,
    /// By section and place.
    records: HashMap<(&'b str, u32), CoreRelo<'b>>,
}

impl<'b> Types<'b> {
    pub(super) fn new(btf: Option<&'b Btf<'b>>, ext: Option<&BtfExt<'b>>) -> Self {
        let sections = ext.into_iter().flat_map(BtfExt::core_relos);
        let records = sections.flat_map(|section| {
            let records = section.records.iter();
            records.map(|relo| ((section.name, relo.insn_off), *relo))
        });
        Self {
            btf,
            records: records.collect(),
        }
    }

    pub(super) fn has_records(&self) -> bool {
        !self.records.is_empty()
    }

    /// Whether the instruction has a CO-RE record.
    pub(super) fn is_relocated(&self, section: &str, at: u32) -> bool {
        self.records.contains_key(&(section, at))
    }

    /// What lies at the field whose offset the record of that instruction gives.
    pub(super) fn field(&self, section: &str, at: u32) -> Content<'b> {
        let record = self.records.get(&(section, at));
        record
            .filter(|record| record.kind == CoreReloKind::ByteOff)
            .and_then(|record| self.field_type(record))
            .map_or(Content::Unknown, |of| self.content(of))
    }

    fn field_type(&self, record: &CoreRelo<'_>) -> Option<TypeId> {
        let btf = self.btf?;
        let mut id = record.type_id;
        for index in record.access.split(':').skip(1) {
            let index: usize = index.parse().ok()?;
            let of = btf.skip_mods_and_typedefs(id)?;
            id = match of.array() {
                Some(array) => array.element,
                None => of.members().get(index)?.type_id,
            };
        }
        Some(id)
    }

    fn content(&self, id: TypeId) -> Content<'b> {
        let Some(of) = self.resolved(id) else {
            return Content::Unknown;
        };
        match of.kind() {
            Kind::Ptr => self.pointee(of),
            Kind::Struct | Kind::Union | Kind::Array => Content::Unknown,
            _ => Content::Plain,
        }
    }

    fn pointee(&self, pointer: Type<'b>) -> Content<'b> {
        let pointee = pointer.referenced().and_then(|id| self.resolved(id));
        match pointee {
            Some(of) if matches!(of.kind(), Kind::Struct | Kind::Union | Kind::Fwd) => {
                match of.name() {
                    "" => Content::Unknown,
                    name if is_uapi(name) => Content::Plain,
                    name => Content::Pointer(name),
                }
            }
            // Pointers to pointers lead on.
            Some(of) if of.kind() == Kind::Ptr => Content::Unknown,
            // `void *` and `char *` have no layout.
            _ => Content::Plain,
        }
    }

    /// The struct that the result of a function of the kernel points to.
    pub(super) fn returned(&self, function: &str) -> Option<&'b str> {
        let btf = self.btf?;
        let function = btf.find_by_name_kind(function, Kind::Func)?;
        let prototype = btf.type_by_id(function.referenced()?)?;
        let returned = self.resolved(prototype.referenced()?)?;
        match self.pointee(returned) {
            Content::Pointer(name) if returned.kind() == Kind::Ptr => Some(name),
            _ => None,
        }
    }

    fn resolved(&self, id: TypeId) -> Option<Type<'b>> {
        let btf: &'b Btf<'b> = self.btf?;
        btf.skip_mods_and_typedefs(id)
    }
}
