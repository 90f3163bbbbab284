//! What an object says of a map, before a loader creates it: by BTF in `.maps`, or by a
//! `struct bpf_map_def` in `maps`.

use super::{Map, Object};
use crate::btf::Btf;
use crate::raw::Kind;
use crate::type_id::TypeId;
use crate::types::Type;

/// The definition of a map. What the object does not say is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MapDefinition {
    /// Of `enum bpf_map_type`.
    pub map_type: Option<u32>,
    /// In the object's BTF.
    pub key_type: Option<TypeId>,
    /// In bytes.
    pub key_size: Option<u32>,
    /// In the object's BTF.
    pub value_type: Option<TypeId>,
    /// In bytes.
    pub value_size: Option<u32>,
    /// How many entries it takes.
    pub max_entries: Option<u32>,
    /// `BPF_F_*`.
    pub map_flags: Option<u32>,
    /// `LIBBPF_PIN_BY_NAME` is 1.
    pub pinning: Option<u32>,
}

impl Object<'_> {
    /// What the object says of one of its maps.
    pub fn map_definition(&self, map: &Map<'_>) -> MapDefinition {
        let by_btf = self.btf().and_then(|btf| of_btf(btf, map.name));
        by_btf.unwrap_or_else(|| self.of_record(map))
    }

    /// Of objects from before BTF: numbers in a row.
    fn of_record(&self, map: &Map<'_>) -> MapDefinition {
        let section = &self.sections()[map.section];
        let number = |index: u64| {
            let at = usize::try_from(map.offset.checked_add(index * 4)?).ok()?;
            let word = section.data.get(at..)?.first_chunk()?;
            Some(self.endian().u32(*word))
        };
        if section.name != "maps" {
            return MapDefinition::default();
        }
        MapDefinition {
            map_type: number(0),
            key_size: number(1),
            value_size: number(2),
            max_entries: number(3),
            map_flags: number(4),
            ..MapDefinition::default()
        }
    }
}

/// The variable of `.maps` that has the name (`parse_btf_map_def` of libbpf).
fn of_btf(btf: &Btf<'_>, name: &str) -> Option<MapDefinition> {
    let section = btf.find_by_name_kind(".maps", Kind::Datasec)?;
    let mut variables = section.variables();
    let variable = variables.find_map(|entry| {
        let variable = btf.type_by_id(entry.type_id)?;
        (variable.name() == name).then_some(variable)
    })?;
    let record = btf.skip_mods_and_typedefs(variable.referenced()?)?;
    let number = |name| number(btf, &record, name);
    let (key_type, value_type) = (pointee(btf, &record, "key"), pointee(btf, &record, "value"));
    let size_of = |of: Option<TypeId>| of.and_then(|id| btf.resolve_size(id));
    Some(MapDefinition {
        map_type: number("type"),
        key_type,
        key_size: size_of(key_type).or_else(|| number("key_size")),
        value_type,
        value_size: size_of(value_type).or_else(|| number("value_size")),
        max_entries: number("max_entries"),
        map_flags: number("map_flags"),
        pinning: number("pinning"),
    })
}

/// `__uint(type, 5)` declares `int (*type)[5]`.
fn number(btf: &Btf<'_>, record: &Type<'_>, name: &str) -> Option<u32> {
    let array = btf.skip_mods_and_typedefs(pointee(btf, record, name)?)?;
    Some(array.array()?.nelems)
}

/// `__type(key, struct key)` declares `struct key *key`.
fn pointee(btf: &Btf<'_>, record: &Type<'_>, name: &str) -> Option<TypeId> {
    let member = record.members().find(|member| member.name == name)?;
    let pointer = btf.skip_mods_and_typedefs(member.type_id)?;
    pointer.referenced().filter(|_| pointer.kind() == Kind::Ptr)
}
