//! `cargo corelint migrate`: what it rewrites, what it leaves and why. `tests/constructs` builds and runs the
//! programs that come out.

mod bindings;
mod by_name;
mod literal;
#[path = "../project/mod.rs"]
mod project;

use std::fs;
use std::path::{Path, PathBuf};

use project::Project;

const MANIFEST: &str = "[package]\nname = \"probe\"\nversion = \"0.1.0\"\nedition = \"2021\"\n
[dependencies]\naya-ebpf = \"0.2\"\nbpf-core = \"0.1\"\n\n[workspace]\n";

fn case(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/migrate")
        .join(folder)
}

fn fixture(folder: &str, file: &str) -> String {
    fs::read_to_string(case(folder).join("src").join(file)).expect("a fixture")
}

fn updated(folder: &str, files: &[&str], project: &Project) {
    for file in files {
        let made = project.read(&format!("src/{file}"));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(case(folder).join("src").join(file), &made).expect("a fixture");
        }
        assert_eq!(made, fixture(folder, file), "{file}");
    }
}
