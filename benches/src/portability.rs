//! How long the judging of objects on many kernels takes: against `bpftool gen min_core_btf`, which resolves
//! an object on one.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use setup::{Setup, build, kernel, workspace};

const RUNS: usize = 5;

/// Prints the time of one object and of all examples, whole processes, as ratios.
pub(crate) fn run(setup: &Setup) -> Result<()> {
    println!("objects on every kernel that is known, against bpftool on the running one");
    let linter = build::linter(setup, "release")?;
    let examples = build::objects(setup)?;
    let objects: Vec<PathBuf> = examples.iter().map(|example| example.object()).collect();
    let one = objects.first().context("no example")?;
    let single = best(|| judge(&linter, std::slice::from_ref(one)))?;
    if kernel::has_btf() {
        let peer = best(|| minimise(one))?;
        println!(
            "one object: bpftool on one kernel {peer:.2?}, linter on all {single:.2?}: {:.2}",
            ratio(single, peer)
        );
    } else {
        println!("bpftool: left out, the running kernel has no BTF; linter {single:.2?}");
    }
    let all = best(|| judge(&linter, &objects))?;
    println!(
        "{} objects: {all:.2?}, {:.2} of that time for each",
        objects.len(),
        ratio(all, single) / objects.len() as f64
    );
    Ok(())
}

fn judge(linter: &Path, objects: &[PathBuf]) -> Result<Duration> {
    let start = Instant::now();
    let output = Command::new(linter)
        .args(["corelint", "--no-cache", "--quiet"])
        .args(objects)
        .current_dir(workspace::root())
        .output()
        .context("the linter cannot be started")?;
    let time = start.elapsed();
    let failed = output.status.code().is_none_or(|code| code > 1);
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(!failed, "the linter ended with {}: {errors}", output.status);
    Ok(time)
}

fn minimise(object: &Path) -> Result<Duration> {
    // Debian has bpftool where only root's PATH leads.
    let full = Path::new("/usr/sbin/bpftool");
    let bpftool = if full.exists() {
        full
    } else {
        Path::new("bpftool")
    };
    let folder = workspace::root().join("target/bench");
    std::fs::create_dir_all(&folder)?;
    let start = Instant::now();
    let output = Command::new(bpftool)
        .args(["gen", "min_core_btf", kernel::BTF])
        .arg(folder.join("min.btf"))
        .arg(object)
        .output()
        .context("bpftool cannot be started")?;
    let time = start.elapsed();
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "bpftool fails: {errors}");
    Ok(time)
}

fn best(mut run: impl FnMut() -> Result<Duration>) -> Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        best = best.min(run()?);
    }
    Ok(best)
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}
