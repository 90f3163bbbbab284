//! Variables of an object's `.rodata` that a user may set before loading.

use bpf_core_btf::object::Object;
use bpf_core_btf::{Btf, Kind, TypeId};

/// A variable.
struct Variable {
    section: u32,
    offset: u32,
    size: u32,
}

/// The variables of an object, by place.
pub(super) struct Variables {
    all: Vec<Variable>,
}

impl Variables {
    pub(super) fn of(object: &Object<'_>) -> Self {
        let mut all = Vec::new();
        if let Some(btf) = object.btf() {
            for (section, of) in (0..).zip(object.sections()) {
                if of.name == ".rodata" || of.name.starts_with(".rodata.") {
                    let found = btf.find_by_name_kind(of.name, Kind::Datasec);
                    let entries = found.into_iter().flat_map(|found| found.variables());
                    all.extend(entries.filter_map(|entry| {
                        is_for_users(btf, entry.type_id).then_some(Variable {
                            section,
                            offset: entry.offset,
                            size: entry.size,
                        })
                    }));
                }
            }
        }
        Self { all }
    }

    /// The variable that a byte belongs to.
    pub(super) fn at(&self, section: u32, off: i64) -> Option<u16> {
        let found = self.all.iter().position(|one| {
            let start = i64::from(one.offset);
            one.section == section && (start..start + i64::from(one.size)).contains(&off)
        });
        u16::try_from(found?).ok()
    }
}

/// Whether the compiler expects others to change it: it is volatile, or has a name outside of the file.
fn is_for_users(btf: &Btf<'_>, variable: TypeId) -> bool {
    /// `BTF_VAR_GLOBAL_ALLOCATED`.
    const GLOBAL: u32 = 1;
    let Some(variable) = btf.type_by_id(variable) else {
        return false;
    };
    if variable.linkage() == Some(GLOBAL) {
        return true;
    }
    let mut next = variable.referenced();
    // As many steps as a type of a variable can reasonably have.
    for _ in 0..32 {
        let Some(of) = next.and_then(|id| btf.type_by_id(id)) else {
            return false;
        };
        next = match of.kind() {
            Kind::Volatile => return true,
            Kind::Array => of.array().map(|array| array.element),
            Kind::Const | Kind::Typedef | Kind::Restrict | Kind::TypeTag => of.referenced(),
            _ => return false,
        };
    }
    false
}
