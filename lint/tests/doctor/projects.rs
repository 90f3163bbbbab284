//! Projects whose versions, settings and build scripts do not fit.

use cargo_corelint::doctor;

use crate::case::{Case, NOTHING, check};
use crate::project::Project;
use crate::recorded::{Recorded, SOURCE, btf, metadata};

const TWO_VERSIONS: &str = r#"version = 4
[[package]]
name = "aya-ebpf"
version = "0.2.1"
[[package]]
name = "aya-ebpf"
version = "0.3.0"
[[package]]
name = "bpf-core"
version = "0.1.0"
dependencies = ["aya-ebpf 0.2.1"]
[[package]]
name = "probe"
version = "0.1.0"
dependencies = ["aya-ebpf 0.3.0", "bpf-core"]
[[package]]
name = "syn"
version = "1.0.109"
[[package]]
name = "syn"
version = "2.0.100"
"#;

const OLD_LOADER: &str = "version = 4\n[[package]]\nname = \"aya\"\nversion = \"0.11.0\"\n";

const OLD_RESOLVER: &str = "[workspace]\nresolver = \"2\"\nmembers = [\"app\", \"probe\"]\n";

#[test]
fn versions() {
    check(&[
        Case {
            name: "two-versions",
            files: &[("Cargo.lock", TWO_VERSIONS)],
            machine: NOTHING,
            says: &[&[
                "Error versions: two versions of aya-ebpf: 0.2.1 (of bpf-core), 0.3.0 (of probe)",
                "`aya-ebpf = \"0.2\"`",
            ]],
        },
        Case {
            name: "aya-build-too-new",
            files: &[("Cargo.toml", OLD_RESOLVER)],
            machine: |machine| {
                let packages = [
                    ("aya-build", "0.2.0", "1.98.0"),
                    ("aya", "0.14.0", "1.87.0"),
                    ("aya-ebpf", "0.2.1", "1.97"),
                ];
                let words = "cargo metadata --format-version 1 --locked --offline";
                machine.prints(words, &metadata(&packages));
            },
            says: &[&[
                "Error packages: rustc is 1.95.0: aya-build 0.2.0 wants 1.98 | ",
                "the resolver is \"2\"",
                "`resolver = \"3\"`",
            ]],
        },
        Case {
            name: "aya-ebpf-too-new",
            files: &[],
            machine: |machine| {
                let words = "cargo metadata --format-version 1 --locked --offline";
                machine.prints(words, &metadata(&[("aya-ebpf", "0.3.0", "1.98.0")]));
            },
            says: &[&[
                "Error packages: rustc for eBPF is 1.97.0-nightly: aya-ebpf 0.3.0 wants 1.98",
            ]],
        },
        Case {
            name: "no-lock-and-old-resolver",
            files: &[("Cargo.lock", ""), ("Cargo.toml", OLD_RESOLVER)],
            machine: NOTHING,
            says: &[&["Warning versions: ", "resolver \"2\"", "`resolver = \"3\"`"]],
        },
        Case {
            name: "no-lock",
            files: &[("Cargo.lock", "")],
            machine: NOTHING,
            says: &[&["Note versions: there is no `Cargo.lock`"]],
        },
        Case {
            name: "lock-damaged",
            files: &[("Cargo.lock", "<<<<<<< HEAD\n")],
            machine: NOTHING,
            says: &[&["Error versions: `Cargo.lock` cannot be understood"]],
        },
        Case {
            name: "loader-too-old",
            files: &[("Cargo.lock", OLD_LOADER)],
            machine: NOTHING,
            says: &[&["Error loader: aya 0.11 cannot read the types of this kernel"]],
        },
        Case {
            name: "loader-old-enough",
            files: &[("Cargo.lock", OLD_LOADER)],
            machine: |machine| {
                machine.file("/sys/kernel/btf/vmlinux", btf(false));
            },
            says: &[],
        },
    ]);
}

const LOOKS_FOR_LINKER: &str = "use which::which;
fn main() {
    let linker = which(\"bpf-linker\").unwrap();
    println!(\"cargo:rerun-if-changed={}\", linker.display());
}\n";

const NAMES_LINKER: &str = "// `which(\"bpf-linker\")` stood here.
fn main() { let _ = which::which(\"bpf-core-linker\"); }\n";

const DENY: &str = "[target.bpfel-unknown-none]\nlinker = \"bpf-core-linker\"
rustflags = [\"-C\", \"link-arg=--corelint=deny\"]\n";

const OF_HOST: &str = "[target.bpfel-unknown-none]\nlinker = \"bpf-core-linker\"
[build]\nrustflags = [\"-C\", \"target-cpu=native\"]\n";

const RELEASE: &str = "[workspace]\nresolver = \"3\"\nmembers = [\"app\", \"probe\"]
[profile.release.package.probe]\ndebug = 2\n";

/// A loader that does not build its program.
const PLAIN: &str = "fn main() {}\n";

#[test]
fn settings() {
    let has_source: fn(&mut Recorded) = |machine| {
        machine
            .file(&format!("/rustup/stable/{SOURCE}"), "")
            .variable("RUSTC_BOOTSTRAP", "1");
    };
    check(&[
        Case {
            name: "script-without-linker",
            files: &[("probe/build.rs", LOOKS_FOR_LINKER)],
            machine: NOTHING,
            says: &[&[
                "Error build script: ",
                "not in `PATH`",
                "`which(\"bpf-core-linker\")`",
            ]],
        },
        Case {
            name: "script-with-other-linker",
            files: &[("probe/build.rs", LOOKS_FOR_LINKER)],
            machine: |machine| {
                machine.prints("bpf-linker --version", "bpf-linker 0.9.15\n");
            },
            says: &[&["Warning build script: "]],
        },
        Case {
            name: "script-with-our-linker",
            files: &[("probe/build.rs", NAMES_LINKER)],
            machine: NOTHING,
            says: &[],
        },
        Case {
            name: "flags-hidden-by-aya-build",
            files: &[(".cargo/config.toml", DENY)],
            machine: NOTHING,
            says: &[&[
                "Warning rustflags: `CARGO_ENCODED_RUSTFLAGS` of aya-build hides",
                "--corelint=deny",
                "cargo::rustc-link-arg",
            ]],
        },
        Case {
            name: "flags-of-the-host",
            files: &[(".cargo/config.toml", OF_HOST)],
            machine: NOTHING,
            says: &[],
        },
        Case {
            name: "flags-hidden-by-variable",
            files: &[
                (".cargo/config.toml", DENY),
                ("app/build.rs", PLAIN),
                ("Cargo.toml", RELEASE),
            ],
            machine: |machine| {
                machine
                    .file(&format!("/rustup/stable/{SOURCE}"), "")
                    .variable("RUSTC_BOOTSTRAP", "1")
                    .variable("RUSTFLAGS", "-D warnings");
            },
            says: &[&["Warning rustflags: the variable `RUSTFLAGS` hides"]],
        },
        Case {
            name: "flags-that-count",
            files: &[
                (".cargo/config.toml", DENY),
                ("app/build.rs", PLAIN),
                ("Cargo.toml", RELEASE),
            ],
            machine: has_source,
            says: &[],
        },
        Case {
            name: "no-debug-info",
            files: &[("app/build.rs", PLAIN)],
            machine: has_source,
            says: &[&[
                "Error debug info: no profile has debug info for release builds",
                "`debug = 2`",
            ]],
        },
        Case {
            name: "toolchain-elsewhere",
            files: &[("app/build.rs", PLAIN), ("Cargo.toml", RELEASE)],
            machine: NOTHING,
            says: &[&[
                "Warning rustc for eBPF: `rustc` of this folder (1.95.0) has no source of `core`",
                "`cargo +nightly build -Z build-std=core`",
            ]],
        },
        Case {
            name: "manifest-damaged",
            files: &[("app/Cargo.toml", "[package\n")],
            machine: NOTHING,
            says: &[&["Error manifest: `app/Cargo.toml` cannot be read: no TOML"]],
        },
        Case {
            name: "configuration-damaged",
            files: &[(".cargo/config.toml", "[target\n")],
            machine: NOTHING,
            says: &[
                &["Warning rustc for eBPF: "],
                &[
                    "Error manifest: `probe/Cargo.toml` cannot be read: `",
                    "/.cargo/config.toml` is no TOML",
                ],
            ],
        },
    ]);
}

/// Nothing is asked for that only programs in Rust need.
#[test]
fn a_project_in_c() {
    let project = Project::new(
        "doctor/in-c",
        &[
            (
                "Cargo.toml",
                "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n",
            ),
            ("src/main.rs", "fn main() {}\n"),
            ("src/bpf/probe.bpf.c", "int probe;\n"),
        ],
    );
    let said = |machine: &Recorded| {
        let lines = doctor::examine(machine, &project.0).into_iter();
        let lines = lines.filter(|line| line.subject != "libclang");
        let lines = lines.map(|line| format!("{:?} {}: {}", line.state, line.subject, line.found));
        lines.collect::<Vec<_>>()
    };
    let mut machine = Recorded::healthy();
    machine.prints(
        "clang --version",
        "Debian clang version 14.0.6\nTarget: x86_64\n",
    );
    let lines = said(&machine);
    assert!(
        lines.contains(&"Ok clang: Debian clang version 14.0.6".to_owned()),
        "{lines:?}"
    );
    let others = ["linker", "rustc for eBPF", "LLVM", "programs"];
    let is_other = |line: &String| {
        others
            .iter()
            .any(|other| line.contains(&format!(" {other}: ")))
    };
    assert!(!lines.iter().any(is_other), "{lines:?}");
    machine.prints("clang --version", "clang version 9.0.1\n");
    let old = "Error clang: clang version 9.0.1: CO-RE needs clang 10 or newer".to_owned();
    assert!(said(&machine).contains(&old));
    machine.lacks("clang");
    assert!(said(&machine).contains(&"Error clang: `clang` is not in `PATH`".to_owned()));
}
