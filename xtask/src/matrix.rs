//! One program at each level that rustc has, with each way to link: the linker is to find the same
//! relocations in all of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use bpf_core_btf::{Btf, BtfExt, Spec};

use crate::objects::{self, TARGET};
use crate::offsets::section;
use crate::process::{run, say};
use crate::setup::Setup;
use crate::workspace;

const LEVELS: [&str; 6] = ["0", "1", "2", "3", "s", "z"];
const LTO: [&str; 2] = ["off", "fat"];
const CODEGEN_UNITS: [&str; 2] = ["1", "16"];
/// All but `core`, which is built once for each kind of LTO.
const PACKAGES: [&str; 3] = ["matrix", "library", "bpf-core"];

/// Builds `linker/tests/rustc` in all ways, and compares each object with `records.txt` there.
pub(crate) fn check(setup: &Setup) -> Result<()> {
    let linker = objects::linker(setup)?;
    let folder = workspace::root().join("linker/tests/rustc");
    let expected = fs::read_to_string(folder.join("records.txt"))?;
    let expected: BTreeSet<String> = expected.lines().map(str::to_owned).collect();
    let target_folder = workspace::root().join("target/matrix");
    for lto in LTO {
        for units in CODEGEN_UNITS {
            for level in LEVELS {
                let way = format!("opt-level {level}, lto {lto}, codegen-units {units}");
                let mut cargo = setup.ebpf.cargo();
                cargo
                    .args(["build", "--target", TARGET, "-Z", "build-std=core"])
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
                    .env("CARGO_TARGET_BPFEL_UNKNOWN_NONE_LINKER", &linker)
                    .current_dir(&folder);
                run(&mut cargo).with_context(|| way.clone())?;
                let object = target_folder.join(TARGET).join("debug/matrix");
                let records = records(&object).with_context(|| way.clone())?;
                let differences: Vec<&String> = records.symmetric_difference(&expected).collect();
                if !differences.is_empty() {
                    bail!("{way}: there and not expected, or the reverse: {differences:#?}");
                }
                say(format_args!(
                    "{way}: {} different relocations",
                    records.len()
                ));
            }
        }
    }
    Ok(())
}

/// What the object's relocations ask, without where.
fn records(object: &Path) -> Result<BTreeSet<String>> {
    let elf = fs::read(object).with_context(|| format!("no {}", object.display()))?;
    let (btf, ext) = (section(&elf, ".BTF")?, section(&elf, ".BTF.ext")?);
    let btf = Btf::parse(&btf)?;
    let ext = BtfExt::parse(&ext, &btf)?;
    let mut records = BTreeSet::new();
    for relo in ext.core_relos().iter().flat_map(|section| &section.records) {
        let spec = Spec::parse(&btf, relo).map_err(|fault| anyhow!("{fault}"))?;
        let path = spec.path();
        let path = path.split(" (").next().unwrap_or_default();
        records.insert(format!("{} {path}", relo.kind));
    }
    Ok(records)
}
