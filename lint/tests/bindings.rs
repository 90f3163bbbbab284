//! `cargo corelint bindings`, run as a program.

use std::path::Path;
use std::process::Command;

/// Runs the program; gives output, errors and exit code.
fn run(words: &[&str]) -> (String, String, Option<i32>) {
    let data = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-corelint"))
        .args(["corelint", "bindings"])
        .args(words)
        .env("XDG_DATA_HOME", Path::new(data.path()))
        .output()
        .expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (
        text(output.stdout),
        text(output.stderr),
        output.status.code(),
    )
}

fn told(words: &[&str]) -> String {
    let (out, errors, code) = run(words);
    assert_eq!((errors.as_str(), code), ("", Some(0)), "{words:?}");
    out
}

#[track_caller]
fn refused(words: &[&str], expected: &str) {
    let (out, errors, code) = run(words);
    assert_eq!((out.as_str(), code), ("", Some(2)), "{words:?}: {errors}");
    assert!(errors.contains(expected), "{errors}");
}

#[test]
fn what_comes_and_goes_is_optional() {
    let text = told(&["task_struct.{tgid,__state,state,mm.exe_file}"]);
    for expected in [
        "pub struct task_struct {\n",
        "    pub tgid: i32,\n",
        "    #[core(optional)]\n    pub __state: u32,\n",
        "    #[core(optional)]\n    pub state: i64,\n",
        "    pub mm: *const mm_struct,\n",
        "pub struct mm_struct {\n    pub exe_file: *const file,\n}\n",
        "pub struct file {}\n",
    ] {
        assert!(text.contains(expected), "no {expected} in\n{text}");
    }
    // 5.14 renamed the field.
    let new = told(&["task_struct.__state", "--kernels", ">=6.1"]);
    assert!(!new.contains("optional"), "{new}");
}

#[test]
fn c_has_the_same_types() {
    let text = told(&[
        "--c",
        "task_struct.{comm,se.vruntime,in_execve}",
        "pid_type",
    ]);
    for expected in [
        "struct task_struct {\n",
        "struct sched_entity {\n\tu64 vruntime;\n};\n",
        "\tu8 comm[16];\n",
        "\tstruct sched_entity se;\n",
        "enum pid_type {\n\tPIDTYPE_PID = 0,\n",
        "preserve_access_index",
    ] {
        assert!(text.contains(expected), "no {expected} in\n{text}");
    }
}

#[test]
fn mistakes_are_told() {
    refused(
        &["task_strukt"],
        "no chosen kernel has a type `task_strukt`: `task_struct`",
    );
    refused(
        &["task_struct.tgidd"],
        "no chosen kernel has a field `tgidd` in `struct task_struct`: `tgid` is like it",
    );
    refused(
        &["task_struct.tgid.x"],
        "no chosen kernel has a field `x` in `task_struct.tgid`",
    );
    refused(
        &["task_struct."],
        "`task_struct.` is no type or field: write `task_struct`",
    );
    refused(&["u32"], "`u32` is ");
    refused(
        &["task_struct.tgid", "--kernels", "sparc"],
        "`sparc` is no known kernel",
    );
}
