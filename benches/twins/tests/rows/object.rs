//! A built eBPF object.

use std::fs;
use std::path::{Path, PathBuf};

use object::{Object as _, ObjectSection as _};

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

    pub(crate) fn section(&self, name: &str) -> &[u8] {
        let file = object::File::parse(&*self.bytes).unwrap();
        let section = file.section_by_name(name);
        section
            .unwrap_or_else(|| panic!("{} has no section {name}", self.path.display()))
            .data()
            .unwrap()
    }
}
