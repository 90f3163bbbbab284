//! The kernels that the repository keeps: of each the types that the objects need, and a table
//! that another program made of all of its types. `examples/fixtures.rs` makes both.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::outcome::Outcome;

/// One of them.
pub struct Kernel {
    /// `6.12.117-1-amd64-cloud`
    pub name: String,
    /// A file with its BTF.
    pub btf: PathBuf,
    expected: BTreeMap<String, Outcome>,
}

impl Kernel {
    /// All of them, oldest first.
    pub fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("kernels");
        let files = fs::read_dir(&folder).unwrap();
        let files = files.map(|file| file.unwrap().path());
        let btfs = files.filter(|file| file.extension().is_some_and(|end| end == "btf"));
        let mut kernels: Vec<Self> = btfs.map(Self::read).collect();
        kernels.sort_by_key(|kernel| version(&kernel.name));
        let of = |architecture: &str| {
            let of = |kernel: &&Self| kernel.name.contains(architecture);
            kernels.iter().filter(of).count()
        };
        let (amd64, arm64) = (of("amd64"), of("arm64"));
        assert!(
            amd64 >= 14 && arm64 >= 9,
            "only {amd64} amd64, {arm64} arm64"
        );
        kernels
    }

    /// The one of that name.
    pub fn named(name: &str) -> Self {
        let named = Self::all().into_iter().find(|kernel| kernel.name == name);
        named.unwrap_or_else(|| panic!("no kernel {name}"))
    }

    fn read(btf: PathBuf) -> Self {
        let table = fs::read_to_string(btf.with_extension("expected")).unwrap();
        let lines = table.lines().filter(|line| !line.starts_with('#'));
        let expected = lines.map(|line| {
            let (access, value) = line.rsplit_once(' ').unwrap();
            let outcome = match value {
                "-" => Outcome::Poison,
                value => Outcome::Value(value.parse().unwrap()),
            };
            (access.to_owned(), outcome)
        });
        Self {
            name: btf.file_stem().unwrap().to_string_lossy().into_owned(),
            expected: expected.collect(),
            btf,
        }
    }

    /// The same kernel with other BTF, in a file.
    #[must_use]
    pub fn with_btf(&self, btf: &Path) -> Self {
        Self {
            name: self.name.clone(),
            btf: btf.to_owned(),
            expected: self.expected.clone(),
        }
    }

    /// What a relocation has to become: of `byte_off task_struct.tgid`, say.
    pub fn outcome(&self, access: &str) -> Outcome {
        let expected = self.expected.get(access).copied();
        expected.unwrap_or_else(|| panic!("no line for {access} in {}.expected", self.name))
    }
}

fn version(name: &str) -> Vec<u32> {
    let numbers = name.split(['.', '-']).map_while(|part| part.parse().ok());
    numbers.collect()
}
