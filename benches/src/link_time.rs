//! Time of a link, against bpf-linker alone on the same input.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use setup::build::{self, TARGET};
use setup::process::run as execute;
use setup::{Setup, peer, table, workspace};

use crate::compare::ratio;

const ACCESSES: [usize; 4] = [0, 10, 1_000, 10_000];
const FIELDS: usize = 500;
const READS_A_PROGRAM: usize = 10;
const RUNS: usize = 7;

/// Prints a line an input: medians of both linkers, taken in turn, and their ratio.
pub(crate) fn run(setup: &Setup) -> Result<()> {
    let linker = build::linker(setup)?;
    let bpf_linker = peer::bpf_linker(setup)?;
    let mut inputs = Vec::new();
    for accesses in ACCESSES {
        inputs.push((accesses, bitcode(setup, accesses)?));
    }
    println!(
        "link time with `core`, against bpf-linker {} on the same input, median of {RUNS}",
        peer::VERSION
    );
    let mut rows = Vec::new();
    for (accesses, input) in inputs {
        let [mut ours, mut theirs] = [Vec::new(), Vec::new()];
        for _ in 0..RUNS {
            ours.push(link(&linker, &input)?);
            theirs.push(link(&bpf_linker, &input)?);
        }
        let (ours, theirs) = (median(ours), median(theirs));
        rows.push([
            accesses.to_string(),
            format!("{} ms", ours.as_millis()),
            format!("{} ms", theirs.as_millis()),
            ratio(ours.as_secs_f64(), theirs.as_secs_f64()),
        ]);
    }
    let head = ["accesses", "ours", "bpf-linker", "ratio"];
    print!("{}", table::text(head, rows, 0));
    Ok(())
}

struct Input {
    files: Vec<PathBuf>,
    exports: PathBuf,
    output: PathBuf,
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn link(linker: &Path, input: &Input) -> Result<Duration> {
    let start = Instant::now();
    let output = Command::new(linker)
        .args(["--btf", "-O3", "--export-symbols"])
        .arg(&input.exports)
        .arg("-o")
        .arg(&input.output)
        .args(&input.files)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} cannot be started", linker.display()))?;
    let time = start.elapsed();
    if !output.status.success() {
        bail!(
            "{} failed: {}",
            linker.display(),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(time)
}

/// What rustc gives a linker for a crate with so many accesses: its bitcode, and `core`.
fn bitcode(setup: &Setup, accesses: usize) -> Result<Input> {
    let folder = workspace::root().join(format!("target/bench/reads-{accesses}"));
    fs::create_dir_all(folder.join("src"))?;
    let bpf_core = workspace::root().join("bpf-core");
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"reads\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             [dependencies]\nbpf-core = {{ path = {bpf_core:?} }}\n\
             [profile.release]\ndebug = 2\ncodegen-units = 1\n[workspace]\n"
        ),
    )?;
    let (source, exports) = source(accesses);
    fs::write(folder.join("src/lib.rs"), source)?;
    fs::write(folder.join("exports"), exports)?;
    let target = workspace::root().join("target/bench/ebpf");
    let out = folder.join("reads.bc");
    execute(
        setup
            .ebpf
            .cargo()
            .args([
                "rustc",
                "--release",
                "--target",
                TARGET,
                "-Z",
                "build-std=core",
            ])
            .arg("--target-dir")
            .arg(&target)
            .args(["--", &format!("--emit=llvm-bc={}", out.display())])
            .current_dir(&folder),
    )?;
    let mut files = vec![out];
    let built = target.join(TARGET).join("release/deps");
    for entry in fs::read_dir(&built).with_context(|| format!("no {}", built.display()))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".rlib")
            && (name.starts_with("libcore-") || name.starts_with("libbpf_core-"))
        {
            files.push(path);
        }
    }
    Ok(Input {
        files,
        exports: folder.join("exports"),
        output: folder.join("reads.o"),
    })
}

fn source(accesses: usize) -> (String, String) {
    let mut source =
        String::from("#![no_std]\n#![allow(non_camel_case_types)]\nuse bpf_core::*;\n");
    source.push_str("#[derive(CoreStruct)]\npub struct big {\n");
    for field in 0..FIELDS {
        let _ = writeln!(source, "    f{field}: u64,");
    }
    source.push_str("}\n");
    let mut exports = String::new();
    for first in (0..accesses.max(1)).step_by(READS_A_PROGRAM) {
        let mut reads = String::new();
        for access in first..accesses.min(first + READS_A_PROGRAM) {
            let _ = write!(reads, " ^ core_read!(big, f{})?", access % FIELDS);
        }
        let _ = writeln!(
            source,
            "#[inline(always)]\nfn read{first}(big: *const big) -> Result<u64, ReadError> {{\n    \
             Ok(big as u64{reads})\n}}\n\
             #[unsafe(no_mangle)]\n#[unsafe(link_section = \"raw_tp\")]\n\
             pub extern \"C\" fn program{first}(big: *const big) -> i32 {{\n    \
             read{first}(big).is_ok() as i32\n}}"
        );
        let _ = writeln!(exports, "program{first}");
    }
    (source, exports)
}
