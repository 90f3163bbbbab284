//! The examples, as folders.

use std::fs;
use std::path::{Path, PathBuf};

use crate::object::Object;

/// A folder with an eBPF crate.
pub struct Example {
    /// Of the folder, and of the object.
    pub name: String,
    /// What its object has to ask the kernel for: kind and path of every relocation, each once, as
    /// `byte_off task_struct.se.vruntime`. Its file `relocations` has them, a line each.
    pub accesses: Vec<String>,
}

impl Example {
    /// Those whose object is to be right everywhere. `frozen` is not: it is a control.
    pub fn all() -> Vec<Self> {
        let entries = fs::read_dir(folder()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let is_one = |name: &String| folder().join(name).join("ebpf").exists() && name != "frozen";
        let mut names: Vec<String> = names.filter(is_one).collect();
        names.sort();
        assert!(names.len() >= 4, "only {names:?}");
        names.iter().map(|name| Self::named(name)).collect()
    }

    /// The one of that name.
    pub fn named(name: &str) -> Self {
        let path = folder().join(name).join("relocations");
        let accesses =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self {
            name: name.to_owned(),
            accesses: accesses.lines().map(str::to_owned).collect(),
        }
    }

    /// Its built object.
    pub fn object(&self) -> Object {
        Object::built(&self.name)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}
