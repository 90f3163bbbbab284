//! rust-analyzer, as it is on this machine, with the linter as its check: what an editor shows.

mod client;

use std::fs;
use std::io::{Write as _, stderr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use client::{Client, uri};

/// `bpf-core` and what it needs are compiled in this time too.
const LIMIT: Duration = Duration::from_secs(300);

/// The bee is two units for an editor, one character for rustc, and four bytes.
const SOURCE: &str = r"#![no_std]
#![allow(non_camel_case_types, missing_docs)]
use bpf_core::{CoreStruct, ReadError, core_read, probe_read_kernel};

#[derive(CoreStruct)]
pub struct task_struct {
    pub tgid: i32,
    pub se: sched_entity,
}

#[derive(CoreStruct)]
pub struct sched_entity {
    pub vruntime: u64,
}

pub fn frozen(task: *const task_struct) -> Result<u64, ReadError> {
    /* 🐝 größe */ probe_read_kernel(task.wrapping_byte_add(3056).cast::<u64>())
}

pub fn misused(task: *const task_struct) -> Result<u64, ReadError> {
    core_read!(task, se, vruntime)
}
";

/// A diagnostic, as far as it is compared.
#[derive(Debug, PartialEq)]
struct Shown {
    /// Who says it, and what.
    code: String,
    /// Line and character of start and end, from 0.
    range: [u64; 4],
}

/// LSP's number for an error.
const ERROR: u64 = 1;

/// The place of `text` behind `before` in `SOURCE`, counted as editors do.
fn place(before: &str, text: &str) -> [u64; 4] {
    let both = format!("{before}{text}");
    let (number, line) = SOURCE
        .lines()
        .enumerate()
        .find(|(_, line)| line.contains(&both))
        .expect("a line");
    let start = line.find(&both).expect("it is there") + before.len();
    let units = |text: &str| text.encode_utf16().count() as u64;
    let (first, length) = (units(&line[..start]), units(text));
    [number as u64, first, number as u64, first + length]
}

fn project() -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editor/project");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a workspace");
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(root.join("src")).expect("a folder");
    let manifest = format!(
        "[package]\nname = \"probe\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nbpf-core = {{ path = {:?} }}\n\n[workspace]\n",
        workspace.join("bpf-core")
    );
    fs::write(root.join("Cargo.toml"), manifest).expect("a file");
    // With the versions of this workspace nothing has to be downloaded.
    fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock")).expect("a copy");
    fs::write(root.join("src/lib.rs"), SOURCE).expect("a file");
    root
}

/// rust-analyzer, if one runs here: rustup has a program of this name whether it has the real one
/// or not.
fn rust_analyzer() -> Option<PathBuf> {
    let told = std::env::var_os("RUST_ANALYZER").map(PathBuf::from);
    let known = ["/usr/bin/rust-analyzer", "rust-analyzer"].map(PathBuf::from);
    let runs = |program: &PathBuf| {
        let output = Command::new(program).arg("--version").output();
        output.is_ok_and(|output| output.status.success())
    };
    match told {
        Some(told) => {
            assert!(runs(&told), "`{}` does not run", told.display());
            Some(told)
        }
        None => known.into_iter().find(runs),
    }
}

#[test]
fn findings_stand_beside_the_errors_of_rustc() {
    let Some(server) = rust_analyzer() else {
        let why = "no rust-analyzer (Debian: `rust-web-analyzer`)";
        // Not by `eprintln!`, which a test that passes does not show.
        let _ = writeln!(stderr(), "LEFT OUT: findings in an editor: {why}");
        return;
    };
    let project = project();
    let target = project.with_file_name("target");
    let mut command = Command::new(server);
    command
        .current_dir(&project)
        .env("CARGO_NET_OFFLINE", "true")
        .env("RA_LOG", "error")
        .env("CARGO_TARGET_DIR", &target)
        .env_remove("RUSTFLAGS");
    let mut client = Client::start(&mut command, LIMIT);
    let linter = env!("CARGO_BIN_EXE_cargo-corelint");
    client.initialize(
        &project,
        &json!({
            "check": { "overrideCommand": [linter, "corelint", "--message-format", "json"] },
            "checkOnSave": true,
            // All that the test does not need.
            "cachePriming": { "enable": false },
            "cargo": { "buildScripts": { "enable": false }, "sysroot": null },
            "diagnostics": { "enable": false },
            "procMacro": { "enable": false },
        }),
    );
    let file = uri(&project.join("src/lib.rs"));
    client.notify(
        "textDocument/didOpen",
        &json!({ "textDocument":
            { "uri": file, "languageId": "rust", "version": 1, "text": SOURCE } }),
    );

    let expected = [
        Shown {
            code: "corelint hardcoded-offset".to_owned(),
            range: place("probe_read_kernel(", "task.wrapping_byte_add(3056)"),
        },
        Shown {
            code: "rustc E0277".to_owned(),
            range: place("core_read!(task, se", ","),
        },
    ];
    let errors = loop {
        let Some(message) = client.notification(Duration::from_secs(20)) else {
            // The server takes no notice of files that are saved while it reads the workspace.
            client.notify(
                "textDocument/didSave",
                &json!({ "textDocument": { "uri": file } }),
            );
            continue;
        };
        let params = &message["params"];
        if message["method"] != "textDocument/publishDiagnostics" || params["uri"] != file {
            continue;
        }
        let errors = errors(&params["diagnostics"]);
        // Rustc's come first.
        if errors.len() >= expected.len() {
            break errors;
        }
    };
    assert_eq!(errors, expected);
    client.request("shutdown", &Value::Null);
    client.notify("exit", &Value::Null);
}

/// The errors among diagnostics, in the order of their places; the others are labels and hints.
fn errors(diagnostics: &Value) -> Vec<Shown> {
    let diagnostics = diagnostics.as_array().expect("a list");
    let errors = diagnostics.iter().filter(|one| one["severity"] == ERROR);
    let mut errors: Vec<Shown> = errors.map(Shown::of).collect();
    errors.sort_by_key(|error| error.range);
    errors
}

impl Shown {
    fn of(diagnostic: &Value) -> Self {
        let word = |key: &str| diagnostic[key].as_str().unwrap_or_default().to_owned();
        let range = &diagnostic["range"];
        let number = |end: &str, key: &str| range[end][key].as_u64().expect("a number");
        Self {
            code: format!("{} {}", word("source"), word("code")),
            range: [
                number("start", "line"),
                number("start", "character"),
                number("end", "line"),
                number("end", "character"),
            ],
        }
    }
}
