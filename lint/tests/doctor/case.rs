//! A project as aya's template makes it, on a recorded machine, and what is not well with the two.

use std::path::Path;

use cargo_corelint::doctor::{self, State};

use crate::project::Project;
use crate::recorded::Recorded;

pub(crate) const WORKSPACE: &str =
    "[workspace]\nresolver = \"3\"\nmembers = [\"app\", \"probe\"]\n";

pub(crate) const APP: &str = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n
[dependencies]\naya = \"0.14\"\n[build-dependencies]\naya-build = \"0.2\"\n";

pub(crate) const BUILD: &str = "fn main() -> anyhow::Result<()> {
    aya_build::build_ebpf([package()], aya_build::Toolchain::default())
}\n";

pub(crate) const PROBE: &str =
    "[package]\nname = \"probe\"\nversion = \"0.1.0\"\nedition = \"2024\"\n
[dependencies]\naya-ebpf = \"0.2\"\nbpf-core = \"0.1\"\n";

pub(crate) const MAIN: &str = "#![no_std]\n#![no_main]\n";

pub(crate) const CONFIG: &str = "[target.bpfel-unknown-none]\nlinker = \"bpf-core-linker\"\n";

pub(crate) const LOCK: &str = r#"version = 4
[[package]]
name = "aya"
version = "0.14.0"
[[package]]
name = "aya-build"
version = "0.2.0"
[[package]]
name = "aya-ebpf"
version = "0.2.1"
[[package]]
name = "bpf-core"
version = "0.1.0"
dependencies = ["aya-ebpf"]
[[package]]
name = "probe"
version = "0.1.0"
dependencies = ["aya-ebpf", "bpf-core"]
"#;

/// A project as aya's template makes it, with other files in place of its own.
pub(crate) fn template(name: &str, files: &[(&str, &str)]) -> Project {
    let own = [
        ("Cargo.toml", WORKSPACE),
        ("Cargo.lock", LOCK),
        (".cargo/config.toml", CONFIG),
        ("app/Cargo.toml", APP),
        ("app/build.rs", BUILD),
        ("app/src/main.rs", "fn main() {}\n"),
        ("probe/Cargo.toml", PROBE),
        ("probe/src/main.rs", MAIN),
    ];
    let project = Project::new(&format!("doctor/{name}"), &own);
    for (path, text) in files {
        match text.is_empty() {
            true => std::fs::remove_file(project.0.join(path)).expect("a file"),
            false => project.write(path, text),
        }
    }
    project
}

/// All that is not well, a line each.
pub(crate) fn complaints(machine: &Recorded, folder: &Path) -> Vec<String> {
    let lines = doctor::examine(machine, folder).into_iter();
    let bad = lines.filter(|line| line.state != State::Ok);
    let text = |line: doctor::Line| {
        let cure = line.cure.expect("a cure");
        format!("{:?} {}: {} | {cure}", line.state, line.subject, line.found)
    };
    bad.map(text).collect()
}

/// What is wrong, and what is said of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) files: &'static [(&'static str, &'static str)],
    pub(crate) machine: fn(&mut Recorded),
    /// All complaints, each as the parts that it has.
    pub(crate) says: &'static [&'static [&'static str]],
}

pub(crate) fn check(cases: &[Case]) {
    for case in cases {
        let project = template(case.name, case.files);
        let mut machine = Recorded::healthy();
        (case.machine)(&mut machine);
        let complaints = complaints(&machine, &project.0.join("probe"));
        let name = case.name;
        assert_eq!(complaints.len(), case.says.len(), "{name}: {complaints:#?}");
        for (complaint, parts) in complaints.iter().zip(case.says) {
            for part in *parts {
                assert!(complaint.contains(part), "{name}: `{part}` in\n{complaint}");
            }
        }
    }
}

pub(crate) const NOTHING: fn(&mut Recorded) = |_| {};
