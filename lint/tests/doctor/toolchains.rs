//! Compilers and linkers that do not build programs.

use std::io;

use crate::case::{CONFIG, Case, NOTHING, check};
use crate::recorded::{DEBIAN, Recorded, SOURCE};

const CUSTOM: &str = "fn main() -> anyhow::Result<()> {
    aya_build::build_ebpf([package()], Toolchain::Custom(\"bpf-core\"))
}\n";

const BOOTSTRAP: &str = "[target.bpfel-unknown-none]\nlinker = \"bpf-core-linker\"\n
[env]\nRUSTC_BOOTSTRAP = \"1\"\n";

const BOOTSTRAP_TABLE: &str = "[env]\nRUSTC_BOOTSTRAP = { value = \"1\", force = true }\n
[target.'cfg(target_arch = \"bpf\")']\nlinker = \"bpf-core-linker\"\n";

#[test]
fn toolchains() {
    let without_source: fn(&mut Recorded) = |machine| {
        machine.no_file(
            &format!("/rustup/nightly/{SOURCE}"),
            io::ErrorKind::NotFound,
        );
    };
    check(&[
        Case {
            name: "no-cargo",
            files: &[],
            machine: |machine| {
                machine.lacks("cargo").lacks("rustc");
            },
            says: &[
                &[
                    "Error cargo: `cargo` is not in `PATH` | ",
                    "https://rustup.rs",
                ],
                &["Error rustc: `rustc` is not in `PATH` | "],
                &["Note packages: "],
            ],
        },
        Case {
            name: "toolchain-not-installed",
            files: &[],
            machine: |machine| {
                let why = "error: toolchain '1.95.0-x86_64-unknown-linux-gnu' is not installed";
                machine
                    .fails("rustc -vV", why)
                    .fails("cargo --version", why);
            },
            says: &[
                &["Error cargo: ", "is not installed"],
                &["Error rustc: ", "is not installed"],
            ],
        },
        Case {
            name: "old-rustc",
            files: &[],
            machine: |machine| {
                machine.prints(
                    "rustc -vV",
                    "rustc 1.63.0\nrelease: 1.63.0\nLLVM version: 14.0.6\n",
                );
            },
            says: &[&["Error rustc: rustc 1.63.0 is older than "]],
        },
        Case {
            name: "nightly-without-source",
            files: &[],
            machine: without_source,
            says: &[&[
                "Error rustc for eBPF: the toolchain `nightly` (1.97.0-nightly) has no source of `core`",
                "`rustup component add rust-src --toolchain nightly`",
            ]],
        },
        Case {
            name: "nightly-not-installed",
            files: &[],
            machine: |machine| {
                let why = "error: toolchain 'nightly-x86_64-unknown-linux-gnu' is not installed";
                machine.fails("rustup run nightly rustc -vV", why);
            },
            says: &[&[
                "Error rustc for eBPF: the toolchain `nightly` gives no answer: ",
                "`rustup toolchain install nightly --component rust-src`",
            ]],
        },
        Case {
            name: "no-rustup",
            files: &[],
            machine: |machine| {
                machine.lacks("rustup");
            },
            says: &[&["Error rustc for eBPF: `rustup` is not in `PATH`"]],
        },
        Case {
            name: "custom-without-bootstrap",
            files: &[("app/build.rs", CUSTOM)],
            machine: |machine| {
                machine.toolchain("bpf-core", DEBIAN);
            },
            says: &[&[
                "Error rustc for eBPF: the toolchain `bpf-core` (1.96.0) is not nightly: aya-build",
                "RUSTC_BOOTSTRAP = \"1\"",
            ]],
        },
        Case {
            name: "custom-with-bootstrap",
            files: &[("app/build.rs", CUSTOM), (".cargo/config.toml", BOOTSTRAP)],
            machine: |machine| {
                machine.toolchain("bpf-core", DEBIAN);
            },
            says: &[],
        },
        Case {
            name: "custom-with-bootstrap-table",
            files: &[
                ("app/build.rs", CUSTOM),
                (".cargo/config.toml", BOOTSTRAP_TABLE),
            ],
            machine: |machine| {
                machine.toolchain("bpf-core", DEBIAN);
            },
            says: &[],
        },
        Case {
            name: "custom-with-variable",
            files: &[("app/build.rs", CUSTOM)],
            machine: |machine| {
                machine
                    .toolchain("bpf-core", DEBIAN)
                    .variable("RUSTC_BOOTSTRAP", "1");
            },
            says: &[],
        },
        Case {
            name: "nightly-held-to-be-stable",
            files: &[],
            machine: |machine| {
                machine.variable("RUSTC_BOOTSTRAP", "-1");
            },
            says: &[&["Error rustc for eBPF: ", "is not nightly"]],
        },
        Case {
            name: "custom-unknown",
            files: &[("app/build.rs", CUSTOM)],
            machine: |machine| {
                let why = "error: toolchain 'bpf-core' is not installed";
                machine.fails("rustup run bpf-core rustc -vV", why);
            },
            says: &[&[
                "the toolchain `bpf-core` gives no answer",
                "`Toolchain::Custom(\"...\")`",
            ]],
        },
    ]);
}

#[test]
fn linkers() {
    check(&[
        Case {
            name: "no-linker",
            files: &[],
            machine: |machine| {
                machine.lacks("bpf-core-linker");
            },
            says: &[&[
                "Error linker: `bpf-core-linker` is not in `PATH` | ",
                "from a release",
                "cargo xtask build",
            ]],
        },
        Case {
            name: "no-linker-no-llvm",
            files: &[],
            machine: |machine| {
                machine
                    .lacks("bpf-core-linker")
                    .lacks("llvm-config-22")
                    .file(
                        "/etc/os-release",
                        "NAME=\"Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n",
                    );
            },
            says: &[
                &["Error linker: "],
                &[
                    "Warning LLVM: no `llvm-config`",
                    "of a release needs none; to build it: `apt-get install llvm-22-dev`",
                ],
            ],
        },
        Case {
            name: "linker-without-its-library",
            files: &[],
            machine: |machine| {
                let why = "bpf-core-linker: error while loading shared libraries: libLLVM.so.22.1";
                machine.fails("bpf-core-linker --version", why);
            },
            says: &[&[
                "Error linker: ",
                "libLLVM.so.22.1",
                "from a release",
                "build it again",
            ]],
        },
        Case {
            name: "linker-with-older-llvm",
            files: &[],
            machine: |machine| {
                let version = "bpf-core-linker 0.1.0 (bpf-linker 0.13, LLVM 21.1.8)\n";
                machine.prints("bpf-core-linker --version", version);
            },
            says: &[&[
                "Error linker: `bpf-core-linker` has LLVM 21, and cannot read what rustc 1.97.0-nightly writes with LLVM 22",
                "--features llvm-22",
            ]],
        },
        Case {
            name: "linker-of-a-release-and-the-nightly-of-today",
            files: &[],
            machine: |machine| {
                let nightly = "rustc 1.101.0-nightly (92b5b8c87 2026-10-29)\nbinary: rustc\n\
                               release: 1.101.0-nightly\nLLVM version: 23.1.0\n";
                machine.toolchain("nightly", nightly);
            },
            says: &[&[
                "Error linker: `bpf-core-linker` has LLVM 22, and cannot read what rustc 1.101.0-nightly writes with LLVM 23",
                "`rustup toolchain install nightly-2026-05-20 --component rust-src`",
                "--features llvm-23",
            ]],
        },
        Case {
            name: "linker-with-newer-llvm",
            files: &[],
            machine: |machine| {
                let version = "bpf-core-linker 0.1.0 (bpf-linker 0.13, LLVM 23.1.0)\n";
                machine.prints("bpf-core-linker --version", version);
            },
            says: &[],
        },
        Case {
            name: "other-linker",
            files: &[(".cargo/config.toml", "[env]\n")],
            machine: NOTHING,
            says: &[&[
                "Error linker: `bpf-linker` links `probe`, and makes no relocations of `core_read!`",
                "`linker = \"bpf-core-linker\"`",
            ]],
        },
        Case {
            name: "linker-by-variable",
            files: &[(".cargo/config.toml", "[env]\n")],
            machine: |machine| {
                machine.variable("CARGO_TARGET_BPFEL_UNKNOWN_NONE_LINKER", "bpf-core-linker");
            },
            says: &[],
        },
        Case {
            name: "configuration-that-aya-build-does-not-reach",
            files: &[
                (".cargo/config.toml", "[env]\n"),
                ("probe/.cargo/config.toml", CONFIG),
            ],
            machine: NOTHING,
            says: &[&[
                "aya-build calls cargo in `app`, which does not read `probe/.cargo/config.toml`",
                "move these settings",
            ]],
        },
        Case {
            name: "linker-by-path-that-is-gone",
            files: &[(
                ".cargo/config.toml",
                "[target.bpfel-unknown-none]\nlinker = \"tools/bpf-core-linker\"\n",
            )],
            machine: NOTHING,
            says: &[&[
                "Error linker: there is no linker `",
                "/tools/bpf-core-linker`",
            ]],
        },
        Case {
            name: "program-without-core",
            files: &[
                (
                    "probe/Cargo.toml",
                    "[package]\nname = \"probe\"\n[dependencies]\naya-ebpf = \"0.2\"\n",
                ),
                (".cargo/config.toml", "[env]\n"),
            ],
            machine: |machine| {
                machine.prints("bpf-linker --version", "bpf-linker 0.9.15\n");
            },
            says: &[],
        },
    ]);
}
