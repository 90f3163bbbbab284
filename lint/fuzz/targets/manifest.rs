//! Build files: the first byte says which.
#![no_main]

use cargo_corelint::input::Kind;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((which, text)) = data.split_first() else {
        return;
    };
    let (kind, name) = match which % 5 {
        0 => (Kind::Package, "Cargo.toml"),
        1 => (Kind::Commands, "Makefile"),
        2 => (Kind::Commands, "compile_commands.json"),
        3 => (Kind::Commands, "CMakeLists.txt"),
        _ => (Kind::Commands, "meson.build"),
    };
    cargo_corelint_fuzz::check(kind, name, text);
});
