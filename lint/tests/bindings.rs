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
fn json_has_what_the_declarations_say() {
    let words = [
        "task_struct.{tgid,__state,in_execve,mm.exe_file}",
        "pid_type",
        "--format",
        "json",
    ];
    let json: serde_json::Value = serde_json::from_str(&told(&words)).expect("JSON");
    let of = |name: &str| {
        let types = json["types"].as_array().expect("types");
        types
            .iter()
            .find(|one| one["name"] == name)
            .expect("a type")
            .clone()
    };
    let field = |of: &serde_json::Value, name: &str| {
        let fields = of["fields"].as_array().expect("fields");
        fields
            .iter()
            .find(|one| one["name"] == name)
            .expect("a field")
            .clone()
    };
    let task = of("task_struct");
    assert_eq!(task["kind"], "struct");
    let tgid = &field(&task, "tgid")["declarations"];
    assert_eq!(
        tgid,
        &serde_json::json!([{"in": "task_struct", "type": "s32", "is_optional": false, "is_bitfield": false,
            "kernels": "every kernel", "types": []}])
    );
    let state = &field(&task, "__state")["declarations"][0];
    assert_eq!(
        (&state["is_optional"], &state["type"]),
        (&true.into(), &"u32".into())
    );
    assert_eq!(
        field(&task, "in_execve")["declarations"][0]["is_bitfield"],
        true
    );
    assert_eq!(
        field(&task, "mm")["declarations"][0]["type"],
        "struct mm_struct *"
    );
    let ids = of("pid_type");
    assert_eq!((&ids["kind"], &ids["size"]), (&"enum".into(), &4.into()));
    assert_eq!(ids["enumerators"][0]["name"], "PIDTYPE_PID");
    assert!(json["kernels"].as_array().is_some_and(|all| all.len() > 50));
    refused(
        &["task_struct.tgid", "--c", "--format", "json"],
        "cannot be used with",
    );
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
