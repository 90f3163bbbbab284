//! Variables that a user may set before loading.

use super::{Object, Section, Variable};
use crate::btf::Btf;
use crate::raw::Kind;

impl Section<'_> {
    /// Whether nobody can write to it once it is loaded: the verifier then knows what is in it.
    pub fn is_read_only(&self) -> bool {
        self.name == ".rodata" || self.name.starts_with(".rodata.")
    }
}

impl<'d> Object<'d> {
    /// The variables of `.rodata` that users may set before loading: the compiler expects others to change them.
    pub fn settable(&self) -> impl Iterator<Item = &Variable<'d>> {
        let btf = self.btf();
        self.variables().iter().filter(move |variable| {
            self.sections()[variable.section].is_read_only()
                && (variable.is_global || btf.is_some_and(|btf| is_volatile(btf, variable.name)))
        })
    }
}

/// Whether a variable is volatile.
fn is_volatile(btf: &Btf<'_>, name: &str) -> bool {
    let variable = btf.find_by_name_kind(name, Kind::Var);
    let mut next = variable.and_then(|variable| variable.referenced());
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
