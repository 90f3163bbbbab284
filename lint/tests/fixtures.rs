//! All rules over all fixtures. `UPDATE=1` writes what is found beside each fixture, for a person
//! to read; without it, what is found must be what is written.

mod libclang;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_corelint::rules;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The fixtures, by rule.
fn fixtures() -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for rule in fs::read_dir(root()).expect("fixtures") {
        let rule = rule.expect("a rule").path();
        let name = rule
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        for fixture in fs::read_dir(&rule).expect("a folder") {
            let fixture = fixture.expect("a fixture").path();
            let file = fixture.file_name().unwrap_or_default().to_string_lossy();
            let is_fixture = file.starts_with("bad") || file.starts_with("good");
            if is_fixture && !file.ends_with(".expected") {
                found.push((name.clone(), fixture));
            }
        }
    }
    found.sort();
    found
}

/// What all rules find in a fixture, a line each.
fn findings(rule: &str, fixture: &Path) -> String {
    // What is a fixture of another rule may have hooks that no kernel has.
    let is_judged = rules::find(rule).is_some_and(|rule| rule.on_kernels.is_some());
    let allowed: &[&str] = if is_judged {
        &[]
    } else {
        &["--allow", "on-kernels"]
    };
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-corelint"))
        .args(["--no-cache", "--format", "short", "--warn", "all"])
        .args(allowed)
        .arg(fixture.strip_prefix(root()).expect("a fixture"))
        .current_dir(root())
        .output()
        .expect("the linter");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_ne!(
        output.status.code(),
        Some(2),
        "{}: {errors}",
        fixture.display()
    );
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn findings_are_the_expected_ones() {
    let update = std::env::var_os("UPDATE").is_some();
    let reads_c = libclang::reads_c("fixtures in C");
    let mut wrong = String::new();
    for (rule, fixture) in fixtures() {
        if !reads_c
            && fixture
                .extension()
                .is_some_and(|extension| extension == "c")
        {
            continue;
        }
        let found = findings(&rule, &fixture);
        let expected = PathBuf::from(format!("{}.expected", fixture.display()));
        let name = fixture.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("good") {
            if !found.is_empty() {
                wrong.push_str(&format!("good, and yet:\n{found}"));
            }
            continue;
        }
        if !found.contains(&format!("[{rule}]")) {
            wrong.push_str(&format!("{rule}/{name} does not fire:\n{found}"));
        }
        if update {
            fs::write(&expected, &found).expect("a snapshot");
        } else if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push_str(&format!("{rule}/{name}:\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_rule_has_both_kinds() {
    let fixtures = fixtures();
    for rule in rules::ALL {
        let count = |kind: &str| {
            let mine = fixtures.iter().filter(|(name, _)| name == rule.name);
            mine.filter(|(_, path)| {
                path.file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .starts_with(kind)
            })
            .count()
        };
        assert!(count("bad") > 0, "{} has no bad fixture", rule.name);
        assert!(count("good") > 0, "{} has no good fixture", rule.name);
    }
}

#[test]
fn messages_are_written_as_agreed() {
    for (rule, fixture) in fixtures() {
        for line in findings(&rule, &fixture).lines() {
            let message = line.split_once("]: ").expect("a message").1;
            let first = message.chars().next().unwrap_or(' ');
            assert!(first.is_lowercase() || first == '`', "{message}");
            assert!(!message.ends_with('.'), "{message}");
            assert!(message.matches('`').count() % 2 == 0, "{message}");
        }
    }
}
