//! `--corelint`: the linter's rules where the program is linked.

use std::fs;

use crate::{
    linking::Folder,
    program::{LINE, module},
};

/// A program that reads at a constant offset from the current task, by way of a function.
fn hardcoded(requests: &[&str]) -> String {
    let program = r#"
define internal i64 @at(i64 %task, i64 %offset) {
  %sum = add i64 %task, %offset
  ret i64 %sum
}
define i32 @main(ptr %context) section "raw_tp/main" !dbg !20 {
  %buffer = alloca i32
  %task = call i64 inttoptr (i64 35 to ptr)(), !dbg !21
  %field = call i64 @at(i64 %task, i64 1256), !dbg !21
  %address = inttoptr i64 %field to ptr
  %failed = call i64 inttoptr (i64 113 to ptr)(ptr %buffer, i32 4, ptr %address), !dbg !21
  %value = load i32, ptr %buffer
  ret i32 %value
}
"#;
    module("hard", requests, program)
}

const MESSAGE: &str = "constant offset 1256 from a pointer to `task_struct` (hardcoded-offset)";

#[test]
fn off_unless_asked_for() {
    let folder = Folder::new("corelint_off");
    let input = folder.file("a.ll", hardcoded(&[]));
    folder.link(&["--export", "main", &input]);
}

#[test]
fn warns_and_writes_the_same_object() {
    let folder = Folder::new("corelint_warn");
    let input = folder.file("a.ll", hardcoded(&[]));
    for btf in [&["--btf"][..], &[]] {
        let arguments = [&["--export", "main", &input], btf].concat();
        let plain = folder.link(&arguments);
        let output = folder.run(&[&arguments, &["--corelint=warn"][..]].concat());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{stderr}");
        assert!(
            stderr.starts_with(&format!("warning: {MESSAGE}\n  --> {LINE}\n")),
            "{stderr}"
        );
        assert_eq!(stderr.matches("warning").count(), 1, "{stderr}");
        assert!(
            fs::read(folder.path("out")).is_ok_and(|linted| linted == plain),
            "{btf:?}"
        );
    }
}

#[test]
fn denies_beside_relocations() {
    let folder = Folder::new("corelint_deny");
    let input = folder.file("a.ll", hardcoded(&["byte_off struct task_struct.pid:i32"]));
    let output = folder.run(&["--export", "main", "--corelint=deny", &input]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && !folder.path("out").exists(),
        "{stderr}"
    );
    assert!(
        stderr.contains(&format!("error: {MESSAGE}\n  --> {LINE}\n")),
        "{stderr}"
    );
}

#[test]
fn a_relocation_is_no_finding() {
    let folder = Folder::new("corelint_clean");
    let program = r#"
define i32 @main(ptr %context) section "raw_tp/main" !dbg !20 {
  %buffer = alloca i32
  %task = call ptr inttoptr (i64 158 to ptr)(), !dbg !21
  %field = call ptr @hard_0(ptr %task), !dbg !21
  %failed = call i64 inttoptr (i64 113 to ptr)(ptr %buffer, i32 4, ptr %field), !dbg !21
  %value = load i32, ptr %buffer
  ret i32 %value
}
"#;
    let input = folder.file(
        "a.ll",
        module("hard", &["&byte_off struct task_struct.pid:i32"], program),
    );
    folder.link(&["--export", "main", "--corelint=deny", &input]);
}
