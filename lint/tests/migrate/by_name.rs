//! Constants whose names are taken for fields, as the kernel of their numbers is not known.

use super::MANIFEST;
use super::project::Project;

/// The numbers are those of a kernel that nobody has here.
#[test]
fn names_of_constants_are_taken_for_fields() {
    let main = "#![no_std]\n#![no_main]\nuse aya_ebpf::{helpers::*, macros::*, programs::*};
const TASK_TGID: usize = 1844;
const TASK_REAL_PARENT_OFFSET: usize = 1856;
const TASK_WEIGHT: usize = 124;
const TASK_COMM: usize = 2384;
unsafe fn reads() -> Result<i32, i32> {
    let task = bpf_get_current_task() as *const u8;
    let parent = bpf_probe_read_kernel(task.add(TASK_REAL_PARENT_OFFSET) as *const *const u8)?;
    let weight = bpf_probe_read_kernel(task.add(TASK_WEIGHT) as *const i32)?;
    let first = bpf_probe_read_kernel(task.add(TASK_COMM) as *const u32)?;
    let other = bpf_probe_read_kernel(task.add(1256) as *const u32)?;
    Ok(bpf_probe_read_kernel(parent.add(TASK_TGID) as *const i32)? + weight + (first + other) as i32)
}
";
    let files = [("Cargo.toml", MANIFEST), ("src/main.rs", main)];
    let project = Project::new("migrate/by-name", &files);
    let ran = project.run(&["migrate", "--write", "--by-name"]);
    assert_eq!(
        (ran.out.as_str(), ran.err.as_str()),
        (
            "wrote src/kernel.rs\nwrote src/main.rs\n
left src/main.rs:11: `task_struct + TASK_WEIGHT`: no field of 4 bytes of `task_struct` is called as `TASK_WEIGHT` ends
left src/main.rs:12: `task_struct + TASK_COMM`: no field of 4 bytes of `task_struct` is called as `TASK_COMM` ends
left src/main.rs:13: `task_struct + 1256`: no field of 4 bytes of `task_struct` is called as `1256` ends
2 of 5 places rewritten\n",
            ""
        )
    );
    let after = project.read("src/main.rs");
    for part in [
        "core_read!(task as *const crate::kernel::task_struct, real_parent)",
        "core_read!(parent as *const crate::kernel::task_struct, tgid)?",
    ] {
        assert!(after.contains(part), "no `{part}` in {after}");
    }
    let ran = project.run(&["migrate", "--by-name", "--kernel", "6.1.176 amd64 cloud"]);
    assert_eq!(ran.code, 2);
    let ran = project.run(&["migrate"]);
    assert!(
        ran.out
            .contains("or take the constants' names for fields: `--by-name`"),
        "{}",
        ran.out
    );
}
