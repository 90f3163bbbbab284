//! `cargo corelint doctor`: recorded machines with projects of all kinds, and this machine.

mod case;
mod kernels;
#[path = "../project/mod.rs"]
mod project;
mod projects;
mod recorded;
mod toolchains;

use std::process::Command;

use case::{LOCK, complaints, template};
use recorded::Recorded;

#[test]
fn a_machine_without_a_project_has_lines_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let healthy = complaints(&Recorded::healthy(), folder.path());
    assert_eq!(
        healthy,
        [
            "Warning rustc for eBPF: `rustc` of this folder (1.95.0) has no source of `core` | \
             `cargo +nightly build -Z build-std=core`, or name it in `rust-toolchain.toml`",
            "Note programs: no package for the kernel is here | run it in the folder of a project",
        ]
    );
    let empty = complaints(&Recorded::default(), folder.path());
    let errors: Vec<&String> = empty
        .iter()
        .filter(|line| line.starts_with("Error"))
        .collect();
    assert_eq!(
        errors.len(),
        4,
        "cargo, rustc, rustc for eBPF, linker: {empty:#?}"
    );
    assert!(empty[0].starts_with("Note kernel: no Linux"), "{empty:#?}");
}

#[test]
fn this_machine_answers_in_both_formats() {
    let project = template("this-machine", &[]);
    let human = project.run(&["doctor"]);
    assert!(
        human.out.starts_with("kernel\n"),
        "{}{}",
        human.out,
        human.err
    );
    assert_eq!(human.err, "");
    let json = project.run(&["doctor", "--format", "json", "probe"]);
    let lines = json.out.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        line
    });
    let lines: Vec<_> = lines.collect();
    let stops = lines.iter().any(|line| line["state"] == "error");
    assert_eq!(json.code, i32::from(stops));
    assert_eq!(human.code, json.code);
    assert_eq!(project.read("Cargo.lock"), LOCK, "a doctor writes nothing");
    let rustc = lines.iter().find(|line| line["subject"] == "rustc");
    let found = rustc.expect("a line about rustc")["found"].as_str();
    let version = Command::new("rustc")
        .arg("--version")
        .output()
        .expect("rustc");
    let version = String::from_utf8(version.stdout).expect("text");
    let version = version.split(' ').nth(1).expect("a number");
    assert_eq!(found, Some(format!("rustc {version}").as_str()));
}

#[test]
fn a_broken_machine_is_told_and_never_a_panic() {
    let project = template("broken", &[]);
    std::fs::create_dir_all(project.0.join("deep/Cargo.toml")).expect("a folder");
    project.write("bad/Cargo.toml", b"[package]\nname = \"\xff\"\n");
    let run = |folder: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_corelint"))
            .args(["doctor", folder])
            .current_dir(&project.0)
            .env_clear()
            .env("PATH", "")
            .output()
            .expect("the linter");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let (code, out, err) = run(".");
    assert_eq!((code, err.as_str()), (Some(1), ""), "{out}");
    assert!(out.contains("`cargo` is not in `PATH`"), "{out}");
    assert!(
        out.contains("`bad/Cargo.toml` cannot be read: it is not UTF-8"),
        "{out}"
    );
    let (code, out, err) = run("deep");
    assert_eq!((code, err.as_str()), (Some(1), ""), "{out}");
    let (code, out, err) = run("nowhere");
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.starts_with("error: nowhere: "), "{err}");
}
