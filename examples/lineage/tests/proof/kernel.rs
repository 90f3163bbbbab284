//! The kernels that the repository keeps: of each the types that the objects need, and a table of
//! offsets that another program took from all of its types. `examples/fixtures.rs` makes both.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::resolvers::Outcome;

pub(crate) struct Kernel {
    /// `6.12.117-1-amd64-cloud`
    pub(crate) name: String,
    /// A file with its BTF.
    pub(crate) btf: PathBuf,
    offsets: BTreeMap<String, Option<u64>>,
}

impl Kernel {
    /// All of them, oldest first.
    pub(crate) fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kernels");
        let files = fs::read_dir(&folder).unwrap();
        let files = files.map(|file| file.unwrap().path());
        let btfs = files.filter(|file| file.extension().is_some_and(|end| end == "btf"));
        let mut kernels: Vec<Self> = btfs.map(Self::read).collect();
        kernels.sort_by_key(|kernel| version(&kernel.name));
        let amd64 = kernels
            .iter()
            .filter(|kernel| kernel.name.contains("amd64"));
        let arm64 = kernels
            .iter()
            .filter(|kernel| kernel.name.contains("arm64"));
        let (amd64, arm64) = (amd64.count(), arm64.count());
        assert!(
            amd64 >= 8 && arm64 >= 4,
            "only {amd64} amd64, {arm64} arm64"
        );
        kernels
    }

    pub(crate) fn named(name: &str) -> Self {
        let named = Self::all().into_iter().find(|kernel| kernel.name == name);
        named.unwrap_or_else(|| panic!("no kernel {name}"))
    }

    fn read(btf: PathBuf) -> Self {
        let table = fs::read_to_string(btf.with_extension("offsets")).unwrap();
        let lines = table.lines().filter(|line| !line.starts_with('#'));
        let offsets = lines.map(|line| {
            let (path, offset) = line.split_once(' ').unwrap();
            let offset = (offset != "-").then(|| offset.parse().unwrap());
            (path.to_owned(), offset)
        });
        Self {
            name: btf.file_stem().unwrap().to_string_lossy().into_owned(),
            offsets: offsets.collect(),
            btf,
        }
    }

    /// What a relocation has to become.
    pub(crate) fn outcome(&self, access: &str) -> Outcome {
        let (kind, path) = access.split_once(' ').unwrap();
        let offset = self.offsets.get(path);
        let offset =
            offset.unwrap_or_else(|| panic!("no line for {path} in {}.offsets", self.name));
        match (kind, offset) {
            ("byte_off", Some(offset)) => Outcome::Value(*offset),
            ("byte_off", None) => Outcome::Poison,
            ("field_exists", offset) => Outcome::Value(offset.is_some().into()),
            (kind, _) => panic!("what `{kind}` becomes is not in the table"),
        }
    }
}

fn version(name: &str) -> Vec<u32> {
    let numbers = name.split(['.', '-']).map_while(|part| part.parse().ok());
    numbers.collect()
}
