//! Records by chance for the types of a declaration.

use bpf_core_btf::{Btf, BtfBuilder, CoreRelo, CoreReloKind, Kind, Resolver, TypeId};
use bpf_core_conformance::insn::{self, Insn, Width};
use bpf_core_conformance::object::Record;

use crate::shape::Random;

/// A record and its instruction.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    kind: CoreReloKind,
    type_id: TypeId,
    access: String,
    insn: Insn,
}

impl Ask {
    pub(crate) fn record(&self) -> Record<'_> {
        Record {
            kind: self.kind as u32,
            type_id: self.type_id.0,
            access: &self.access,
            skew: 0,
            insn: self.insn,
        }
    }
}

/// At most so many paths of one declaration.
const PATHS: usize = 12;

pub(crate) fn by_chance(random: &mut Random, blob: &[u8]) -> Vec<Ask> {
    let btf = Btf::parse(blob).unwrap();
    let mut asks = Vec::new();
    for ty in btf.types() {
        let (id, name) = (ty.id(), ty.name());
        if name == "root" {
            let mut paths = Vec::new();
            paths_from(random, &btf, id, "0".to_owned(), &mut paths);
            while paths.len() > PATHS {
                let at = random.below(paths.len());
                paths.swap_remove(at);
            }
            for access in paths {
                let kinds = CoreReloKind::ALL.into_iter();
                for kind in kinds.filter(|kind| kind.is_field_based()) {
                    asks.push(ask(random, &btf, id, &access, kind));
                }
            }
        }
        for kind in CoreReloKind::ALL {
            if kind.is_type_based() && !name.is_empty() && (name == "root" || random.once_in(4)) {
                asks.push(ask(random, &btf, id, "0", kind));
            }
            if kind.is_enumval_based() && ty.kind().is_any_enum() && !name.is_empty() {
                for access in ["0", "1"] {
                    asks.push(ask(random, &btf, id, access, kind));
                }
            }
        }
    }
    asks
}

/// All paths of the fields of a type, and of some elements.
fn paths_from(random: &mut Random, btf: &Btf<'_>, id: TypeId, path: String, out: &mut Vec<String>) {
    let ty = btf.skip_mods_and_typedefs(id).unwrap();
    if let Some(array) = ty.array() {
        // One behind the last now and then, which is no error in a flexible array alone.
        let len = array.nelems as usize + usize::from(random.once_in(8));
        if len > 0 {
            // The last one is what a shorter array of a kernel does not have.
            let index = if random.once_in(2) {
                len - 1
            } else {
                random.below(len)
            };
            let path = format!("{path}:{index}");
            paths_from(random, btf, array.element, path, out);
        }
    }
    for (at, member) in ty.members().enumerate() {
        paths_from(random, btf, member.type_id, format!("{path}:{at}"), out);
    }
    if ty.kind() != Kind::Fwd {
        out.push(path);
    }
}

/// The instruction holds what libbpf wants it to: the value of the declaration itself.
fn ask(
    random: &mut Random,
    btf: &Btf<'_>,
    type_id: TypeId,
    access: &str,
    kind: CoreReloKind,
) -> Ask {
    let nothing = BtfBuilder::new(btf.endian()).finish();
    let nothing = Btf::parse(&nothing).unwrap();
    let relo = CoreRelo {
        insn_off: 0,
        type_id,
        access: access.to_owned().leak(),
        kind,
    };
    let local = Resolver::new(btf, &nothing).resolve(&relo);
    let value = local.map_or(0, |local| local.local_value.cast_signed());
    let widths = [Width::U8, Width::U16, Width::U32, Width::U64];
    let width = random.pick(&widths);
    let insn = match random.below(6) {
        0 if kind == CoreReloKind::ByteOff => insn::load(width, value as i16),
        1 if kind == CoreReloKind::ByteOff => insn::store(width, value as i16),
        2 if kind == CoreReloKind::ByteOff => insn::store_imm(width, value as i16),
        3 => insn::load_imm64(value),
        4 => insn::mov32(value as i32),
        5 => insn::add(value as i32),
        _ => insn::mov(value as i32),
    };
    Ask {
        kind,
        type_id,
        access: access.to_owned(),
        insn,
    }
}
