//! Variables of an object's `.rodata` that a user may set before loading.

use bpf_core_btf::object::{Object, Variable};
use bpf_core_btf::{Btf, Kind};

/// The variables of an object that users may set.
pub(super) struct Variables<'b> {
    all: Vec<&'b Variable<'b>>,
}

impl<'b> Variables<'b> {
    pub(super) fn of(object: &'b Object<'b>) -> Self {
        let Some(btf) = object.btf() else {
            return Self { all: Vec::new() };
        };
        let all = object.variables().iter().filter(|variable| {
            let section = object.sections()[variable.section].name;
            is_read_only(section) && is_for_users(btf, variable.name)
        });
        Self { all: all.collect() }
    }

    /// The variable that a byte belongs to.
    pub(super) fn at(&self, section: u32, off: i64) -> Option<u16> {
        let found = self.all.iter().position(|one| {
            let off = u64::try_from(off).ok();
            let off = off.and_then(|off| off.checked_sub(one.offset));
            one.section == section as usize && off.is_some_and(|off| off < one.size)
        });
        u16::try_from(found?).ok()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of them, as [`Variables::at`] gives them.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u16> {
        (0..self.all.len()).filter_map(|number| u16::try_from(number).ok())
    }

    pub(super) fn name(&self, variable: u16) -> &'b str {
        self.all[usize::from(variable)].name
    }
}

/// Whether a section is one that nobody can write to once it is loaded.
pub(super) fn is_read_only(section: &str) -> bool {
    section == ".rodata" || section.starts_with(".rodata.")
}

/// Whether the compiler expects others to change it: it is volatile, or has a name outside of the file.
fn is_for_users(btf: &Btf<'_>, name: &str) -> bool {
    /// `BTF_VAR_GLOBAL_ALLOCATED`.
    const GLOBAL: u32 = 1;
    let Some(variable) = btf.find_by_name_kind(name, Kind::Var) else {
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
