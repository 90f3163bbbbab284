//! A project with a program that only one kernel takes.

use crate::project::Project;

/// The manifest of an eBPF crate.
pub(crate) const MANIFEST: &str = r#"
[package]
name = "probe"
version = "0.1.0"
edition = "2021"

[dependencies]
aya-ebpf = "0.1"

[workspace]
"#;

/// A program with one finding.
pub(crate) const FROZEN: &str = r#"#![no_std]
#![no_main]
use aya_ebpf::{helpers::*, macros::*, programs::*};

#[kprobe]
fn probe(_ctx: ProbeContext) -> Option<u32> {
    let täsk = unsafe { bpf_get_current_task() } as *const u8;
    unsafe { bpf_probe_read_kernel(täsk.add(1256) as *const u32) }.ok()
}
"#;

/// A project that is that program.
pub(crate) fn frozen(name: &str) -> Project {
    Project::new(name, &[("Cargo.toml", MANIFEST), ("src/main.rs", FROZEN)])
}
