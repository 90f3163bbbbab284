//! The script of the GitHub action, with the variables that action.yml gives it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const FROZEN: &str = r"
use aya_ebpf::helpers::*;
fn probe() -> Result<u32, i32> {
    let task = unsafe { bpf_get_current_task() } as *const u8;
    unsafe { bpf_probe_read_kernel(task.add(1256) as *const u32) }
}
";

fn project(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("action")
        .join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).expect("a folder");
    fs::write(root.join("frozen.rs"), FROZEN).expect("a file");
    fs::write(root.join("clean.rs"), "fn main() {}\n").expect("a file");
    root
}

/// The exit code and stdout of the action.
fn run(root: &Path, paths: &str, args: &str, format: &str) -> (i32, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("action.sh");
    let output = Command::new("bash")
        .arg(script)
        .current_dir(root)
        .env("GITHUB_OUTPUT", root.join("output"))
        .env("CORELINT", env!("CARGO_BIN_EXE_cargo-corelint"))
        .env("CORELINT_PATHS", paths)
        .env("CORELINT_ARGS", args)
        .env("CORELINT_FORMAT", format)
        .env("GITHUB_STEP_SUMMARY", root.join("summary.md"))
        .env("CORELINT_SARIF", "corelint.sarif")
        .env("CORELINT_HTML", "corelint.html")
        .output()
        .expect("bash");
    let text = String::from_utf8(output.stdout).expect("text");
    (output.status.code().unwrap_or(-1), text)
}

#[test]
fn annotations_are_for_the_log_of_the_job() {
    let root = project("annotations");
    let (code, text) = run(&root, "frozen.rs clean.rs", "", "github");
    assert_eq!(code, 1);
    assert!(text.starts_with("::error file=frozen.rs,line=5,"), "{text}");
    let allowed = run(&root, "frozen.rs", "-W hardcoded-offset", "github");
    assert_eq!(allowed.0, 0);
    assert_eq!(run(&root, "clean.rs", "", "github"), (0, String::new()));
}

#[test]
fn sarif_is_a_file_even_if_there_are_findings() {
    let root = project("sarif");
    let (code, text) = run(&root, "frozen.rs", "", "sarif");
    assert_eq!((code, text.as_str()), (1, ""));
    let output = fs::read_to_string(root.join("output")).expect("an output");
    let file = output.trim_end().strip_prefix("sarif-file=");
    let log = fs::read(file.expect("the file's name")).expect("SARIF");
    let log: Value = serde_json::from_slice(&log).expect("JSON");
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "hardcoded-offset");
}

#[test]
fn the_summary_of_the_job_is_added_to() {
    let root = project("summary");
    fs::write(root.join("summary.md"), "# Tests\n").expect("a summary");
    let (code, text) = run(&root, "frozen.rs", "", "markdown");
    assert_eq!((code, text.as_str()), (1, ""));
    let summary = fs::read_to_string(root.join("summary.md")).expect("a summary");
    assert!(summary.starts_with("# Tests\n"), "{summary}");
    assert!(summary.contains("hardcoded-offset"), "{summary}");
}

#[test]
fn a_page_is_a_file_even_if_there_are_findings() {
    let root = project("page");
    let (code, text) = run(&root, "frozen.rs", "", "html");
    assert_eq!((code, text.as_str()), (1, ""));
    let output = fs::read_to_string(root.join("output")).expect("an output");
    let file = output.trim_end().strip_prefix("html-file=");
    let page = fs::read_to_string(file.expect("the file's name")).expect("a page");
    assert!(page.starts_with("<!doctype html>"), "{page}");
    assert!(page.contains("hardcoded-offset"));
}

#[test]
fn what_failed_is_not_uploaded() {
    let root = project("failed");
    assert_eq!(run(&root, "nowhere.rs", "", "sarif").0, 2);
    assert_eq!(run(&root, "nowhere.rs", "", "html").0, 2);
    assert_eq!(run(&root, "clean.rs", "", "xml").0, 2);
    assert!(!root.join("output").exists());
}

#[test]
fn the_action_sets_what_the_script_reads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = fs::read_to_string(folder.join("action.sh")).expect("a script");
    let action = fs::read_to_string(folder.join("../action.yml")).expect("an action");
    let names = script.split(|c: char| !c.is_ascii_uppercase() && c != '_');
    let names: Vec<&str> = names.filter(|word| word.starts_with("CORELINT")).collect();
    assert!(names.len() >= 5, "{names:?}");
    for name in names {
        assert!(action.contains(&format!(" {name}: ")), "{name}");
    }
}
