//! Map types that a kernel lacks, by its own `enum bpf_map_type`. A loader creates all maps of an object
//! before it loads a program.

use bpf_core_btf::object::Target;

use crate::finding::{Effect, Finding, Rule};
use crate::number::Numbers;
use crate::visits::Cases;
use crate::{CheckError, Scene};

/// Judges every map of the object.
pub(crate) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) -> Result<(), CheckError> {
    let types = Numbers::read(scene.catalogue, "bpf_map_type")?;
    for map in scene.object.maps() {
        let Some(map_type) = scene.object.map_definition(map).map_type else {
            continue;
        };
        let knowledge = types.value(map_type.into());
        let mut cases = Cases::of(scene.kernels);
        cases.are_well(&knowledge.there);
        cases.add(&knowledge.known, Effect::Refused, "");
        cases.add(scene.kernels, Effect::Unknown, knowledge.unknown);
        let subject = match types.name_of(map_type.into()) {
            Some(name) => format!("{}: {name}", map.name),
            None => format!("{}: map type {map_type}", map.name),
        };
        let place = scene.first_use(Target::Map(map.name));
        cases.report(findings, Rule::UnknownMapType, None, place, subject);
    }
    Ok(())
}
