//! clang, which compiles programs in C.

use std::path::Path;

use super::line::{Line, Part, State};
use super::machine::{Failure, Machine};
use super::toolchain::major;

const SUBJECT: &str = "clang";

/// The first one with `__attribute__((preserve_access_index))`, which makes relocations.
const FIRST: u32 = 10;

/// Asks clang for its version.
pub(super) fn check(machine: &dyn Machine, folder: &Path) -> Line {
    const CURE: &str = "install it: `apt-get install clang`, `dnf install clang`";
    let bad = |found: String| Line::bad(Part::Toolchain, SUBJECT, State::Error, found, CURE);
    let version = match machine.run(folder, &["clang", "--version"]) {
        Ok(version) => version,
        Err(Failure::Missing) => return bad("`clang` is not in `PATH`".to_owned()),
        Err(Failure::Failed(why)) => return bad(format!("`clang --version` fails: {why}")),
    };
    let version = version.lines().next().unwrap_or_default().trim().to_owned();
    let number = version
        .split_once("version ")
        .and_then(|(_, behind)| major(behind));
    match number {
        Some(number) if number < FIRST => {
            bad(format!("{version}: CO-RE needs clang {FIRST} or newer"))
        }
        _ => Line::ok(Part::Toolchain, SUBJECT, version),
    }
}
