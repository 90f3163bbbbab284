//! Variables of an object's `.rodata` that a user may set before loading.

use bpf_core_btf::object::{Object, Variable};

/// The variables of an object that users may set.
pub(super) struct Variables<'b> {
    all: Vec<&'b Variable<'b>>,
}

impl<'b> Variables<'b> {
    pub(super) fn of(object: &'b Object<'b>) -> Self {
        Self {
            all: object.settable().collect(),
        }
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
