//! Size of an object, as a loader reads it.

use std::path::Path;

use anyhow::{Context, Result};
use bpf_core_btf::object::Object;

use setup::{Setup, build, table, twins};

use crate::compare::ratio;

/// Whether a section of this name belongs to a part.
type IsIn = fn(&str) -> bool;

/// Parts of an object.
const PARTS: [(&str, IsIn); 4] = [
    ("programs", |section| {
        section == ".text" || section == "raw_tp"
    }),
    (".BTF", |section| section == ".BTF"),
    (".BTF.ext", |section| section == ".BTF.ext"),
    ("all but DWARF", |section| {
        !section.trim_start_matches(".rel").starts_with(".debug")
    }),
];

/// Prints a line a part: bytes of the twins in Rust, and in C with every hop checked.
pub(crate) fn run(setup: &Setup) -> Result<()> {
    let [twins, ..] = twins::build(setup, &build::linker(setup)?)?;
    println!("bytes of the object with all programs, against clang-22 -O2 with every hop checked");
    let mut rows = Vec::new();
    for (part, is_in) in PARTS {
        let ours = size(&twins.rust, is_in)?;
        let theirs = size(&twins.checked, is_in)?;
        rows.push([
            part.to_owned(),
            ours.to_string(),
            theirs.to_string(),
            ratio(ours as f64, theirs as f64),
        ]);
    }
    let head = ["part", "rust", "c checked", "ratio"];
    print!("{}", table::text(head, rows, 1));
    Ok(())
}

fn size(object: &Path, is_in: IsIn) -> Result<u64> {
    let bytes = std::fs::read(object).with_context(|| format!("no {}", object.display()))?;
    let object = Object::parse(&bytes).with_context(|| object.display().to_string())?;
    let sections = object.sections().iter();
    let part = sections.filter(|section| is_in(section.name));
    Ok(part.map(|section| section.size).sum())
}
