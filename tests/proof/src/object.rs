//! A built eBPF object, and the relocations that it asks for.

use std::fs;
use std::path::{Path, PathBuf};

use bpf_core_btf::Spec;
use bpf_core_btf::object::Object as Elf;

/// An object and its file.
pub struct Object {
    /// Where it is.
    pub path: PathBuf,
    /// What is there.
    pub bytes: Vec<u8>,
}

/// One relocation: where it is, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// The section that the instruction is in.
    pub section: String,
    /// Offset of the instruction in the section, in bytes.
    pub offset: u32,
    /// `byte_off task_struct.se.vruntime`
    pub access: String,
}

impl Object {
    /// `target/bpf/NAME.o`, or the one in the folder that `BPF_CORE_OBJECTS` names.
    pub fn built(name: &str) -> Self {
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

    /// What is in it.
    pub(crate) fn parsed(&self) -> Elf<'_> {
        Elf::parse(&self.bytes).unwrap()
    }

    /// The names of its programs, each with its section.
    pub fn programs(&self) -> Vec<(String, String)> {
        let object = self.parsed();
        let section = |program| object.section_of(program).name.to_owned();
        let programs = object.programs();
        programs
            .map(|program| (program.name.to_owned(), section(program)))
            .collect()
    }

    /// The same object, but that libbpf does not load the program in `section`: `SEC("?...")`.
    pub fn without(&self, section: &str) -> Self {
        // In the names of sections, and in what `.BTF.ext` calls them; of the same length.
        let (kind, target) = section.split_once('/').unwrap();
        let off = format!("?{kind}/{}", &target[1..]);
        let mut bytes = self.bytes.clone();
        let mut at = 0;
        while let Some(rest) = bytes.get_mut(at..at + section.len()) {
            if rest == section.as_bytes() {
                rest.copy_from_slice(off.as_bytes());
            }
            at += 1;
        }
        let path = self.path.clone();
        Self { path, bytes }
    }

    /// All of its relocations, by where they are.
    pub fn records(&self) -> Vec<Record> {
        let object = self.parsed();
        let (local, ext) = (object.btf().unwrap(), object.btf_ext().unwrap().unwrap());
        let mut records = Vec::new();
        for relos in ext.core_relos() {
            records.extend(relos.records.iter().map(|relo| Record {
                section: relos.name.to_owned(),
                offset: relo.insn_off,
                access: access(&Spec::parse(local, relo).unwrap().to_string()),
            }));
        }
        records.sort();
        records
    }

    /// The same object, but that it reads another field where it should read `field`: a file in
    /// `folder`.
    pub fn with_another_field(&self, field: &str, other: &str, folder: &str) -> PathBuf {
        assert_eq!(field.len(), other.len());
        let types = self.parsed().section(".BTF").unwrap().data;
        let name = format!("\0{field}\0").into_bytes();
        let mut places = types.windows(name.len()).enumerate();
        let at = places.find_map(|(at, here)| (here == name).then_some(at + 1));
        let at = at.unwrap_or_else(|| panic!("no `{field}` in the types"));
        let at = types.as_ptr().addr() - self.bytes.as_ptr().addr() + at;
        let mut bytes = self.bytes.clone();
        bytes[at..at + other.len()].copy_from_slice(other.as_bytes());
        let path = Path::new(folder).join(other).with_extension("o");
        fs::write(&path, bytes).unwrap();
        path
    }
}

/// From `<byte_off> [6] struct task_struct::se.vruntime (0:1:0)`, as LLVM writes it, or with a dot
/// for the colons, as libbpf does, to `byte_off task_struct.se.vruntime`.
pub fn access(spec: &str) -> String {
    let parse = || {
        let (kind, rest) = spec.trim().strip_prefix('<')?.split_once("> [")?;
        let (_, rest) = rest.split_once("] struct ")?;
        let (path, _) = rest.split_once(" (")?;
        Some(format!("{kind} {}", path.replace("::", ".")))
    };
    parse().unwrap_or_else(|| panic!("not a relocation of a struct: {spec}"))
}
