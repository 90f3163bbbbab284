//! The CO-RE records of an object.

use bpf_core_btf::insn::INSN_SIZE;
use bpf_core_btf::object::{Object, Place};
use bpf_core_btf::{Btf, BtfBuilder, BtfExt, CoreRelo, Resolver};
use serde::Serialize;

use super::source::{Source, Sources};
use crate::known::Becomes;

/// A record.
#[derive(Debug, Serialize)]
pub(super) struct Relocation {
    #[serde(skip)]
    pub(super) place: Place,
    pub(super) section: String,
    pub(super) function: String,
    /// Its instruction, counted from the start of the section.
    pub(super) instruction: u32,
    /// libbpf's word for the kind: `byte_off`.
    pub(super) kind: String,
    /// `struct task_struct.se.vruntime`
    pub(super) name: String,
    /// The number of the local type, as `bpftool btf dump` prints it.
    pub(super) type_id: u32,
    /// The indices as they stand in the record: `0:1:2`.
    pub(super) access: String,
    /// What the compiler wrote. `None`: the record is malformed.
    pub(super) local_value: Option<u64>,
    pub(super) source: Option<Source>,
    /// What it becomes on each kernel.
    pub(super) becomes: Vec<Becomes>,
}

pub(super) fn all(
    object: &Object<'_>,
    ext: Option<&BtfExt<'_>>,
    sources: &Sources<'_>,
) -> Vec<Relocation> {
    let Some((local, ext)) = object.btf().zip(ext) else {
        return Vec::new();
    };
    let relocations = object.records(ext).map(|(place, relo)| {
        let function = object.function_at(place.section, place.at);
        Relocation {
            place,
            section: object.sections()[place.section].name.to_owned(),
            function: function.map_or(String::new(), |one| one.name.to_owned()),
            instruction: place.at / INSN_SIZE as u32,
            kind: relo.kind.to_string(),
            name: relo.name(local),
            type_id: relo.type_id.0,
            access: relo.access.to_owned(),
            local_value: local_value(local, relo),
            source: sources.of_record(place),
            becomes: Vec::new(),
        }
    });
    relocations.collect()
}

/// What the compiler wrote, by the object's own types. They are resolved on a kernel without types: the
/// object may have two types of one name, of which a kernel may not.
fn local_value(local: &Btf<'_>, relo: &CoreRelo<'_>) -> Option<u64> {
    let nothing = BtfBuilder::new(local.endian()).finish();
    let nothing = Btf::parse(&nothing).ok()?;
    let resolution = Resolver::new(local, &nothing).resolve(relo).ok()?;
    Some(resolution.local_value)
}
