//! Literal offsets: the field that one hits takes its place, or it is left with the reason.

use super::project::Project;
use super::{MANIFEST, fixture, updated};

/// A package that reads by literal offsets.
fn literal(name: &str) -> Project {
    let main = fixture("literal/before", "main.rs");
    let files = [("Cargo.toml", MANIFEST), ("src/main.rs", &main)];
    Project::new(&format!("migrate/{name}"), &files)
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
left src/main.rs:74: `task_struct + 2421`: 6.1.176 amd64 cloud has no field of 4 bytes at 2421 of `task_struct`
left src/main.rs:75: `pointer + 256`: the struct that the pointer leads to is not known
left src/main.rs:76: `task_struct + 2784`: the type is not written where it is read: write `.cast::<u32>()`
11 of 14 places rewritten\n"
    );
}

/// What becomes of a source with literal offsets of 6.1.176: what is said, and the source then.
fn offsets(name: &str, main: &str) -> (String, String) {
    let head = "#![no_std]\n#![no_main]\nuse aya_ebpf::{helpers::*, macros::*, programs::*};\n";
    let main = format!("{head}{main}");
    let files = [("Cargo.toml", MANIFEST), ("src/main.rs", main.as_str())];
    let project = Project::new(&format!("migrate/{name}"), &files);
    let ran = project.run(&["migrate", "--write", "--kernel", "6.1.176 amd64 cloud"]);
    assert_eq!((ran.err.as_str(), ran.code), ("", 0), "{}", ran.out);
    let after = project.read("src/main.rs");
    assert!(after.contains("core_read!") || after == main, "{after}");
    (ran.out, after)
}

#[track_caller]
fn rewritten(name: &str, main: &str, expected: &[&str]) {
    let (out, after) = offsets(name, main);
    for part in expected {
        assert!(after.contains(part), "no `{part}` in {after}{out}");
    }
    assert!(!out.contains("left "), "{out}");
}

#[track_caller]
fn not_rewritten(name: &str, main: &str, expected: &[&str]) {
    let (out, after) = offsets(name, main);
    assert!(!after.contains("core_read!"), "{after}");
    for part in expected {
        assert!(out.contains(part), "no `{part}` in {out}");
    }
}

#[test]
fn the_hook_tells_the_struct_of_an_argument() {
    rewritten(
        "lsm",
        "const F_FLAGS: usize = 64;
#[lsm(hook = \"file_open\")]
fn opened(ctx: LsmContext) -> i32 { flags(&ctx).map_or(0, |flags| flags as i32) }
fn flags(ctx: &LsmContext) -> Result<u32, i32> {
    let file: *const u8 = unsafe { ctx.arg(0) };
    let flags = unsafe { bpf_probe_read_kernel(file.add(F_FLAGS) as *const u32).map_err(|e| e)? };
    let dentry: *const u8 = unsafe { bpf_probe_read_kernel(file.add(24) as *const *const u8)? };
    let name: *const u8 = unsafe { bpf_probe_read_kernel(dentry.add(40) as *const *const u8)? };
    Ok(if name.is_null() { 0 } else { flags })
}
",
        &[
            "= bpf_core::core_read!(file as *const crate::kernel::file, f_flags).map_err(|e| e)?;",
            "= bpf_core::core_read!(file as *const crate::kernel::file, f_path.dentry)",
            "core_read!(dentry as *const crate::kernel::dentry, d_name.name)",
        ],
    );
    // The number is small, and the pointer one to bytes: only the hook tells that this is no element of an array.
    rewritten(
        "fentry",
        "#[fentry(function = \"commit_creds\")]
fn committed(ctx: FEntryContext) -> u32 {
    let cred: *const u8 = ctx.arg(0);
    unsafe { bpf_probe_read_kernel(cred.add(8) as *const u32) }.unwrap_or(u32::MAX)
}
",
        &["bpf_core::core_read!(cred as *const crate::kernel::cred, uid.val).unwrap_or(u32::MAX)"],
    );
    rewritten(
        "result",
        "#[fexit(function = \"get_task_mm\")]
fn got(ctx: FExitContext) -> Result<u64, i32> {
    let mm: u64 = ctx.arg(1);
    unsafe { bpf_probe_read_kernel((mm + 232) as *const u64) }
}
",
        &["core_read!(mm as *const crate::kernel::mm_struct, "],
    );
    rewritten(
        "iterator",
        "#[repr(C)]
struct Context { meta: *mut u8, task: *const u8 }
#[unsafe(no_mangle)]
#[unsafe(link_section = \"iter/task\")]
fn dump(ctx: *mut Context) -> i32 { unsafe { tgid(ctx) }.unwrap_or(0) }
unsafe fn tgid(ctx: *mut Context) -> Result<i32, i32> {
    let task = (*ctx).task;
    bpf_probe_read_kernel(task.add(2420) as *const i32)
}
",
        &["core_read!(task as *const crate::kernel::task_struct, tgid).map_err(i32::from)"],
    );
}

#[test]
fn a_pointer_that_may_lead_to_two_structs_is_left() {
    let two = "fn first(at: *const u8) -> Result<u64, i32> { unsafe { bpf_probe_read_kernel(at.add(16) as *const u64) } }\n";
    not_rewritten(
        "two-hooks",
        &format!(
            "{two}#[lsm(hook = \"file_open\")]
fn opened(ctx: LsmContext) -> i32 {{ first(unsafe {{ ctx.arg(0) }}).is_ok() as i32 }}
#[lsm(hook = \"bprm_check_security\")]
fn checked(ctx: LsmContext) -> i32 {{ first(unsafe {{ ctx.arg(0) }}).is_ok() as i32 }}
"
        ),
        &["it may lead to a `file` or to a `linux_binprm`"],
    );
    not_rewritten(
        "two-arguments",
        &format!(
            "{two}#[raw_tracepoint(tracepoint = \"sched_process_exec\")]
fn exec(ctx: RawTracePointContext) -> i32 {{
    let (task, bprm): (*const u8, *const u8) = (ctx.arg(0), ctx.arg(2));
    (first(ctx.arg(0)).is_ok() && first(ctx.arg(2)).is_ok()) as i32
}}
"
        ),
        &[
            "left src/main.rs:4: `pointer + 16`: it may lead to a `task_struct` or to a `linux_binprm`",
        ],
    );
    not_rewritten(
        "task-or-not",
        &format!(
            "{two}fn both(other: *const u8) -> Result<u64, i32> {{
    first(unsafe {{ bpf_get_current_task() }} as *const u8)?;
    first(other)
}}
"
        ),
        &["the struct that the pointer leads to is not known"],
    );
    not_rewritten(
        "no-hook",
        "#[kprobe]
fn probed(ctx: ProbeContext) -> u32 { flags(&ctx).unwrap_or(0) }
fn flags(ctx: &ProbeContext) -> Result<u32, i32> {
    let file: *const u8 = ctx.arg(0).ok_or(1)?;
    unsafe { bpf_probe_read_kernel(file.add(64) as *const u32) }
}
",
        &[
            "nothing says what the program `probed` is attached to: write it in the attribute `#[kprobe]`",
        ],
    );
}

#[test]
fn a_constant_that_is_called_after_another_field_is_left() {
    not_rewritten(
        "called",
        "const BPRM_FILENAME_OFFSET: usize = 72;
const F_PATH_DENTRY: usize = 16;
const F_FLAGS: usize = 76;
#[lsm(hook = \"bprm_check_security\")]
fn checked(ctx: LsmContext) -> i32 { filename(&ctx).is_ok() as i32 }
fn filename(ctx: &LsmContext) -> Result<*const u8, i32> {
    let bprm: *const u8 = unsafe { ctx.arg(0) };
    unsafe { bpf_probe_read_kernel(bprm.add(BPRM_FILENAME_OFFSET) as *const *const u8) }
}
#[lsm(hook = \"file_open\")]
fn opened(ctx: LsmContext) -> i32 { flags(&ctx).is_ok() as i32 }
fn flags(ctx: &LsmContext) -> Result<u32, i32> {
    let file: *const u8 = unsafe { ctx.arg(0) };
    let path = unsafe { bpf_probe_read_kernel(file.add(F_PATH_DENTRY) as *const *const u8)? };
    unsafe { bpf_probe_read_kernel(file.add(F_FLAGS) as *const u32) }
}
",
        &[
            "6.1.176 amd64 cloud has `cred` there, and `filename` is at 96 of `linux_binprm`",
            "6.1.176 amd64 cloud has `f_path.mnt` there, and `dentry` is at 8 of `path`",
            "6.1.176 amd64 cloud has no field of 4 bytes at 76 of `file`, and `f_flags` is at 64",
        ],
    );
}

#[test]
fn a_function_that_adds_and_reads_is_looked_into() {
    let task = "fn task() -> *const u8 { unsafe { bpf_get_current_task() as *const u8 } }\n";
    rewritten(
        "passed",
        &format!(
            "{task}const TGID: usize = 2420;
#[inline(always)]
unsafe fn read<T>(base: *const u8, at: usize) -> Result<T, i32> {{
    let value = bpf_probe_read_kernel(base.add(at) as *const T)?;
    Ok(value)
}}
unsafe fn own() -> Result<i32, i32> {{
    let tgid: i32 = read(task(), TGID).unwrap_or(0);
    let parent: *const u8 = match read(task(), 2432) {{ Ok(parent) => parent, Err(errno) => return Err(errno) }};
    let comm: [u8; 16] = read(task(), 2976).unwrap_or([0; 16]);
    Ok(if read::<i32>(parent, TGID)? == 0 || comm[0] == 0 {{ 0 }} else {{ tgid }})
}}
"
        ),
        &[
            "let tgid: i32 = bpf_core::core_read!(task() as *const crate::kernel::task_struct, tgid).unwrap_or(0);",
            "match bpf_core::core_read!(task() as *const crate::kernel::task_struct, real_parent)\
                .map(|value| value as *const u8).map_err(i32::from) {",
            "let comm: [u8; 16] = bpf_core::core_read!(task() as *const crate::kernel::task_struct, comm).unwrap_or([0; 16]);",
            "if bpf_core::core_read!(parent as *const crate::kernel::task_struct, tgid)? == 0",
        ],
    );
    for (name, body) in [
        (
            "swapped",
            "Ok(bpf_probe_read_kernel(base.add(at) as *const u32)?.swap_bytes())",
        ),
        (
            "of-another-type",
            "Ok(bpf_probe_read_kernel(base.add(at) as *const u64)? as u32)",
        ),
        (
            "further",
            "bpf_probe_read_kernel(base.add(at + 8) as *const u32)",
        ),
        (
            "twice",
            "bpf_probe_read_kernel(base.add(at).add(at) as *const u32)",
        ),
        (
            "zero",
            "Ok(bpf_probe_read_kernel(base.add(at) as *const u32).unwrap_or(0))",
        ),
        (
            "two-reads",
            "bpf_probe_read_kernel::<u8>(base)?; bpf_probe_read_kernel(base.add(at) as *const u32)",
        ),
    ] {
        not_rewritten(
            &format!("adds-{name}"),
            &format!(
                "{task}unsafe fn read(base: *const u8, at: usize) -> Result<u32, i32> {{ {body} }}
unsafe fn own() -> Result<u32, i32> {{ read(task(), 2420) }}
"
            ),
            &["`read` adds it to the pointer, and does more than to read there"],
        );
    }
    not_rewritten(
        "untyped",
        &format!(
            "{task}unsafe fn read<T>(base: *const u8, at: usize) -> Result<T, i32> {{
    bpf_probe_read_kernel(base.add(at) as *const T)
}}
fn own() -> Result<u32, i32> {{ unsafe {{ read(task(), 2420) }} }}
"
        ),
        &["the type is not written where it is read: write `read::<u32>(..)`"],
    );
}

#[test]
fn features_say_which_constants_are_meant() {
    let main = "#![no_std]\n#![no_main]\nuse aya_ebpf::helpers::*;
#[cfg(feature = \"new\")]
mod offsets { pub const TGID: usize = 4000; }
#[cfg(not(feature = \"new\"))]
mod offsets { pub const TGID: usize = 2420; }
#[cfg(all(feature = \"new\", feature = \"debug\"))]
const REAL_PARENT: usize = 8;
#[cfg(any(feature = \"old\", not(feature = \"debug\")))]
const REAL_PARENT: usize = 2432;
fn tgid() -> Result<i32, i32> {
    let task = unsafe { bpf_get_current_task() } as *const u8;
    let parent = unsafe { bpf_probe_read_kernel(task.add(REAL_PARENT) as *const *const u8) }?;
    unsafe { bpf_probe_read_kernel(parent.add(offsets::TGID) as *const i32) }
}
";
    let features =
        "[features]\ndefault = []\nold = [\"older\"]\nolder = []\nnew = []\ndebug = []\n";
    let manifest = format!("{MANIFEST}{features}");
    let files = [("Cargo.toml", manifest.as_str()), ("src/main.rs", main)];
    let project = Project::new("migrate/features", &files);
    let run = |features: &str| {
        let words = [
            "migrate",
            "--kernel",
            "6.1.176 amd64 cloud",
            "--features",
            features,
        ];
        project.run(&words)
    };
    let ran = project.run(&["migrate", "--kernel", "6.1.176 amd64 cloud"]);
    let why = "the value of `REAL_PARENT` is not known, or depends on the features of the package: name them by \
        `--features`";
    assert!(ran.out.contains(why), "{}", ran.out);
    let ran = run("old");
    assert!(
        ran.out.ends_with("2 of 2 places rewritten\n"),
        "{}{}",
        ran.out,
        ran.err
    );
    let ran = run("new");
    assert!(
        ran.out.ends_with("1 of 2 places rewritten\n"),
        "{}{}",
        ran.out,
        ran.err
    );
    let ran = run("newer");
    assert_eq!((ran.out.as_str(), ran.code), ("", 2));
    let why = "Cargo.toml has no feature `newer`: it has `debug`, `default`, `new`, `old`, `older`";
    assert!(ran.err.contains(why), "{}", ran.err);
}

#[test]
fn the_error_is_that_of_the_helpers_of_aya() {
    let main = "fn tgid() -> Result<i32, ERROR> {
    let task = unsafe { bpf_get_current_task() } as *const u8;
    unsafe { bpf_probe_read_kernel(task.add(2420) as *const i32) }
}
";
    let versions = [
        ("\"0.1\"", "i64"),
        ("{ version = \"0.1.1\" }", "i64"),
        ("\"0.2\"", "i32"),
    ];
    for (number, (version, error)) in versions.into_iter().enumerate() {
        let head = "#![no_std]\n#![no_main]\nuse aya_ebpf::helpers::*;\n";
        let main = format!("{head}{}", main.replace("ERROR", error));
        let manifest = MANIFEST.replace("aya-ebpf = \"0.2\"", &format!("aya-ebpf = {version}"));
        let files = [("Cargo.toml", manifest.as_str()), ("src/main.rs", &main)];
        let project = Project::new(&format!("migrate/error-{number}"), &files);
        project.run(&["migrate", "--write", "--kernel", "6.1.176 amd64 cloud"]);
        let after = project.read("src/main.rs");
        let call = format!("task_struct, tgid).map_err({error}::from)");
        assert!(after.contains(&call), "{after}");
    }
}

#[test]
fn an_offset_in_two_steps_is_no_field() {
    let main = "#![no_std]\n#![no_main]\nuse aya_ebpf::helpers::*;
fn chained() -> Result<i32, i32> {
    let task = unsafe { bpf_get_current_task() } as *const u8;
    unsafe { bpf_probe_read_kernel(task.add(2000).add(420) as *const i32) }
}
fn in_a_variable() -> Result<i32, i32> {
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
    let why = "left src/main.rs:19: `task_struct + TGID`: name the kernel that the offset is of: \
        `--kernel '6.1.176 amd64'`; or take the constants' names for fields: `--by-name`\n";
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
fn addresses_in_variables() {
    rewritten(
        "variables",
        "#[lsm(hook = \"task_kill\")]
fn kill(ctx: LsmContext) -> i32 {
    let task: *const u8 = unsafe { ctx.arg(0) };
    let tgid_at = (task as *const u8).add(2420) as *const u32;
    let tgid = match bpf_probe_read_kernel::<u32>(tgid_at) {
        Ok(tgid) => tgid,
        Err(_) => return -1,
    };
    let code_at: *const i32 = task.add(2312).cast();
    let code = unsafe { bpf_probe_read_kernel(code_at) }.unwrap_or(1);
    (tgid as i32) + code
}
",
        &[
            "let task: *const u8 = unsafe { ctx.arg(0) };
    let tgid = match bpf_core::core_read!(task as *const crate::kernel::task_struct, tgid).map(|value| value as u32) {",
        ],
    );
}

#[test]
fn addresses_in_variables_that_stay() {
    let task = "#[lsm(hook = \"task_kill\")]
fn kill(ctx: LsmContext) -> Result<u32, i64> {
    let mut task: *const u8 = unsafe { ctx.arg(0) };
";
    let cases = [
        (
            "more",
            "    let at = task.add(2420) as *const u32;
    let tgid = unsafe { bpf_probe_read_kernel(at) }?;
    Ok(tgid + unsafe { bpf_probe_read_kernel(at) }?)
}
",
            "`at` is used for more than this read",
        ),
        (
            "changed",
            "    let at = task.add(2420) as *const u32;
    task = core::ptr::null();
    unsafe { bpf_probe_read_kernel(at) }
}
",
            "`task` changes before the address is read",
        ),
        (
            "call",
            "    let at = other(task).add(2420) as *const u32;
    unsafe { bpf_probe_read_kernel(at) }
}
fn other(task: *const u8) -> *const u8 { task }
",
            "its pointer is no variable",
        ),
    ];
    for (name, rest, why) in cases {
        not_rewritten(
            &format!("variables_{name}"),
            &format!("{task}{rest}"),
            &[why],
        );
    }
}
