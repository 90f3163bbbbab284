//! Reads by the bindings of aya-tool or bindgen.

use super::project::Project;
use super::{MANIFEST, fixture, updated};

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
    let ran = project.run(&["migrate", "--keep-zeros", "--write"]);
    assert_eq!((ran.err.as_str(), ran.code), ("", 0), "{}", ran.out);
    updated("after", &["main.rs", "kernel.rs", "vmlinux.rs"], &project);
    assert_eq!(
        ran.out,
        "wrote src/kernel.rs\nwrote src/main.rs\n
left src/main.rs:52: `dentry.d_name`: it is no number, pointer or array of numbers: read its fields
left src/main.rs:53: `dentry.d_parent`: `dentry` is also used at src/main.rs:52, which is left
19 of 21 places rewritten\n"
    );
}

#[test]
fn a_second_run_changes_nothing() {
    let project = before("twice");
    project.run(&["migrate", "--keep-zeros", "--write"]);
    let files = ["src/main.rs", "src/kernel.rs", "src/vmlinux.rs"];
    let once = files.map(|file| project.read(file));
    let again = project.run(&["migrate", "--keep-zeros", "--write"]);
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
    let ran = project.run(&["migrate", "--keep-zeros"]);
    assert_eq!(project.read("src/main.rs"), fixture("before", "main.rs"));
    assert!(!project.0.join("src/kernel.rs").exists());
    let line = "+    let tgid = bpf_core::core_read!(task, real_parent, tgid)?;\n";
    assert!(ran.out.contains(line), "{}", ran.out);
    let json: serde_json::Value = serde_json::from_str(
        &project
            .run(&["migrate", "--keep-zeros", "--format", "json"])
            .out,
    )
    .expect("JSON");
    assert_eq!(json["rewritten"], 19);
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
fn a_zero_is_kept_only_where_it_is_asked_for() {
    let load = "fn pid(task: *const task_struct) -> i32 { unsafe { (*task).pid } }\n";
    left(
        "zero",
        load,
        &[
            "left src/main.rs:6: `task_struct.pid`: a read may fail, and the function around returns no errno",
        ],
    );
}

#[test]
fn what_is_not_safe_is_left_with_the_reason() {
    left(
        "no-errno",
        "unsafe fn before(task: *const task_struct) -> [u64; 100] { (*task).before }\n",
        &[
            "left src/main.rs:6: `task_struct.before`: a read may fail, and the function around returns no errno",
        ],
    );
    left(
        "store",
        "unsafe fn set(task: *mut task_struct) -> Result<i32, i32> { (*task).pid = 1; Ok(0) }\n",
        &["it is written"],
    );
    left(
        "address",
        "unsafe fn at(task: *const task_struct) -> *const i32 { &(*task).pid }\n",
        &["its address is used without a read"],
    );
    left(
        "buffer",
        "unsafe fn name(task: *const task_struct, to: &mut [u8]) -> Result<(), i32> {
    bpf_probe_read_kernel_buf(&(*task).comm as *const _ as *const u8, to)
}\n",
        &["it is read into a buffer: write `core_read_str!` or `core_read_into!`"],
    );
    left(
        "index",
        "unsafe fn letter(task: *const task_struct, at: usize) -> Result<i8, i32> {
    bpf_probe_read_kernel(&(*task).comm[at])
}\n",
        &["its index is known at run time only"],
    );
    left(
        "other-type",
        "unsafe fn mm(task: *const task_struct) -> Result<u64, i32> {
    bpf_probe_read_kernel(&(*task).mm as *const _ as *const u64)
}\n",
        &["it is read as another type than it has"],
    );
    left(
        "optional",
        "unsafe fn state(task: *const task_struct) -> Result<u32, i32> { bpf_probe_read_kernel(&(*task).__state) }\n",
        &["not every supported kernel has `task_struct.__state`"],
    );
    left(
        "unknown-field",
        "unsafe fn before(task: *const task_struct) -> Result<[u64; 100], i32> { bpf_probe_read_kernel(&(*task).before) }\n",
        &["no chosen kernel has a field `before` in `struct task_struct`"],
    );
    left(
        "by-reference",
        "fn pid(task: &task_struct) -> Result<i32, i32> { unsafe { bpf_probe_read_kernel(&task.pid) } }\n",
        &["`task_struct` is used by value or by reference at src/main.rs:6"],
    );
}

#[test]
fn a_struct_is_declared_anew_for_all_its_uses_or_for_none() {
    left(
        "by-value",
        "unsafe fn pid(task: *const task_struct) -> Result<i32, i32> { bpf_probe_read_kernel(&(*task).pid) }
unsafe fn whole(task: *const task_struct) -> Result<task_struct, i32> { bpf_probe_read_kernel(task) }\n",
        &["`task_struct` is used by value or by reference at src/main.rs:7"],
    );
    left(
        "size-of",
        "unsafe fn pid(task: *const task_struct) -> Result<i32, i32> { bpf_probe_read_kernel(&(*task).pid) }
const SIZE: usize = core::mem::size_of::<task_struct>();\n",
        &["`task_struct` is used by value or by reference at src/main.rs:7"],
    );
    // What leads to a struct that stays keeps its type, too.
    left(
        "pointer-out-of-what-stays",
        "unsafe fn pid(task: *const task_struct) -> Result<i32, i32> { bpf_probe_read_kernel(&(*task).pid) }
unsafe fn parent(task: *const task_struct) -> *const *mut task_struct { &(*task).real_parent }\n",
        &["`task_struct` is also used at src/main.rs:7, which is left"],
    );
}

#[test]
fn a_variable_with_the_name_of_a_struct_is_no_use_of_it() {
    let project = small(
        "variable",
        "unsafe fn pid(task: *const task_struct) -> Result<i32, i32> { bpf_probe_read_kernel(&(*task).pid) }
fn report(_: u32, _: u64, _: u32) {}
fn other() { let task_struct: u64 = 1; report(0, task_struct, 0); }\n",
    );
    let ran = project.run(&["migrate", "--write"]);
    assert!(
        ran.out.ends_with("1 of 1 places rewritten\n"),
        "{}{}",
        ran.out,
        ran.err
    );
    // A tuple and a list of types are uses.
    let project = small(
        "pointers",
        "unsafe fn pid(task: *const u8) -> Result<i32, i32> { bpf_probe_read_kernel(&(*task.cast::<task_struct>()).pid) }
unsafe fn none() -> Result<i32, i32> { pid(core::ptr::null::<task_struct>().cast()) }\n",
    );
    let ran = project.run(&["migrate", "--write"]);
    assert!(
        ran.out.ends_with("1 of 1 places rewritten\n"),
        "{}{}",
        ran.out,
        ran.err
    );
    for (name, rest) in [
        ("tuple", "fn both() -> (u8, task_struct, u8) { loop {} }"),
        (
            "generic",
            "fn both(_: Three<u8, task_struct, u8>) {}\nstruct Three<A, B, C>(A, B, C);",
        ),
    ] {
        let read = "unsafe fn pid(task: *const task_struct) -> Result<i32, i32> { bpf_probe_read_kernel(&(*task).pid) }";
        let why = "`task_struct` is used by value or by reference at src/main.rs:7";
        left(name, &format!("{read}\n{rest}\n"), &[why]);
    }
}

#[test]
fn an_unsafe_block_goes_where_nothing_needs_it_any_more() {
    let project = small(
        "needless-unsafe",
        "static mut LAST: i32 = 0;
fn own() -> i32 { 1 }
unsafe fn danger() -> i32 { 1 }
fn several(task: *const task_struct) -> Result<(i32, i32), i32> {
    let both = unsafe {
        let pid = (*task).pid;
        (pid * own(), (*task).tgid)
    };
    let more = unsafe { (*task).pid as i64 } as i32 + 1;
    let sum = unsafe { (*task).pid + danger() };
    let last = unsafe { LAST + (*task).pid };
    let own = unsafe { i32::from((*task).comm[0]) };
    let other = unsafe { *core::ptr::null::<i32>() + (*task).pid };
    Ok((both.0 + sum + own, both.1 + more + last + other))
}\n",
    );
    let ran = project.run(&["migrate", "--write"]);
    assert!(
        ran.out.contains("7 of 7 places rewritten\n"),
        "{}{}",
        ran.out,
        ran.err
    );
    let main = project.read("src/main.rs");
    for part in [
        "    let both = {
        let pid = bpf_core::core_read!(task, pid)?;
        (pid * own(), bpf_core::core_read!(task, tgid)?)
    };",
        "= (bpf_core::core_read!(task, pid)? as i64) as i32 + 1;",
        "= unsafe { bpf_core::core_read!(task, pid)? + danger() };",
        "= unsafe { LAST + bpf_core::core_read!(task, pid)? };",
        "= i32::from(bpf_core::core_read!(task, comm[0])?);",
        "= unsafe { *core::ptr::null::<i32>() + bpf_core::core_read!(task, pid)? };",
    ] {
        assert!(main.contains(part), "no `{part}` in {main}");
    }
}

#[test]
fn kernels_say_what_can_be_declared() {
    let main = "unsafe fn state(task: *const task_struct) -> Result<u32, i32> { bpf_probe_read_kernel(&(*task).__state) }\n";
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
        main.contains("{ bpf_core::core_read!(task, __state).map_err(i32::from) }"),
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
