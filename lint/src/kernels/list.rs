//! `kernels list`: the kernels that are known.

use std::collections::BTreeMap;

use anyhow::Result;
use bpf_core_catalogue::select;

use super::Known;
use crate::known::builds;

/// A line for each kernel that the texts choose; for each series without a text.
pub(super) fn list(known: &Known<'_>, texts: &[String]) -> Result<String> {
    if texts.is_empty() {
        return Ok(series(known));
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let chosen = select(known.kernels(), &texts)?;
    let mut kernels: Vec<_> = chosen.iter().map(|at| &known.kernels()[at]).collect();
    kernels.sort_by_key(|kernel| (&kernel.architecture, kernel.numbers(), &kernel.flavour));
    let mut text = String::new();
    for kernel in &kernels {
        let line = format!(
            "{:8} {:38} {:22} {}",
            kernel.architecture, kernel.release, kernel.version, kernel.distribution
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push_str(&format!("{}\n", count(kernels.len())));
    Ok(text)
}

/// The builds of each series, those with the same versions on one line.
fn series(known: &Known<'_>) -> String {
    let mut lines: BTreeMap<(u32, u32), BTreeMap<Vec<u32>, Vec<String>>> = BTreeMap::new();
    for build in builds(known.kernels()) {
        let numbers = build
            .kernels
            .iter()
            .map(|at| known.kernels()[*at].numbers());
        let mut patches: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
        for [major, minor, patch] in numbers {
            patches.entry((major, minor)).or_default().push(patch);
        }
        for (series, mut patches) in patches {
            patches.dedup();
            let of_series = lines.entry(series).or_default();
            of_series
                .entry(patches)
                .or_default()
                .push(build.name.clone());
        }
    }
    let mut text = String::new();
    for ((major, minor), of_series) in &lines {
        for (patches, builds) in of_series {
            let release = |patch: &u32| format!("{major}.{minor}.{patch}");
            let releases = match &patches[..] {
                [first, .., last] if patches.len() > 3 => {
                    format!(
                        "{} to {} ({})",
                        release(first),
                        release(last),
                        patches.len()
                    )
                }
                few => few.iter().map(release).collect::<Vec<_>>().join(", "),
            };
            text.push_str(&format!("{releases:32} {}\n", builds.join(", ")));
        }
    }
    let count = count(known.kernels().len());
    text.push_str(&format!(
        "{count}; `kernels list 6.12 arm64` lists each of a series and an architecture\n"
    ));
    text
}

fn count(kernels: usize) -> String {
    let plural = if kernels == 1 { "" } else { "s" };
    format!("{kernels} kernel{plural}")
}
