//! `cargo corelint why`, run as a program, on logs of refusals that were really made: see
//! `refusal/tests/logs.rs`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn logs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../refusal/tests/logs")
}

fn object(case: &str) -> PathBuf {
    logs().join(format!("{case}.bpf.o"))
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-corelint"));
    command.arg("why").args(words);
    command.env("XDG_DATA_HOME", env!("CARGO_TARGET_TMPDIR"));
    command
}

fn text(output: Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What is said of a log, `CASE.LOADER`.
fn told(log: &str) -> String {
    let case = log.split('.').next().expect("a case");
    let mut command = command(&[]);
    command
        .arg(logs().join(format!("{log}.log")))
        .arg(object(case));
    text(command.output().expect("the program runs"))
}

#[test]
fn causes_have_kernels_lines_and_cures() {
    for (log, parts) in [
        (
            "absent_field.aya-6.18",
            &[
                "refused[record]: `struct inode.i_atime.tv_sec`, needed at absent_field.bpf.c:10, is not on this kernel (byte_off)\n",
                "program: `reads`, instruction 11",
                "absent on: 6.12.43 and later; no field `i_atime` in struct inode\n",
                "help: ask first: `bpf_core_field_exists`",
            ][..],
        ),
        (
            "absent_in_function.libbpf-6.18",
            &[
                "program: `switched`, in `state`, instruction 37: `r1 = 8`\n",
                "absent on: 6.1.176 and later; no field `state` in struct task_struct\n",
            ],
        ),
        (
            "absent_field.cilium-6.18",
            &[
                "it may be `struct inode.i_atime.tv_sec`: absent on 6.12.43 and later\n",
                "print `VerifierError` with `%+v`\n",
            ],
        ),
        (
            "absent_in_function.verbose-6.18",
            &["program: `switched`, in `state`, instruction 37: `r1 = 8`\n"],
        ),
        (
            "new_map_type.libbpf-5.10",
            &[
                "does not create the map `filter` (BPF_MAP_TYPE_BLOOM_FILTER)\n",
                "absent on: 5.10.262 and earlier\n",
            ],
        ),
        (
            "absent_hook.libbpf-6.18",
            &[
                "this kernel has no `nope_function` to attach to\n",
                "`enters` is to be attached to it: SEC(\"fentry/nope_function\")\n",
            ],
        ),
        (
            "unbounded.libbpf-6.1",
            &[
                "refused[unbounded]: the number may be too large",
                "  --> ./unbounded.bpf.c:7\n   | return value ? value[ctx[1]] : 0;\n",
            ],
        ),
        (
            "plain.aya-nobody",
            &["the log also says that the process may not do this"],
        ),
        (
            "no_such_helper.aya-6.18",
            &["a helper with the number 9999\n"],
        ),
    ] {
        let told = told(log);
        for part in parts {
            assert!(told.contains(part), "{log}: {part}\n{told}");
        }
    }
}

#[test]
fn a_helper_has_kernels() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    // What a kernel says that knows callbacks and not this helper.
    std::fs::write(&log, "invalid func unknown#181\n").expect("a file");
    let output = command(&[]).arg(&log).arg(object("new_helper")).output();
    let told = text(output.expect("the program runs"));
    assert!(told.contains("no helper `bpf_loop` (181)\n"), "{told}");
    assert!(told.contains("absent on: 5.10.262 and earlier\n"), "{told}");
}

#[test]
fn a_pipe_and_several_objects() {
    let log = File::open(logs().join("maybe_null.aya-6.18.log")).expect("a log");
    let mut command = command(&["-"]);
    for case in ["unbounded", "absent_hook", "maybe_null"] {
        command.arg(object(case));
    }
    command.args(["--format", "json"]).stdin(log);
    let json = text(command.output().expect("the program runs"));
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let refusals = json["refusals"].as_array().expect("refusals");
    assert_eq!(refusals.len(), 1, "{json}");
    assert_eq!(refusals[0]["cause"], "maybe-null");
    assert_eq!(refusals[0]["program"], "forgets");
    assert_eq!(refusals[0]["instruction"], 7);
    assert_eq!(refusals[0]["code"], "w0 = *(u32 *)(r0 + 0)");
    assert_eq!(refusals[0]["line"], 6);
    let object = refusals[0]["object"].as_str().expect("an object");
    assert!(object.ends_with("maybe_null.bpf.o"));
}

#[test]
fn a_log_of_another_build_or_of_nothing() {
    let output = command(&[])
        .arg(logs().join("maybe_null.aya-6.18.log"))
        .arg(object("absent_field"))
        .output();
    let told = text(output.expect("the program runs"));
    assert!(told.contains("refused[maybe-null]"), "{told}");
    assert!(
        told.contains("the log is of another object or build"),
        "{told}"
    );

    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    for (bytes, parts) in [
        (
            &b"the quick brown fox\n"[..],
            &["no line of this log", "not recognised:\n  the quick"][..],
        ),
        (b"", &["no line of this log"]),
        (
            b"\xff\xfe\x00\x01",
            &["no line of this log", "not recognised:\n"],
        ),
    ] {
        std::fs::write(&log, bytes).expect("a file");
        let output = command(&[]).arg(&log).arg(object("plain")).output();
        let told = text(output.expect("the program runs"));
        assert!(parts.iter().all(|part| told.contains(part)), "{told}");
    }
}

#[test]
fn bad_input_is_one_error() {
    let log = logs().join("plain.aya-nobody.log");
    let log = log.to_str().expect("UTF-8");
    for words in [[log, log], ["nothing", log], [log, "nothing"]] {
        let output = command(&words).output().expect("the program runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(output.stdout.is_empty());
        assert!(
            errors.starts_with("error: ") && errors.lines().count() == 1,
            "{errors}"
        );
    }
}
