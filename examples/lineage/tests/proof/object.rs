//! A built eBPF object, and the relocations that it asks for.

use std::fs;
use std::path::{Path, PathBuf};

use bpf_core_btf::{Btf, BtfExt, Resolver};
use object::{Object as _, ObjectSection as _};

pub(crate) struct Object {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

/// One relocation: where it is, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Record {
    /// Offset of the instruction in the section, in bytes.
    pub(crate) offset: u32,
    /// `byte_off task_struct.se.vruntime`
    pub(crate) access: String,
}

impl Object {
    /// `target/bpf/NAME.o`, or the one in the folder that `BPF_CORE_OBJECTS` names.
    pub(crate) fn built(name: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folder = match std::env::var_os("BPF_CORE_OBJECTS") {
            Some(folder) => root.join(folder),
            None => root.join("target/bpf"),
        };
        let path = folder.join(name).with_extension("o");
        let bytes = fs::read(&path).unwrap_or_else(|error| {
            panic!("{}: {error}; `cargo xtask build` makes it", path.display())
        });
        Self { path, bytes }
    }

    pub(crate) fn section(&self, name: &str) -> &[u8] {
        let file = object::File::parse(&*self.bytes).unwrap();
        let section = file.section_by_name(name);
        section
            .unwrap_or_else(|| panic!("{} has no section {name}", self.path.display()))
            .data()
            .unwrap()
    }

    /// The section that relocations are in: the examples have one program each.
    pub(crate) fn program_section(&self) -> String {
        let local = Btf::parse(self.section(".BTF")).unwrap();
        let ext = BtfExt::parse(self.section(".BTF.ext"), &local).unwrap();
        let sections: Vec<&str> = ext.core_relos().iter().map(|relos| relos.name).collect();
        assert_eq!(sections.len(), 1, "sections with relocations: {sections:?}");
        sections[0].to_owned()
    }

    /// All of its relocations, in the order of the instructions.
    pub(crate) fn records(&self) -> Vec<Record> {
        let local = Btf::parse(self.section(".BTF")).unwrap();
        let ext = BtfExt::parse(self.section(".BTF.ext"), &local).unwrap();
        // Against itself: only what the object says of its own types is of interest.
        let mut resolver = Resolver::new(&local, &local);
        let relos = ext.core_relos().iter().flat_map(|relos| &relos.records);
        let mut records: Vec<Record> = relos
            .map(|relo| Record {
                offset: relo.insn_off,
                access: access(&resolver.resolve(relo).unwrap().local.to_string()),
            })
            .collect();
        records.sort();
        records
    }
}

/// From `<byte_off> [6] struct task_struct::se.vruntime (0:1:0)`, as LLVM writes it, or with a dot
/// for the colons, as libbpf does, to `byte_off task_struct.se.vruntime`.
pub(crate) fn access(spec: &str) -> String {
    let parse = || {
        let (kind, rest) = spec.trim().strip_prefix('<')?.split_once("> [")?;
        let (_, rest) = rest.split_once("] struct ")?;
        let (path, _) = rest.split_once(" (")?;
        Some(format!("{kind} {}", path.replace("::", ".")))
    };
    parse().unwrap_or_else(|| panic!("not a relocation of a struct: {spec}"))
}
