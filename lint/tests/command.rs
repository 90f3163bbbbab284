//! The command as its users run it: projects on disk, words, text and exit codes.

mod frozen;
mod project;

use std::fs;
use std::path::Path;
use std::process::Command;

use frozen::{FROZEN, MANIFEST, frozen};
use project::Project;
use serde_json::Value;

#[test]
fn a_finding_at_deny_fails_the_run() {
    let ran = frozen("deny").run(&["--format", "short"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert_eq!(
        ran.out,
        "src/main.rs:8:36: error[hardcoded-offset]: constant offset 1256 from a kernel pointer\n"
    );
}

#[test]
fn a_later_level_wins_and_forbid_stays() {
    let project = frozen("levels");
    let code = |words: &[&str]| project.run(words).code;
    assert_eq!(code(&["-W", "hardcoded-offset"]), 0);
    assert_eq!(code(&["-A", "portability"]), 0);
    assert_eq!(code(&["-A", "all", "-D", "hardcoded-offset"]), 1);
    assert_eq!(code(&["-D", "hardcoded-offset", "-A", "all"]), 0);
    assert_eq!(code(&["-F", "hardcoded-offset", "-A", "all"]), 1);
    let wrong = project.run(&["-D", "no-such-rule"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("`no-such-rule`"), "{}", wrong.err);
}

#[test]
fn manifests_have_levels() {
    let project = frozen("manifest");
    let set = |table: &str| {
        project.write("Cargo.toml", format!("{MANIFEST}\n{table}"));
        project.run(&[])
    };
    assert_eq!(
        set("[package.metadata.corelint]\nhardcoded-offset = \"warn\"").code,
        0
    );
    assert_eq!(
        set("[workspace.metadata.corelint]\nall = \"allow\"").code,
        0
    );
    let both = "[workspace.metadata.corelint]\nall = \"allow\"\n\
                [package.metadata.corelint]\nportability = \"deny\"";
    assert_eq!(set(both).code, 1);
    let excluded = "[workspace.metadata.corelint]\nexclude = [\"src\"]";
    assert_eq!(set(excluded).code, 0);
    let wrong = set("[package.metadata.corelint]\nhardcoded-offsets = \"warn\"");
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("`hardcoded-offsets`"), "{}", wrong.err);
}

#[test]
fn forbid_goes_over_a_comment() {
    let allowed = FROZEN.replace(
        "    unsafe {",
        "    // corelint: allow(hardcoded-offset, reason = \"one kernel\")\n    unsafe {",
    );
    let project = Project::new(
        "comment",
        &[("Cargo.toml", MANIFEST), ("src/main.rs", &allowed)],
    );
    assert_eq!(project.run(&[]).out, "");
    assert_eq!(project.run(&["-F", "hardcoded-offset"]).code, 1);
}

#[test]
fn host_crates_and_tests_are_not_checked() {
    let host = MANIFEST.replace("aya-ebpf", "aya");
    let text = FROZEN
        .replace("#![no_main]", "")
        .replace("aya_ebpf::", "elsewhere::");
    let project = Project::new("host", &[("Cargo.toml", &host), ("src/main.rs", &text)]);
    assert_eq!(project.run(&["-q"]).out, "");
    let project = frozen("tests-of-ebpf");
    project.write("src/main.rs", "#![no_std]\n#![no_main]\n");
    project.write("tests/frozen.rs", FROZEN);
    assert_eq!(project.run(&["-q"]).out, "");
    assert_eq!(
        project.run(&["-q", "tests/frozen.rs"]).code,
        1,
        "a file that is named is checked"
    );
}

#[test]
fn text_in_strings_makes_no_program() {
    let host = MANIFEST.replace("aya-ebpf", "aya");
    let text = format!("const TEXT: &str = \"#![no_std] #![no_main]\";\n{FROZEN}")
        .replace("#![no_std]\n#![no_main]\n", "");
    let project = Project::new("strings", &[("Cargo.toml", &host), ("src/main.rs", &text)]);
    assert_eq!(project.run(&["-q"]).out, "");
}

/// Each function calls the next one many times. Following each path, this would not end.
#[test]
fn a_function_is_not_followed_for_each_call() {
    let mut text = String::from(FROZEN);
    for number in 0..40 {
        let next = format!("f{}(task);", number + 1).repeat(40);
        text.push_str(&format!("fn f{number}(task: u64) {{ {next} }}\n"));
    }
    text.push_str(
        "fn f40(task: u64) { unsafe { bpf_probe_read_kernel((task + 8) as *const u8) }; }",
    );
    let project = Project::new("calls", &[("Cargo.toml", MANIFEST), ("src/main.rs", &text)]);
    assert_eq!(project.run(&["-q"]).code, 1);
}

#[test]
fn json_is_what_cargo_writes() {
    let ran = frozen("json").run(&["--format", "json"]);
    let lines: Vec<Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let [line] = &lines[..] else {
        panic!("{}", ran.out)
    };
    assert_eq!(line["reason"], "compiler-message");
    assert!(
        line["package_id"]
            .as_str()
            .expect("an id")
            .contains("probe")
    );
    assert_eq!(line["target"]["kind"][0], "bin");
    let message = &line["message"];
    assert_eq!(message["level"], "error");
    assert_eq!(message["code"]["code"], "corelint::hardcoded-offset");
    let span = &message["spans"][0];
    assert_eq!(span["file_name"], "src/main.rs");
    assert_eq!(
        (&span["line_start"], &span["column_start"]),
        (&8.into(), &36.into())
    );
    // `ä` is one column and two bytes.
    let start = span["byte_start"].as_u64().expect("an offset") as usize;
    let end = span["byte_end"].as_u64().expect("an offset") as usize;
    assert_eq!(&FROZEN[start..end], "täsk.add(1256)");
    assert_eq!(span["column_end"], 50);
    assert_eq!(span["text"][0]["highlight_start"], 36);
    assert!(
        message["rendered"]
            .as_str()
            .expect("text")
            .contains("src/main.rs:8:36")
    );
    let children = message["children"].as_array().expect("notes and help");
    let levels: Vec<&str> = children
        .iter()
        .filter_map(|child| child["level"].as_str())
        .collect();
    assert_eq!(levels, ["note", "help"]);
}

#[test]
fn sarif_has_relative_paths_and_stable_prints() {
    let project = frozen("sarif");
    let log = |project: &Project| -> Value {
        serde_json::from_str(&project.run(&["--format", "sarif"]).out).expect("JSON")
    };
    let before = log(&project);
    assert_eq!(before["version"], "2.1.0");
    let result = &before["runs"][0]["results"][0];
    let rules = before["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules");
    let index = result["ruleIndex"].as_u64().expect("an index") as usize;
    assert_eq!(rules[index]["id"], result["ruleId"]);
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "src/main.rs");
    assert_eq!(place["region"]["startColumn"], 36);
    project.write("src/main.rs", format!("// One more line.\n{FROZEN}"));
    let after = log(&project);
    let result_after = &after["runs"][0]["results"][0];
    assert_eq!(
        result["partialFingerprints"],
        result_after["partialFingerprints"]
    );
    assert_eq!(
        result_after["locations"][0]["physicalLocation"]["region"]["startLine"],
        9
    );
}

#[test]
fn github_gets_annotations() {
    let ran = frozen("github").run(&["--format", "github"]);
    let start = "::error file=src/main.rs,line=8,endLine=8,col=36,endColumn=50,";
    assert!(ran.out.starts_with(start), "{}", ran.out);
    assert_eq!(
        ran.out.lines().count(),
        1,
        "newlines are escaped: {}",
        ran.out
    );
}

#[test]
fn colour_is_for_those_who_ask() {
    let project = frozen("colour");
    assert!(!project.run(&[]).out.contains('\u{1b}'));
    assert!(project.run(&["--color", "always"]).out.contains('\u{1b}'));
}

#[test]
fn the_cache_knows_what_changed() {
    let project = frozen("cache");
    let first = project.run(&[]);
    assert!(project.0.join("target/corelint/results.json").exists());
    let second = project.run(&[]);
    assert_eq!((first.code, &first.out), (second.code, &second.out));
    project.write("src/main.rs", FROZEN.replace("1256", "1260"));
    assert!(project.run(&[]).out.contains("1260"));
    project.write("src/more.rs", "const X: usize = 1;");
    assert_eq!(
        project.run(&["-A", "all"]).out,
        "",
        "levels are no part of what is kept"
    );
    project.write("target/corelint/results.json", "{ broken");
    assert_eq!(project.run(&[]).code, 1);
}

const RELOCATED: &str = r#"#![no_std]
#![no_main]
use aya_ebpf::{helpers::*, macros::*, programs::*};
use bpf_core::CoreStruct;

#[derive(CoreStruct)]
struct task_struct {
    tgid: i32,
}

#[kprobe]
fn probe(ctx: ProbeContext) -> Option<i32> {
    let task: *const task_struct = ctx.arg(0)?;
    let Ok(tgid) = (unsafe { bpf_probe_read_kernel(&(*task).tgid) }) else {
        return None;
    };
    Some(tgid)
}
"#;

#[test]
fn a_fix_is_shown_and_applied() {
    let project = Project::new(
        "fix",
        &[("Cargo.toml", MANIFEST), ("src/main.rs", RELOCATED)],
    );
    let shown = project.run(&["--diff"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(
        shown.out.contains("\n+    let Ok(tgid) = "),
        "{}",
        shown.out
    );
    assert_eq!(project.read("src/main.rs"), RELOCATED);
    project.write("fix.patch", &shown.out);
    let git = Command::new("git")
        .args(["apply", "--check", "fix.patch"])
        .current_dir(&project.0)
        .output()
        .expect("git");
    assert!(
        git.status.success(),
        "{}",
        String::from_utf8_lossy(&git.stderr)
    );
    project.run(&["--fix"]);
    assert!(
        project
            .read("src/main.rs")
            .contains("bpf_core::core_read!(task, tgid)")
    );
    assert_eq!(project.run(&["--no-cache"]).out, "");
}

#[test]
fn bad_input_is_a_finding() {
    let project = frozen("bad-input");
    let unreadable = |text: &[u8]| {
        project.write("src/main.rs", text);
        let ran = project.run(&["--format", "short", "--no-cache"]);
        assert!(
            ran.out.contains("[unreadable-input]"),
            "{}{}",
            ran.out,
            ran.err
        );
        assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
        assert_eq!(ran.code, 0, "a warning, unless it is asked for");
    };
    unreadable(&FROZEN.as_bytes()[..FROZEN.len() - 5]);
    unreadable(b"#![no_std]\n\xff\xfe\x00");
    unreadable(b"\x7fELF\x02\x01\x01\x00\x00\xc8\xff");
    unreadable(format!("fn f() {{ {}1{} }}", "(".repeat(9000), ")".repeat(9000)).as_bytes());
    unreadable(format!("fn f() {{ {} }}", "(".repeat(90_000)).as_bytes());
    unreadable(format!("const X: u32 = 1{};", " + 1".repeat(60_000)).as_bytes());
    unreadable(format!("const X: bool = {}true;", "!".repeat(90_000)).as_bytes());
    unreadable(format!("fn f() {{ {} }}", "if x {} else ".repeat(30_000)).as_bytes());
    unreadable(&b"x ".repeat(50 << 20));
}

/// Each fixture, cut off at many places, and with a byte gone: files as they are while somebody
/// types.
#[test]
fn unfinished_sources_do_no_harm() {
    let project = Project::new("unfinished", &[]);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut number = 0;
    for rule in fs::read_dir(fixtures).expect("fixtures").flatten() {
        for fixture in fs::read_dir(rule.path()).expect("a folder").flatten() {
            let path = fixture.path();
            let Some(text) = fs::read(&path)
                .ok()
                .filter(|_| path.extension() == Some("rs".as_ref()))
            else {
                continue;
            };
            for at in (60..text.len()).step_by(29) {
                let mut without = text.clone();
                without.remove(at);
                project.write(&format!("{number}/cut.rs"), &text[..at]);
                project.write(&format!("{number}/without.rs"), &without);
                number += 1;
            }
        }
    }
    assert!(number > 500, "{number}");
    let ran = project.run(&["--format", "short", "--warn", "all", "."]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!ran.out.contains("the linter itself failed"), "{}", ran.out);
    assert!(ran.out.contains("[unreadable-input]"));
}

#[test]
fn deep_input_below_the_limit_is_read() {
    let project = frozen("deep");
    let parens = format!(
        "fn f() -> u32 {{ {}1{} }}\n",
        "(".repeat(500),
        ")".repeat(500)
    );
    let sum = format!("const X: u32 = 1{};\n", " + 1".repeat(9000));
    let chain = format!("fn g() {{ {} {{}} }}\n", "if x {} else ".repeat(3000));
    let calls = format!("fn h() {{ x{}; }}\n", ".y()".repeat(4000));
    project.write("src/main.rs", format!("{parens}{sum}{chain}{calls}"));
    let ran = project.run(&["--format", "short", "--no-cache"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn links_that_lead_back_end() {
    let project = frozen("links");
    std::os::unix::fs::symlink(&project.0, project.0.join("src/loop")).expect("a link");
    std::os::unix::fs::symlink("nowhere", project.0.join("src/gone.rs")).expect("a link");
    let ran = project.run(&["--format", "short"]);
    assert_eq!(
        ran.out.matches("hardcoded-offset").count(),
        1,
        "{}",
        ran.out
    );
}

#[test]
fn a_byte_order_mark_and_a_script_line_shift_nothing() {
    let project = frozen("mark");
    project.write("src/main.rs", format!("\u{feff}{FROZEN}"));
    let with_mark = project.run(&["--format", "short"]).out;
    assert!(with_mark.starts_with("src/main.rs:8:36:"), "{with_mark}");
    project.write("src/main.rs", format!("#!/usr/bin/env cargo\n{FROZEN}"));
    let script = project.run(&["--format", "short"]).out;
    assert!(script.starts_with("src/main.rs:9:36:"), "{script}");
}

#[test]
fn facts_of_one_file_count_in_another() {
    let project = frozen("files");
    project.write("src/offsets.rs", "pub const TGID: usize = 1256;\n");
    let text = FROZEN.replace("1256", "crate::offsets::TGID");
    project.write("src/main.rs", &text);
    let ran = project.run(&["--format", "short"]);
    assert!(ran.out.contains("`TGID` (1256)"), "{}", ran.out);
}

#[test]
fn paths_that_are_not_there_are_errors() {
    let project = frozen("missing");
    let ran = project.run(&["nowhere"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("nowhere"), "{}", ran.err);
}

#[test]
fn rules_are_listed_and_explained() {
    let project = frozen("explain");
    let list = project.run(&["rules"]);
    assert!(list.out.contains("hardcoded-offset"), "{}", list.out);
    let page = project.run(&["explain", "corelint::hardcoded-offset"]);
    assert!(page.out.starts_with("# hardcoded-offset"), "{}", page.out);
    assert_eq!(project.run(&["explain", "nothing"]).code, 2);
}

/// LLVM wrote objects before BPF had a number: their machine is 0.
#[test]
fn an_object_without_an_extension_is_found_whatever_llvm_made_it() {
    let object = include_bytes!("fixtures/absent-field/bad_state.o");
    let of_machine = |machine: u16| {
        let mut object = object.to_vec();
        object[18..20].copy_from_slice(&machine.to_le_bytes());
        object
    };
    let project = Project::new("without-extension", &[]);
    for machine in [247, 0] {
        project.write("probe", of_machine(machine));
        let ran = project.run(&["--format", "short", "probe"]);
        assert_eq!(ran.code, 1, "machine {machine}: {}", ran.err);
        assert!(ran.out.contains("[absent-field]"), "{}", ran.out);
    }
    project.write("probe", of_machine(62));
    let ran = project.run(&["probe"]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.err.contains("probe` is of no kind"), "{}", ran.err);
}

/// The manifest of a workspace without a package owns no files.
#[test]
fn a_file_beside_the_packages_stands_alone() {
    let project = Project::new(
        "beside",
        &[
            (
                "Cargo.toml",
                "[workspace]\nmembers = []\nresolver = \"3\"\n",
            ),
            (
                "scratch/frozen.rs",
                "use aya_ebpf::helpers::*;\nfn probe() -> Result<u32, i32> {\n    \
                 let task = unsafe { bpf_get_current_task() } as *const u8;\n    \
                 unsafe { bpf_probe_read_kernel(task.add(1256) as *const u32) }\n}\n",
            ),
        ],
    );
    let ran = project.run(&["scratch/frozen.rs"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
}
