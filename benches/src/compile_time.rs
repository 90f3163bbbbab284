//! Time to compile an eBPF crate, against the same crate with reads that are not relocated.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use setup::build::{self, TARGET};
use setup::{Setup, table, workspace};

use crate::compare::ratio;

const STRUCTS: usize = 10;
const FIELDS_A_STRUCT: usize = 50;
const READS: usize = 1_000;
const READS_A_PROGRAM: usize = 10;
const RUNS: usize = 5;

/// What rustc spends on a crate, in seconds.
#[derive(Clone, Copy)]
struct Times {
    all: f64,
    link: f64,
}

/// Prints a line for rustc, the linker and both: medians of the two crates, taken in turn.
pub(crate) fn run(setup: &Setup) -> Result<()> {
    let linker = build::linker(setup)?;
    let crates = [
        folder("relocated", declarations(), |field| {
            let (of, field) = (field / FIELDS_A_STRUCT, field % FIELDS_A_STRUCT);
            format!("core_read!(base.cast::<s{of}>(), f{field})?")
        })?,
        folder("plain", String::new(), |field| {
            let offset = field % FIELDS_A_STRUCT * 8;
            format!("probe_read_kernel(base.wrapping_byte_add({offset}).cast::<u64>())?")
        })?,
    ];
    let mut times = [Vec::new(), Vec::new()];
    // The first time, what they depend on is built too.
    for round in 0..=RUNS {
        for (folder, times) in crates.iter().zip(&mut times) {
            let time = compile(setup, &linker, folder)?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    println!(
        "time to compile {} fields and {READS} reads, against reads that are not relocated, \
         median of {RUNS}",
        STRUCTS * FIELDS_A_STRUCT
    );
    let rows = [
        line("rustc", &times, |times| times.all - times.link),
        line("linker", &times, |times| times.link),
        line("both", &times, |times| times.all),
    ];
    print!(
        "{}",
        table::text(["", "core_read!", "plain", "ratio"], rows, 1)
    );
    Ok(())
}

fn line(part: &str, times: &[Vec<Times>; 2], of: fn(&Times) -> f64) -> [String; 4] {
    let [ours, plain] = times.each_ref().map(|times| median(times.iter().map(of)));
    let seconds = |time| format!("{time:.2} s");
    [
        part.to_owned(),
        seconds(ours),
        seconds(plain),
        ratio(ours, plain),
    ]
}

fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Compiles the crate alone: all that it depends on is there.
fn compile(setup: &Setup, linker: &Path, folder: &Path) -> Result<Times> {
    // A crate that has not changed is not compiled again.
    let source = folder.join("src/main.rs");
    fs::write(&source, fs::read(&source)?)?;
    let output = setup
        .ebpf
        .cargo()
        .args(["rustc", "--release", "--target", TARGET])
        .args(["-Z", "build-std=core", "--target-dir"])
        .arg(workspace::root().join("target/bench/ebpf"))
        .args(["--", "-Z", "time-passes"])
        .env("CARGO_TARGET_BPFEL_UNKNOWN_NONE_LINKER", linker)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{} does not compile: {log}", folder.display());
    }
    let out = String::from_utf8_lossy(&output.stdout);
    // `time:   0.123; rss:   66MB ->   67MB (   +1MB)	parse_crate`
    let pass = |name: &str| {
        let mut lines = log.lines().chain(out.lines());
        lines.find_map(|line| {
            let (time, _) = line.strip_prefix("time:")?.split_once(';')?;
            let is_it = line.split_whitespace().next_back() == Some(name);
            is_it.then(|| time.trim().parse().ok())?
        })
    };
    let pass = |name| pass(name).with_context(|| format!("rustc tells no time for `{name}`"));
    Ok(Times {
        all: pass("total")?,
        link: pass("link")?,
    })
}

fn declarations() -> String {
    let mut source = String::new();
    for of in 0..STRUCTS {
        let _ = writeln!(source, "#[derive(CoreStruct)]\npub struct s{of} {{");
        for field in 0..FIELDS_A_STRUCT {
            let _ = writeln!(source, "    f{field}: u64,");
        }
        source.push_str("}\n");
    }
    source
}

/// Writes a crate whose reads are `read` of the number of a field.
fn folder(name: &str, declarations: String, read: fn(usize) -> String) -> Result<PathBuf> {
    let folder = workspace::root().join("target/bench").join(name);
    fs::create_dir_all(folder.join("src"))?;
    let bpf_core = workspace::root().join("bpf-core");
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             [dependencies]\nbpf-core = {{ path = {bpf_core:?} }}\n\
             [profile.release]\ndebug = 2\ncodegen-units = 1\npanic = \"abort\"\n[workspace]\n"
        ),
    )?;
    let mut source = format!(
        "#![no_std]\n#![no_main]\n#![allow(non_camel_case_types)]\nuse bpf_core::*;\n{declarations}"
    );
    for first in (0..READS).step_by(READS_A_PROGRAM) {
        let mut reads = String::new();
        for number in first..first + READS_A_PROGRAM {
            let _ = write!(
                reads,
                "\n        ^ {}",
                read(number % (STRUCTS * FIELDS_A_STRUCT))
            );
        }
        let _ = writeln!(
            source,
            "#[inline(always)]\nfn read{first}(base: *const u8) -> Result<u64, ReadError> {{\n    \
             Ok(base as u64{reads})\n}}\n\
             #[unsafe(no_mangle)]\n#[unsafe(link_section = \"raw_tp\")]\n\
             pub extern \"C\" fn program{first}(context: *const *const u8) -> i32 {{\n    \
             read{first}(unsafe {{ *context }}).is_ok() as i32\n}}"
        );
    }
    source.push_str(
        "#[panic_handler]\nfn panic(_: &core::panic::PanicInfo) -> ! {\n    loop {}\n}\n",
    );
    fs::write(folder.join("src/main.rs"), source)?;
    Ok(folder)
}
