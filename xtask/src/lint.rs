//! The linter over this repository, its examples and their objects: it has nothing to say, but about
//! the one program that is there to be found.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use setup::process::{say, shown};
use setup::{Setup, build, workspace};

/// What it says about `examples/frozen`.
const FROZEN_SOURCE: &str = "src/main.rs:31:29: error[hardcoded-offset]: \
    constant offset `START_BOOTTIME` (3056) from a pointer to `task_struct`\n";

/// What it says about the object of `examples/frozen`.
const FROZEN_OBJECT: &str = "examples/frozen/ebpf/src/main.rs:31:34: error[hardcoded-offset]: \
    constant offset 3056 from a pointer to `task_struct`\n";

/// Runs it, after a build of the examples.
pub(crate) fn over_this_repository(setup: &Setup) -> Result<()> {
    let linter = build::linter(setup, "dev")?;
    let root = workspace::root();
    expect(&linter, root, &[], "")?;
    for example in workspace::examples()? {
        let (source, object) = match example.name.as_str() {
            "frozen" => (FROZEN_SOURCE, FROZEN_OBJECT),
            _ => ("", ""),
        };
        expect(&linter, &example.ebpf(), &[Path::new(".")], source)?;
        expect(&linter, root, &[&example.object()], object)?;
    }
    Ok(())
}

/// Compares what the linter finds, and its exit code.
fn expect(linter: &Path, folder: &Path, paths: &[&Path], findings: &str) -> Result<()> {
    let mut command = Command::new(linter);
    command
        .args(["corelint", "--quiet", "--no-cache", "--format", "short"])
        .args(paths)
        .current_dir(folder);
    let line = shown(&command);
    say(format_args!("{} in {}", line, folder.display()));
    let output = command
        .output()
        .with_context(|| format!("`{line}` cannot be started"))?;
    let found = String::from_utf8_lossy(&output.stdout);
    let code = i32::from(!findings.is_empty());
    ensure!(
        found == findings && output.status.code() == Some(code),
        "`{line}` ended with {} and found:\n{found}instead of:\n{findings}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
