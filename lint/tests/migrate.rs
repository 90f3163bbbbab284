//! `cargo corelint migrate`: what it rewrites, what it leaves and why. `tests/constructs` builds and runs the
//! program that comes out.

mod project;

use std::fs;
use std::path::{Path, PathBuf};

use project::Project;

const MANIFEST: &str = "[package]\nname = \"probe\"\nversion = \"0.1.0\"\nedition = \"2021\"\n
[dependencies]\naya-ebpf = \"0.2\"\nbpf-core = \"0.1\"\n\n[workspace]\n";

fn case(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/migrate")
        .join(folder)
}

fn fixture(folder: &str, file: &str) -> String {
    fs::read_to_string(case(folder).join("src").join(file)).expect("a fixture")
}

fn updated(folder: &str, files: &[&str], project: &Project) {
    for file in files {
        let made = project.read(&format!("src/{file}"));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(case(folder).join("src").join(file), &made).expect("a fixture");
        }
        assert_eq!(made, fixture(folder, file), "{file}");
    }
}

/// A package that reads by literal offsets.
fn literal(name: &str) -> Project {
    let main = fixture("literal/before", "main.rs");
    let files = [("Cargo.toml", MANIFEST), ("src/main.rs", &main)];
    Project::new(&format!("migrate/{name}"), &files)
}

fn before(name: &str) -> Project {
    let files =
        ["main.rs", "vmlinux.rs"].map(|file| (format!("src/{file}"), fixture("before", file)));
    let mut all = vec![("Cargo.toml", MANIFEST)];
    all.extend(
        files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str())),
    );
    Project::new(&format!("migrate/{name}"), &all)
}

/// A package with bindings of `task_struct` and one source.
fn small(name: &str, main: &str) -> Project {
    let head = "#![no_std]\n#![no_main]\nmod vmlinux;\nuse aya_ebpf::helpers::*;\nuse vmlinux::task_struct;\n";
    let files = [
        ("Cargo.toml", MANIFEST),
        ("src/main.rs", &format!("{head}{main}")),
        ("src/vmlinux.rs", &fixture("before", "vmlinux.rs")),
    ];
    Project::new(&format!("migrate/{name}"), &files)
}

#[test]
fn reads_become_reads_by_name() {
    let project = before("written");
    let ran = project.run(&["migrate", "--write"]);
    assert_eq!((ran.err.as_str(), ran.code), ("", 0), "{}", ran.out);
    updated("after", &["main.rs", "kernel.rs", "vmlinux.rs"], &project);
    assert_eq!(
        ran.out,
        "wrote src/kernel.rs\nwrote src/main.rs\n
left src/main.rs:52: `dentry.d_name`: it is no number, pointer or array of numbers: read its fields
left src/main.rs:53: `dentry.d_parent`: its address is used without a read
12 of 14 places rewritten\n"
    );
}

#[test]
fn literal_offsets_become_reads_by_name() {
    let project = literal("literal");
    let words = ["migrate", "--write", "--kernel", "6.1.176 amd64 cloud"];
    let ran = project.run(&words);
    assert_eq!((ran.err.as_str(), ran.code), ("", 0), "{}", ran.out);
    updated("literal/after", &["main.rs", "kernel.rs"], &project);
    assert_eq!(
        ran.out,
        "wrote src/kernel.rs\nwrote src/main.rs\n
left src/main.rs:44: `task_struct + 2421`: 6.1.176 amd64 cloud has no field of 4 bytes at 2421 of `task_struct`
left src/main.rs:45: `pointer + 256`: the struct that the pointer leads to is not known
left src/main.rs:46: `task_struct + 2784`: the type is not written where it is read: write `.cast::<u32>()`
7 of 10 places rewritten\n"
    );
}

#[test]
fn an_offset_that_is_passed_on_is_left() {
    let main = "#![no_std]\n#![no_main]\nuse aya_ebpf::helpers::*;
const TGID: usize = 2420;
unsafe fn read<T>(base: *const u8, at: usize) -> Result<T, i64> {
    bpf_probe_read_kernel(base.add(at) as *const T)
}
fn tgid() -> Result<i32, i64> {
    let task = unsafe { bpf_get_current_task() } as *const u8;
    unsafe { read(task, TGID) }
}
";
    let files = [("Cargo.toml", MANIFEST), ("src/main.rs", main)];
    let project = Project::new("migrate/passed", &files);
    let ran = project.run(&["migrate", "--write", "--kernel", "6.1.176 amd64 cloud"]);
    assert_eq!(
        ran.out,
        "left src/main.rs:10: `pointer + TGID`: `read` adds it to the pointer: read the field by `core_read!` here\n\
        0 of 1 places rewritten\n"
    );
    assert_eq!(project.read("src/main.rs"), main);
}

#[test]
fn an_offset_in_two_steps_is_no_field() {
    let main = "#![no_std]\n#![no_main]\nuse aya_ebpf::helpers::*;
fn chained() -> Result<i32, i64> {
    let task = unsafe { bpf_get_current_task() } as *const u8;
    unsafe { bpf_probe_read_kernel(task.add(2000).add(420) as *const i32) }
}
fn in_a_variable() -> Result<i32, i64> {
    let task = unsafe { bpf_get_current_task() } as *const u8;
    let near = unsafe { task.add(400) };
    unsafe { bpf_probe_read_kernel(near.add(2020) as *const i32) }
}
";
    let files = [("Cargo.toml", MANIFEST), ("src/main.rs", main)];
    let project = Project::new("migrate/two-steps", &files);
    let ran = project.run(&["migrate", "--write", "--kernel", "6.1.176 amd64 cloud"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for what in ["6: `task_struct + 420`", "11: `task_struct + 2020`"] {
        let why = format!(
            "left src/main.rs:{what}: something was added to the pointer before: add it up\n"
        );
        assert!(ran.out.contains(&why), "{}", ran.out);
    }
    assert_eq!(project.read("src/main.rs"), main);
}

#[test]
fn a_literal_offset_needs_the_name_of_its_kernel() {
    let project = literal("literal-of-no-kernel");
    let ran = project.run(&["migrate", "--write"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let why = "left src/main.rs:17: `task_struct + TGID`: name the kernel that the offset is of: \
        `--kernel '6.1.176 amd64'`\n";
    assert!(ran.out.contains(why), "{}", ran.out);
    assert_eq!(
        project.read("src/main.rs"),
        fixture("literal/before", "main.rs")
    );
    let ran = project.run(&["migrate", "--kernel", "2.6.32"]);
    assert_eq!((ran.out.as_str(), ran.code), ("", 2));
    assert!(
        ran.err.contains("no kernel is called `2.6.32`"),
        "{}",
        ran.err
    );
}

#[test]
fn a_second_run_changes_nothing() {
    let project = before("twice");
    project.run(&["migrate", "--write"]);
    let files = ["src/main.rs", "src/kernel.rs", "src/vmlinux.rs"];
    let once = files.map(|file| project.read(file));
    let again = project.run(&["migrate", "--write"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(
        again.out.ends_with("0 of 2 places rewritten\n"),
        "{}",
        again.out
    );
    assert_eq!(files.map(|file| project.read(file)), once);
}

#[test]
fn without_write_a_patch_is_shown() {
    let project = before("patch");
    let ran = project.run(&["migrate"]);
    assert_eq!(project.read("src/main.rs"), fixture("before", "main.rs"));
    assert!(!project.0.join("src/kernel.rs").exists());
    let line = "+    let tgid = bpf_core::core_read!(task, real_parent, tgid)?;\n";
    assert!(ran.out.contains(line), "{}", ran.out);
    let json: serde_json::Value =
        serde_json::from_str(&project.run(&["migrate", "--format", "json"]).out).expect("JSON");
    assert_eq!(json["rewritten"], 12);
    assert_eq!(json["left"].as_array().map(Vec::len), Some(2));
    assert!(
        json["patch"]
            .as_str()
            .is_some_and(|patch| patch.contains(line))
    );
}

/// What is said of a source with one place that is left.
#[track_caller]
fn left(name: &str, main: &str, expected: &[&str]) {
    let project = small(name, main);
    let text = project.read("src/main.rs");
    let ran = project.run(&["migrate", "--write"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in expected {
        assert!(ran.out.contains(part), "no `{part}` in {}", ran.out);
    }
    assert!(
        ran.out.contains("\n0 of ") || ran.out.starts_with("left"),
        "{}",
        ran.out
    );
    assert_eq!(project.read("src/main.rs"), text);
}

#[test]
fn what_is_not_safe_is_left_with_the_reason() {
    left(
        "no-errno",
        "unsafe fn pid(task: *const task_struct) -> i32 { (*task).pid }\n",
        &[
            "left src/main.rs:6: `task_struct.pid`: a read may fail, and the function around returns no errno",
        ],
    );
    left(
        "closure",
        "unsafe fn pid(task: Option<*const task_struct>) -> Result<i32, i32> { task.map(|task| (*task).pid).ok_or(1) }\n",
        &["the function around returns no errno"],
    );
    left(
        "store",
        "unsafe fn set(task: *mut task_struct) -> Result<i32, i32> { (*task).pid = 1; Ok(0) }\n",
        &["it is written"],
    );
    left(
        "address",
        "unsafe fn at(task: *const task_struct) -> *const i32 { &raw const (*task).pid }\n",
        &["its address is used without a read"],
    );
    left(
        "buffer",
        "unsafe fn name(task: *const task_struct, to: &mut [u8]) -> Result<(), i64> {
    bpf_probe_read_kernel_buf(&(*task).comm as *const _ as *const u8, to)
}\n",
        &["it is read into a buffer: write `core_read_str!` or `core_read_into!`"],
    );
    left(
        "index",
        "unsafe fn letter(task: *const task_struct, at: usize) -> Result<i8, i64> {
    bpf_probe_read_kernel(&(*task).comm[at])
}\n",
        &["its index is known at run time only"],
    );
    left(
        "other-type",
        "unsafe fn mm(task: *const task_struct) -> Result<u64, i64> {
    bpf_probe_read_kernel(&(*task).mm as *const _ as *const u64)
}\n",
        &["it is read as another type than it has"],
    );
    left(
        "optional",
        "unsafe fn state(task: *const task_struct) -> Result<u32, i64> { bpf_probe_read_kernel(&(*task).__state) }\n",
        &["not every supported kernel has `task_struct.__state`"],
    );
    left(
        "unknown-field",
        "unsafe fn before(task: *const task_struct) -> Result<[u64; 100], i64> { bpf_probe_read_kernel(&(*task).before) }\n",
        &["no chosen kernel has a field `before` in `struct task_struct`"],
    );
    left(
        "by-reference",
        "fn pid(task: &task_struct) -> Result<i32, i64> { unsafe { bpf_probe_read_kernel(&task.pid) } }\n",
        &["`task_struct` is used by value or by reference at src/main.rs:6"],
    );
}

#[test]
fn a_struct_is_declared_anew_for_all_its_uses_or_for_none() {
    left(
        "by-value",
        "unsafe fn pid(task: *const task_struct) -> Result<i32, i64> { bpf_probe_read_kernel(&(*task).pid) }
unsafe fn whole(task: *const task_struct) -> Result<task_struct, i64> { bpf_probe_read_kernel(task) }\n",
        &["`task_struct` is used by value or by reference at src/main.rs:7"],
    );
    left(
        "size-of",
        "unsafe fn pid(task: *const task_struct) -> Result<i32, i64> { bpf_probe_read_kernel(&(*task).pid) }
const SIZE: usize = core::mem::size_of::<task_struct>();\n",
        &["`task_struct` is used by value or by reference at src/main.rs:7"],
    );
    // What leads to a struct that stays keeps its type, too.
    left(
        "pointer-out-of-what-stays",
        "unsafe fn pid(task: *const task_struct) -> Result<i32, i64> { bpf_probe_read_kernel(&(*task).pid) }
unsafe fn parent(task: *const task_struct) -> *mut task_struct { (*task).real_parent }\n",
        &["`task_struct` is also used at src/main.rs:7, which is left"],
    );
}

#[test]
fn kernels_say_what_can_be_declared() {
    let main = "unsafe fn state(task: *const task_struct) -> Result<u32, i64> { bpf_probe_read_kernel(&(*task).__state) }\n";
    let project = small("kernels", main);
    let ran = project.run(&[
        "migrate",
        "--write",
        "--kernels",
        ">=6.1",
        "--module",
        "types",
    ]);
    assert!(
        ran.out.ends_with("1 of 1 places rewritten\n"),
        "{}{}",
        ran.out,
        ran.err
    );
    assert!(project.read("src/types.rs").contains("pub __state: u32,"));
    let main = project.read("src/main.rs");
    assert!(main.contains("mod vmlinux;\nmod types;\n"), "{main}");
    assert!(
        main.contains("{ bpf_core::core_read!(task, __state).map_err(i64::from) }"),
        "{main}"
    );
}

#[test]
fn mistakes_are_told_and_nothing_is_written() {
    let project = before("mistakes");
    project.write("src/kernel.rs", "// mine\n");
    let refused = |words: &[&str], expected: &str| {
        let ran = project.run(words);
        assert_eq!((ran.out.as_str(), ran.code), ("", 2));
        assert!(ran.err.contains(expected), "{}", ran.err);
        assert_eq!(project.read("src/main.rs"), fixture("before", "main.rs"));
    };
    refused(
        &["migrate", "--write"],
        "src/kernel.rs` is there already: name another module by `--module`",
    );
    refused(
        &["migrate", "--module", "a b"],
        "`a b` is no name of a module",
    );
    refused(&["migrate", "--kernels", "99.9"], "99.9");
    refused(&["migrate", "nowhere"], "nowhere");
    assert_eq!(project.read("src/kernel.rs"), "// mine\n");
    project.write("src/more.rs", "fn broken( {\n");
    let ran = project.run(&["migrate", "--module", "types"]);
    assert_eq!((ran.out.as_str(), ran.code), ("", 2));
    assert!(ran.err.contains("src/more.rs: "), "{}", ran.err);
}
