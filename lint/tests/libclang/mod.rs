//! Whether the linter reads C on this machine: it loads libclang when it runs.

use std::io::{Write as _, stderr};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// Whether the linter reads C here. Where it does not, `what` is left out, and this says so, once; but
/// whoever has set `LIBCLANG_PATH`, as `cargo xtask test` does, leaves nothing out.
pub(crate) fn reads_c(what: &str) -> bool {
    static READS_C: OnceLock<bool> = OnceLock::new();
    *READS_C.get_or_init(|| {
        let Some(cure) = cure() else { return true };
        let told = std::env::var_os("LIBCLANG_PATH");
        assert!(told.is_none(), "LIBCLANG_PATH is {told:?}: {cure}");
        // Not by `eprintln!`, which a test that passes does not show.
        let _ = writeln!(stderr(), "LEFT OUT: {what}: {cure}");
        false
    })
}

/// What the linter says of a C file that it cannot read.
fn cure() -> Option<String> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-corelint"))
        .args(["--no-cache", "bitfield-direct-read/bad_plain.c"])
        .current_dir(fixtures)
        .output()
        .expect("the linter");
    let told = String::from_utf8_lossy(&output.stderr);
    let line = told.lines().find(|line| line.contains("libclang"));
    line.map(|line| line.trim_start_matches("note: ").to_owned())
}
