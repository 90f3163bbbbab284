//! What is done with what Cargo says about a project.
#![cfg(unix)]

mod frozen;
mod project;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use frozen::{FROZEN, frozen};

/// As rustup does where the toolchain that `rust-toolchain.toml` names is not installed.
#[test]
fn a_missing_toolchain_of_the_project_stops_nothing() {
    let project = frozen("toolchain-of-project");
    let cargo = std::env::var("CARGO").expect("Cargo runs the tests");
    let script = format!(
        "#!/bin/sh\ncase $PWD in *toolchain-of-project*)\n\
         echo \"error: toolchain '1.2.3' is not installed\" >&2\nexit 1;; esac\nexec {cargo} \"$@\"\n"
    );
    project.write("cargo.sh", script);
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(project.0.join("cargo.sh"), mode).expect("a script");
    let ran = project.run_with(&["--format", "short"], &[("CARGO", "cargo.sh")]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("hardcoded-offset"), "{}", ran.out);
    assert_eq!(ran.out, project.run(&["--format", "short"]).out);
    assert_eq!(project.read("src/main.rs"), FROZEN);
}

/// As with a toolchain that `rust-toolchain.toml` names, and that does not exist.
#[test]
fn what_cargo_says_is_told_without_a_trace() {
    let project = frozen("no-toolchain");
    let script = "#!/bin/sh\necho 'error: no such toolchain' >&2\n\
        [ -z \"$RUST_BACKTRACE\" ] || echo 'Stack backtrace: main' >&2\nexit 1\n";
    project.write("cargo.sh", script);
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(project.0.join("cargo.sh"), mode).expect("a script");
    let ran = project.run_with(&[], &[("CARGO", "cargo.sh"), ("RUST_BACKTRACE", "full")]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("error: no such toolchain"), "{}", ran.err);
    assert!(!ran.err.contains("Stack backtrace: main"), "{}", ran.err);
}
