//! Runs the cases: `tests/fail/NAME.rs` must not compile, and say so as `NAME.stderr` has
//! it; `tests/pass/NAME.rs` must compile, run, and have no warning.
//!
//! `TRYBUILD=overwrite cargo test -p ui-tests` writes the `.stderr` files. Another compiler uses
//! other words, so they hold for the one that `rust-toolchain.toml` names; with another, the cases
//! of `tests/fail` are left out. The gates of `cargo xtask` refuse to run with another.

use std::io::{Write as _, stderr};
use std::process::Command;

#[test]
fn cases() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/pass/*.rs");
    let version = version();
    if version == pinned() {
        // Together: beside a case that runs, the failing ones are built and not only checked,
        // and an assertion in a constant of a generic function is not seen before that.
        cases.compile_fail("tests/fail/*.rs");
    } else {
        let pinned = pinned();
        // The test harness swallows `println!`.
        let _ = writeln!(
            stderr(),
            "LEFT OUT: tests/fail: it has the words of rustc {pinned}, and this is {version}"
        );
    }
}

/// `channel` of `rust-toolchain.toml`.
fn pinned() -> &'static str {
    let toolchain = include_str!("../../../rust-toolchain.toml");
    let mut lines = toolchain.lines();
    let channel = lines.find_map(|line| line.strip_prefix("channel = \"")?.strip_suffix('"'));
    channel.expect("rust-toolchain.toml names a channel")
}

/// Of the compiler, as in `1.95.0` of `rustc 1.95.0 (59807616e 2026-04-14)`.
fn version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    let output = output.expect("rustc runs");
    let text = String::from_utf8(output.stdout).expect("rustc prints text");
    let version = text.split(' ').nth(1);
    version.expect("rustc tells its version").to_owned()
}
