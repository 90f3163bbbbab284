//! The kernel's own numbers of program types and attach types.

use bpf_core_btf::{Btf, Kind};

/// The enums of the running kernel.
pub(crate) struct Enums<'b> {
    btf: &'b Btf<'b>,
}

impl<'b> Enums<'b> {
    pub(crate) fn new(btf: &'b Btf<'b>) -> Self {
        Self { btf }
    }

    pub(crate) fn program_type(&self, name: &str) -> Option<u32> {
        self.find("bpf_prog_type", "BPF_PROG_TYPE_", name)
    }

    pub(crate) fn map_type(&self, name: &str) -> Option<u32> {
        self.find("bpf_map_type", "BPF_MAP_TYPE_", name)
    }

    pub(crate) fn attach_type(&self, name: &str) -> Option<u32> {
        self.find("bpf_attach_type", "BPF_", name)
    }

    fn find(&self, enum_name: &str, start: &str, name: &str) -> Option<u32> {
        let name = format!("{start}{}", name.to_uppercase());
        let of = self.btf.find_by_name_kind(enum_name, Kind::Enum)?;
        let found = of.enumerators().find(|one| one.name == name)?;
        u32::try_from(found.value).ok()
    }
}
