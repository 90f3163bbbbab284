//! A machine that answers as one did: outputs of programs, files and variables.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use cargo_corelint::doctor::machine::{Failure, Machine};

#[derive(Clone, Default)]
pub(crate) struct Recorded {
    outputs: BTreeMap<String, Result<String, Failure>>,
    files: BTreeMap<String, Result<Vec<u8>, io::ErrorKind>>,
    variables: BTreeMap<String, String>,
}

const NIGHTLY: &str = "rustc 1.97.0-nightly (e50aa6fba 2026-05-19)
binary: rustc
commit-hash: e50aa6fba4e63ab34c72bf9acfd2c307c1155d1a
commit-date: 2026-05-19
host: x86_64-unknown-linux-gnu
release: 1.97.0-nightly
LLVM version: 22.1.4
";

const STABLE: &str = "rustc 1.95.0 (59807616e 2026-04-14)
binary: rustc
commit-hash: 59807616e1fa2540724bfbac14d7976d7e4a3860
commit-date: 2026-04-14
host: x86_64-unknown-linux-gnu
release: 1.95.0
LLVM version: 22.1.2
";

/// Debian's, which stands in rustup as `bpf-core`.
pub(crate) const DEBIAN: &str = "rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)
binary: rustc
commit-hash: ac68faa20c58cbccd01ee7208bf3b6e93a7d7f96
commit-date: 2026-05-25
host: x86_64-unknown-linux-gnu
release: 1.96.0
LLVM version: 22.1.8
";

const OPTIONS: &str = "# CONFIG_NET_ACT_BPF is not set
CONFIG_BPF_SYSCALL=y
CONFIG_BPF_JIT=y
CONFIG_BPF_EVENTS=y
CONFIG_DEBUG_INFO_BTF=y
CONFIG_DEBUG_INFO_BTF_MODULES=y
CONFIG_MODULES=y
";

pub(crate) const SOURCE: &str = "lib/rustlib/src/rust/library/core/Cargo.toml";

impl Recorded {
    /// One that nothing is wrong with.
    pub(crate) fn healthy() -> Self {
        let mut machine = Self::default();
        machine
            .file("/proc/sys/kernel/osrelease", "6.18.44\n")
            .file("/proc/config.gz", gzip(OPTIONS))
            .file("/sys/kernel/btf/vmlinux", btf(true))
            .file(
                "/proc/self/status",
                "Name:\tcorelint\nCapEff:\t000001ffffffffff\n",
            )
            .file(
                "/sys/kernel/security/lockdown",
                "[none] integrity confidentiality\n",
            )
            .file("/proc/sys/net/core/bpf_jit_enable", "1\n")
            .prints("cargo --version", "cargo 1.95.0 (f2d3ce0bd 2026-03-21)\n")
            .prints("rustc -vV", STABLE)
            .prints("rustc --print sysroot", "/rustup/stable\n")
            .toolchain("nightly", NIGHTLY)
            .prints(
                "rustup toolchain list",
                "stable-x86_64-unknown-linux-gnu (active, default)\nnightly\n",
            )
            .prints(
                "bpf-core-linker --version",
                "bpf-core-linker 0.1.0 (bpf-linker 0.13, LLVM 22.1.8)\n",
            )
            .prints("llvm-config-22 --version", "22.1.8\n")
            .prints(
                "cargo metadata --format-version 1 --locked --offline",
                &metadata(&[]),
            );
        machine
    }

    pub(crate) fn toolchain(&mut self, name: &str, verbose: &str) -> &mut Self {
        self.prints(&format!("rustup run {name} rustc -vV"), verbose)
            .prints(
                &format!("rustup run {name} rustc --print sysroot"),
                &format!("/rustup/{name}\n"),
            )
            .file(&format!("/rustup/{name}/{SOURCE}"), "[package]\n")
    }

    pub(crate) fn prints(&mut self, words: &str, text: &str) -> &mut Self {
        self.outputs.insert(words.to_owned(), Ok(text.to_owned()));
        self
    }

    pub(crate) fn fails(&mut self, words: &str, why: &str) -> &mut Self {
        let failure = Failure::Failed(why.to_owned());
        self.outputs.insert(words.to_owned(), Err(failure));
        self
    }

    /// Takes a program away.
    pub(crate) fn lacks(&mut self, program: &str) -> &mut Self {
        self.outputs
            .retain(|words, _| words.split(' ').next() != Some(program));
        self
    }

    pub(crate) fn file(&mut self, path: &str, bytes: impl AsRef<[u8]>) -> &mut Self {
        let bytes = bytes.as_ref().to_owned();
        self.files.insert(path.to_owned(), Ok(bytes));
        self
    }

    pub(crate) fn no_file(&mut self, path: &str, why: io::ErrorKind) -> &mut Self {
        self.files.insert(path.to_owned(), Err(why));
        self
    }

    pub(crate) fn without_option(&mut self, option: &str) -> &mut Self {
        let lines = OPTIONS.lines().filter(|line| !line.starts_with(option));
        let options: Vec<&str> = lines.collect();
        self.file("/proc/config.gz", gzip(&options.join("\n")))
    }

    pub(crate) fn variable(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }
}

impl Machine for Recorded {
    fn run(&self, _folder: &Path, words: &[&str]) -> Result<String, Failure> {
        let answer = self.outputs.get(&words.join(" "));
        answer.cloned().unwrap_or(Err(Failure::Missing))
    }

    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        match self.files.get(&file.to_string_lossy().into_owned()) {
            Some(Ok(bytes)) => Ok(bytes.clone()),
            Some(Err(kind)) => Err((*kind).into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }
}

fn gzip(text: &str) -> Vec<u8> {
    use std::io::Write as _;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).expect("memory");
    gzip.finish().expect("memory")
}

/// BTF with one type: an enum, of 64 bits or not.
pub(crate) fn btf(is_wide: bool) -> Vec<u8> {
    let kind: u32 = if is_wide { 19 } else { 6 };
    let mut bytes = vec![0x9f, 0xeb, 1, 0];
    for number in [24, 0, 12, 12, 1, 0, kind << 24, 8] {
        bytes.extend_from_slice(&u32::to_le_bytes(number));
    }
    bytes.push(0);
    bytes
}

/// What `cargo metadata` prints, with the versions of rustc that packages want.
pub(crate) fn metadata(packages: &[(&str, &str, &str)]) -> String {
    let packages = packages.iter().map(|(name, version, rust)| {
        serde_json::json!({
            "name": name, "version": version, "id": format!("{name}@{version}"),
            "dependencies": [], "targets": [], "features": {}, "edition": "2024",
            "manifest_path": format!("/registry/{name}/Cargo.toml"), "rust_version": rust,
        })
    });
    let packages: Vec<_> = packages.collect();
    serde_json::json!({
        "packages": packages, "workspace_members": [], "resolve": null, "version": 1,
        "workspace_root": "/project", "target_directory": "/project/target", "metadata": null,
    })
    .to_string()
}
