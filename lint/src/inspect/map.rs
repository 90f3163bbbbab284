//! Maps of an object, and its variables, which loaders put into maps of their own.

use anyhow::Result;
use bpf_core_btf::object::Object;
use serde::Serialize;

use super::types::type_name;
use crate::known::Known;

/// A map. What the object does not say is `None`.
#[derive(Debug, Serialize)]
pub(super) struct Map {
    pub(super) name: String,
    /// `BPF_MAP_TYPE_HASH`, or the number of a type that no known kernel has.
    pub(super) map_type: Option<String>,
    pub(super) key_type: Option<String>,
    pub(super) key_size: Option<u32>,
    pub(super) value_type: Option<String>,
    pub(super) value_size: Option<u32>,
    pub(super) max_entries: Option<u32>,
    pub(super) map_flags: Option<u32>,
    pub(super) is_pinned: bool,
}

/// The variables of a section.
#[derive(Debug, Serialize)]
pub(super) struct Variables {
    pub(super) section: String,
    pub(super) size: u64,
    pub(super) names: Vec<String>,
}

pub(super) fn maps(known: &Known<'_>, object: &Object<'_>) -> Result<Vec<Map>> {
    let maps = object.maps().iter().map(|map| {
        let definition = object.map_definition(map);
        let type_of = |id: Option<_>| Some(type_name(object.btf()?, id?));
        let map_type = definition.map_type.map(|number| -> Result<String> {
            let name = known.enumerator("bpf_map_type", number.into())?;
            Ok(name.unwrap_or_else(|| number.to_string()))
        });
        let map_type = map_type.transpose()?;
        Ok(Map {
            name: map.name.to_owned(),
            map_type,
            key_type: type_of(definition.key_type),
            key_size: definition.key_size,
            value_type: type_of(definition.value_type),
            value_size: definition.value_size,
            max_entries: definition.max_entries,
            map_flags: definition.map_flags,
            is_pinned: definition.pinning.is_some_and(|pinning| pinning != 0),
        })
    });
    maps.collect()
}

pub(super) fn variables(object: &Object<'_>) -> Vec<Variables> {
    let data = object.sections().iter().enumerate().filter(|(_, section)| {
        let starts = [".data", ".rodata", ".bss"];
        let name = section.name;
        starts.iter().any(|start| name.starts_with(start)) && section.size > 0
    });
    data.map(|(at, section)| {
        let mut variables: Vec<_> = object.variables().iter().collect();
        variables.retain(|variable| variable.section == at);
        variables.sort_by_key(|variable| variable.offset);
        Variables {
            section: section.name.to_owned(),
            size: section.size,
            names: variables.iter().map(|one| one.name.to_owned()).collect(),
        }
    })
    .collect()
}
