//! A built eBPF object.

use std::fs;
use std::path::{Path, PathBuf};

use bpf_core_btf::object::Object as Elf;

pub(crate) struct Object {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

impl Object {
    /// `target/bpf/NAME.o`
    pub(crate) fn built(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bpf");
        let path = folder.join(name).with_extension("o");
        let bytes = fs::read(&path).unwrap_or_else(|error| {
            panic!("{}: {error}; `cargo xtask rows` makes it", path.display())
        });
        Self { path, bytes }
    }

    /// What is in it.
    pub(crate) fn parsed(&self) -> Elf<'_> {
        Elf::parse(&self.bytes).unwrap()
    }
}
