//! The example `lineage`, live on the running kernel, or its relocations where that cannot be.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use setup::process::{run, say, shown};
use setup::{build, debian, kernel, workspace};

const EXAMPLE: &str = "lineage";

/// Builds everything; then loads the example and verifies ten events, or shows its relocations.
pub(crate) fn show() -> Result<()> {
    let setup = setup::for_build()?;
    let built = build::all(&setup)?;
    let lineage = built
        .into_iter()
        .find(|built| built.example.name == EXAMPLE);
    let lineage = lineage.with_context(|| format!("no example `{EXAMPLE}`"))?;
    let object = lineage.example.object();
    let loader = lineage
        .loader
        .with_context(|| format!("`{EXAMPLE}` has no loader"))?;

    match obstacle(&live(&loader, &object, true)) {
        None => run(&mut live(&loader, &object, !debian::is_root())),
        Some(obstacle) => {
            say(obstacle);
            say("instead, what a loader would make of the object's relocations:");
            run(Command::new(build::linter(&setup, "dev")?)
                .args(["corelint", "inspect"])
                .arg(&object)
                .args(kernels().iter().flat_map(|name| ["--kernel", name])))
        }
    }
}

/// Kernels to show the relocations on: the oldest and the newest of those that are booted, and the running one.
fn kernels() -> Vec<&'static str> {
    let mut kernels = vec!["5.10.223 amd64 cloud", "7.3.4 amd64 cloud"];
    if kernel::has_btf() {
        kernels.push("running");
    }
    kernels
}

fn live(loader: &Path, object: &Path, sudo: bool) -> Command {
    let short = |path: &Path| {
        path.strip_prefix(workspace::root())
            .unwrap_or(path)
            .to_owned()
    };
    let mut command = if sudo {
        let mut sudo = Command::new("sudo");
        sudo.arg(short(loader));
        sudo
    } else {
        Command::new(loader)
    };
    command
        .args(["--verify", "--count", "10"])
        .arg(short(object))
        .current_dir(workspace::root());
    command
}

/// What keeps the example from being loaded, and what would help.
fn obstacle(by_hand: &Command) -> Option<String> {
    if !kernel::has_btf() {
        return Some(format!(
            "the running kernel has no types in {}: boot one with CONFIG_DEBUG_INFO_BTF=y, as \
             Debian's `linux-image-amd64` has, with `sudo apt-get install linux-image-amd64`",
            kernel::BTF
        ));
    }
    let error = kernel::try_to_load().err()?;
    if !debian::is_root() {
        if debian::has_silent_sudo() {
            return None;
        }
        return Some(format!(
            "loading needs root ({error}): run `{}`",
            shown(by_hand)
        ));
    }
    Some(format!(
        "the kernel refuses to load a program although this is root ({error}): a container needs \
         CAP_BPF and CAP_PERFMON, as `docker run --privileged` gives them, and the kernel must \
         not be locked down (/sys/kernel/security/lockdown)"
    ))
}
