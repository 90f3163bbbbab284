//! Maps as an object's BTF defines them: the variables of `.maps`.

use bpf_core_btf::{Btf, Kind, Type, TypeId};

/// A map's definition. What it does not say is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MapDefinition<'b> {
    pub(crate) name: &'b str,
    /// Of `enum bpf_map_type`.
    pub(crate) map_type: Option<u32>,
}

/// The maps of `.maps`.
pub(crate) fn all<'b>(btf: &'b Btf<'b>) -> impl Iterator<Item = MapDefinition<'b>> {
    let section = btf.find_by_name_kind(".maps", Kind::Datasec);
    let variables = section
        .into_iter()
        .flat_map(|section| section.variables().collect::<Vec<_>>());
    variables.filter_map(|variable| {
        let variable = btf.type_by_id(variable.type_id)?;
        let record = btf.skip_mods_and_typedefs(variable.referenced()?)?;
        Some(MapDefinition {
            name: variable.name(),
            map_type: number(btf, &record, "type"),
        })
    })
}

/// `__uint(type, 5)` declares `int (*type)[5]`.
fn number(btf: &Btf<'_>, record: &Type<'_>, name: &str) -> Option<u32> {
    let member = record.members().find(|member| member.name == name)?;
    let follow = |id: TypeId| btf.skip_mods_and_typedefs(id);
    let array = follow(follow(member.type_id)?.referenced()?)?.array()?;
    Some(array.nelems)
}
