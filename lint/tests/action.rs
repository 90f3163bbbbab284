//! The scripts of the GitHub action, with the variables that action.yml gives them.

use std::env::consts::ARCH;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
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

/// Where the script of the installation finds a release, and a cargo that builds nothing.
struct Release {
    root: PathBuf,
    /// The archive, beside its list of checksums.
    archive: PathBuf,
}

impl Release {
    const TAG: &str = concat!("v", env!("CARGO_PKG_VERSION"));

    /// A release whose programs do what `program` says.
    fn with(name: &str, program: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("install")
            .join(name);
        let _ = fs::remove_dir_all(&root);
        let files = root
            .join("owner/repository/releases/download")
            .join(Self::TAG);
        let version = env!("CARGO_PKG_VERSION");
        let packed = format!("cargo-corelint-{version}-{ARCH}-unknown-linux-gnu");
        executable(&files.join(&packed).join("cargo-corelint"), program);
        executable(&root.join("path/cargo"), "#!/bin/sh\necho \"cargo $*\"\n");
        let archive = format!("{packed}.tar.xz");
        let pack = format!("tar -cJf {archive} {packed} && sha256sum {archive} >SHA256SUMS");
        let packs = Command::new("sh")
            .arg("-c")
            .arg(pack)
            .current_dir(&files)
            .status();
        assert!(packs.is_ok_and(|status| status.success()), "tar and xz");
        let archive = files.join(archive);
        Self { root, archive }
    }

    /// The exit code and stdout of the installation, for a workflow that names `reference`.
    fn install(&self, repository: &str, reference: &str) -> (i32, String) {
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("bash")
            .arg("lint/install.sh")
            .arg(self.root.join("installed"))
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
            .env(
                "PATH",
                format!("{}:{path}", self.root.join("path").display()),
            )
            .env(
                "GITHUB_SERVER_URL",
                format!("file://{}", self.root.display()),
            )
            .env("CORELINT_REPOSITORY", repository)
            .env("CORELINT_REF", reference)
            .output()
            .expect("bash");
        let text = String::from_utf8(output.stdout).expect("text");
        (output.status.code().unwrap_or(-1), text)
    }
}

fn executable(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(file, text).expect("a file");
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("a program");
}

#[test]
fn the_release_that_a_workflow_names_is_installed() {
    let release = Release::with("release", "#!/bin/sh\necho a linter\n");
    let (code, text) = release.install("owner/repository", Release::TAG);
    assert_eq!((code, text.as_str()), (0, "a linter\n"));
    assert!(release.root.join("installed/bin/cargo-corelint").exists());
}

#[test]
fn what_no_release_has_is_built() {
    let release = Release::with("built", "#!/bin/sh\necho a linter\n");
    let others = [
        ("owner/repository", "main"),
        ("owner/other", Release::TAG),
        ("", ""),
    ];
    for (repository, reference) in others {
        let (code, text) = release.install(repository, reference);
        assert_eq!(code, 0, "{repository} {reference}: {text}");
        assert!(
            text.contains("cargo install --locked"),
            "{repository} {reference}: {text}"
        );
    }
    // Of another libc, for instance.
    let release = Release::with("foreign", "#!/nowhere\n");
    let (code, text) = release.install("owner/repository", Release::TAG);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("cargo install --locked"), "{text}");
}

#[test]
fn another_archive_than_the_checksum_says_is_an_error() {
    let release = Release::with("changed", "#!/bin/sh\necho a linter\n");
    fs::write(&release.archive, "another").expect("an archive");
    let (code, text) = release.install("owner/repository", Release::TAG);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("::error::"), "{text}");
    assert!(!text.contains("cargo install"), "{text}");
}

#[test]
fn the_action_sets_what_the_scripts_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scripts = ["action.sh", "install.sh"]
        .map(|script| fs::read_to_string(folder.join(script)).expect("a script"));
    let action = fs::read_to_string(folder.join("../action.yml")).expect("an action");
    let script = scripts.concat();
    let names = script.split(|c: char| !c.is_ascii_uppercase() && c != '_');
    let names: Vec<&str> = names.filter(|word| word.starts_with("CORELINT")).collect();
    assert!(names.len() >= 7, "{names:?}");
    for name in names {
        assert!(action.contains(&format!(" {name}: ")), "{name}");
    }
}
