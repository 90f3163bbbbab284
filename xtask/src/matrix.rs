//! One program at each level that rustc has, with each way to link: the linker is to find the same
//! relocations in all of them, at lines of the program.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use bpf_core_btf::Spec;
use bpf_core_btf::object::{Lines, Object};

use setup::build::{self, TARGET};
use setup::process::{run, say};
use setup::{Setup, workspace};

const BIG_ENDIAN_TARGET: &str = "bpfeb-unknown-none";
const LEVELS: [&str; 6] = ["0", "1", "2", "3", "s", "z"];
const LTO: [&str; 2] = ["off", "fat"];
const CODEGEN_UNITS: [&str; 2] = ["1", "16"];
/// The program and its library.
const FOLDER: &str = "linker/tests/rustc/";
/// All but `core`, which is built once for each kind of LTO.
const PACKAGES: [&str; 3] = ["matrix", "library", "bpf-core"];

/// One way to build the program.
struct Way {
    target: &'static str,
    level: &'static str,
    lto: &'static str,
    units: &'static str,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            target,
            level,
            lto,
            units,
        } = self;
        write!(
            f,
            "{target}, opt-level {level}, lto {lto}, codegen-units {units}"
        )
    }
}

fn ways() -> impl Iterator<Item = Way> {
    let little = LTO.into_iter().flat_map(|lto| {
        CODEGEN_UNITS.into_iter().flat_map(move |units| {
            LEVELS.into_iter().map(move |level| Way {
                target: TARGET,
                level,
                lto,
                units,
            })
        })
    });
    // The optimiser does not care for the byte order.
    let big = Way {
        target: BIG_ENDIAN_TARGET,
        level: "3",
        lto: "off",
        units: "1",
    };
    little.chain([big])
}

/// Builds the program in all ways, and compares each object with `records.txt` there.
pub(crate) fn check(setup: &Setup) -> Result<()> {
    let linker = build::linker(setup)?;
    let folder = workspace::root().join(FOLDER);
    let expected = fs::read_to_string(folder.join("records.txt"))?;
    let expected: BTreeSet<String> = expected.lines().map(str::to_owned).collect();
    for way in ways() {
        let records = build(setup, &linker, &folder, &way).with_context(|| way.to_string())?;
        let differences: Vec<&String> = records.symmetric_difference(&expected).collect();
        if !differences.is_empty() {
            bail!("{way}: there and not expected, or the reverse: {differences:#?}");
        }
        say(format_args!(
            "{way}: {} different relocations",
            records.len()
        ));
    }
    Ok(())
}

fn build(setup: &Setup, linker: &Path, folder: &Path, way: &Way) -> Result<BTreeSet<String>> {
    let Way {
        target,
        level,
        lto,
        units,
    } = way;
    let target_folder = workspace::root().join("target/matrix");
    let mut cargo = setup.ebpf.cargo();
    cargo
        .args(["build", "--target", target, "-Z", "build-std=core"])
        .args(["--config", &format!("profile.dev.lto=\"{lto}\"")]);
    for package in PACKAGES {
        let of = format!("profile.dev.package.{package}");
        let level = level
            .parse::<u8>()
            .map_or(format!("\"{level}\""), |n| n.to_string());
        cargo
            .args(["--config", &format!("{of}.opt-level={level}")])
            .args(["--config", &format!("{of}.codegen-units={units}")]);
    }
    cargo
        .arg("--target-dir")
        .arg(&target_folder)
        .env("CARGO_TARGET_BPFEL_UNKNOWN_NONE_LINKER", linker)
        .env("CARGO_TARGET_BPFEB_UNKNOWN_NONE_LINKER", linker)
        .current_dir(folder);
    run(&mut cargo)?;
    records(&target_folder.join(target).join("debug/matrix"))
}

/// What the object's relocations ask. Each is at a line of the program, not of bpf-core.
fn records(object: &Path) -> Result<BTreeSet<String>> {
    let elf = fs::read(object).with_context(|| format!("no {}", object.display()))?;
    let object = Object::parse(&elf)?;
    let (btf, ext) = (object.btf(), object.btf_ext()?);
    let (btf, ext) = btf.zip(ext.as_ref()).context("it has no types")?;
    let lines = Lines::new(&object, Some(ext));
    let mut records = BTreeSet::new();
    for (place, relo) in object.records(ext) {
        let spec = Spec::parse(btf, relo).map_err(|fault| anyhow!("{fault}"))?;
        let path = spec.path();
        let path = path.split(" (").next().unwrap_or_default();
        let line = lines.at(object.sections()[place.section].name, place.at);
        let line = line.filter(|line| line.line != 0 && line.file.contains(FOLDER));
        ensure!(line.is_some(), "`{path}` has no line of the program");
        records.insert(format!("{} {path}", relo.kind));
    }
    Ok(records)
}
