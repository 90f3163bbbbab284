//! Rust sources.
#![no_main]

use cargo_corelint::input::Kind;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| cargo_corelint_fuzz::check(Kind::Rust, "main.rs", data));
