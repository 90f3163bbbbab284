//! Objects that are judged on many kernels: what is said, which kernels and which loader are taken, and
//! what is refused.

mod clang;
mod project;

use std::fs;
use std::path::Path;

use project::{Project, Ran};

/// An object of the fixtures.
fn fixture(name: &str) -> Vec<u8> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fs::read(fixtures.join(name)).expect("a fixture")
}

const MANIFEST: &str =
    "[package]\nname = \"probe\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[workspace]\n";

/// A project with the object `probe.o`, of which some kernels refuse a program.
fn project(name: &str, manifest: &str) -> Project {
    let project = Project::new(
        &format!("on-kernels/{name}"),
        &[("Cargo.toml", manifest), ("src/main.rs", "fn main() {}\n")],
    );
    project.write("probe.o", fixture("absent-field/bad_state.o"));
    project
}

fn refused(ran: &Ran, words: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert!(ran.err.contains(words), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

#[test]
fn a_line_says_which_kernels_refuse_it_and_what_they_have() {
    let ran = project("line", MANIFEST).run(&["probe.o", "--kernels", "amd64"]);
    assert_eq!(ran.code, 1);
    for part in [
        "error[absent-field]: not every kernel has `struct task_struct.state`\n",
        "= note: 6.1.176 and later: refused; struct task_struct without `state`\n",
        "= note: in the program `renamed`\n",
        "= help: ask first: `bpf_core_field_exists`",
        "error[absent-field]: not every kernel has `enum pid_type::PIDTYPE_NEVER`\n",
        "= note: every kernel: refused",
    ] {
        assert!(ran.out.contains(part), "{part}:\n{}", ran.out);
    }
}

#[test]
fn programs_by_kernels_stand_behind_the_findings() {
    let project = project("matrix", MANIFEST);
    let all = project.run(&["probe.o", "--kernels", "amd64"]);
    let matrix = "
         1 2
renamed  ✓ ✗
no_value ✗ ✗

1 other program: nothing found

1  5.10.262 and earlier
2  6.1.176 and later

✓ works   ✗ refused
";
    assert!(all.out.ends_with(matrix), "{}", all.out);
    let old = project.run(&["probe.o", "--kernels", "5.10,amd64", "--color", "always"]);
    assert!(
        old.out.contains("no_value\u{1b}[31m ✗\u{1b}[0m\n"),
        "{}",
        old.out
    );
    project.write("probe.o", fixture("absent-field/good_everywhere.o"));
    let good = project.run(&["probe.o", "--kernels", "6.12.117"]);
    assert_eq!(good.code, 0, "{}", good.err);
    assert!(
        good.out
            .starts_with("probe.o: 1 program, nothing found on "),
        "{}",
        good.out
    );
}

#[test]
fn an_object_of_another_machine_is_judged_on_no_kernel_and_that_is_said() {
    let project = project("other_machine", MANIFEST);
    project.write("probe.o", fixture("absent-field/good_other_machine.o"));
    let ran = project.run(&["probe.o", "--kernels", "arm64"]);
    let said = "probe.o: 1 program, judged on no kernel (";
    assert!(
        ran.code == 0 && ran.out.starts_with(said),
        "{}{}",
        ran.out,
        ran.err
    );
}

#[test]
fn a_project_says_its_kernels_and_its_loader() {
    let aya = format!("{MANIFEST}\n[dependencies]\naya = \"0.13.1\"\n");
    let tables = "[workspace.metadata.corelint]\nkernels = [\"<5.14\"]\nloader = \"cilium 0.17\"\n";
    let package = "[package.metadata.corelint]\nkernels = [\">=5.14\", \"arm64\"]\n";
    let cases = [
        (MANIFEST.to_owned(), &[][..], "libbpf 1.7\n"),
        (aya.clone(), &[], "aya 0.13\n"),
        // Any version may be meant, and a fork has versions of its own: the newest.
        (aya.replace("0.13.1", ">=0.11"), &[], "aya 0.14\n"),
        (
            aya.replace(
                "\"0.13.1\"",
                "{ package = \"other-aya\", version = \"0.11\" }",
            ),
            &[],
            "aya 0.14\n",
        ),
        (format!("{aya}\n{tables}"), &[], "cilium 0.17\n"),
        (
            format!("{aya}\n{tables}"),
            &["--loader", "aya 0.14"],
            "aya 0.14\n",
        ),
    ];
    for (manifest, options, loader) in cases {
        let ran = project("loader", &manifest).run(&[&["probe.o"], options].concat());
        assert!(ran.out.contains(loader), "{loader}: {}{}", ran.out, ran.err);
    }
    let of_workspace = project("workspace", &format!("{MANIFEST}\n{tables}")).run(&["probe.o"]);
    assert!(
        !of_workspace.out.contains("task_struct.state"),
        "{}",
        of_workspace.out
    );
    let both = format!("{MANIFEST}\n{tables}\n{package}");
    let of_package = project("package", &both).run(&["probe.o"]);
    let everywhere = "`struct task_struct.state`";
    assert!(of_package.out.contains(everywhere), "{}", of_package.out);
    assert!(!of_package.out.contains("amd64"), "{}", of_package.out);
    let asked = project("asked", &both).run(&["probe.o", "--kernels", "5.10"]);
    assert!(!asked.out.contains("task_struct.state"), "{}", asked.out);
}

#[test]
fn levels_and_groups_hold() {
    let project = project("levels", MANIFEST);
    let code = |words: &[&str]| project.run(&[&["probe.o"], words].concat()).code;
    assert_eq!(code(&["-W", "absent-field"]), 0);
    assert_eq!(code(&["-A", "on-kernels"]), 0);
    assert_eq!(code(&["-A", "all", "-F", "absent-field"]), 1);
}

#[test]
fn an_unchanged_object_is_not_judged_again() {
    let project = project("cache", MANIFEST);
    let first = project.run(&["probe.o"]);
    let second = project.run(&["probe.o"]);
    assert_eq!((first.code, &first.out), (second.code, &second.out));
    let kept = project.read("target/corelint/results.json");
    assert!(kept.contains("absent-field"), "{kept}");
    let other = project.run(&["probe.o", "--kernels", "5.10"]);
    assert!(!other.out.contains("task_struct.state"), "{}", other.out);
    project.write("probe.o", fixture("absent-field/good_everywhere.o"));
    assert_eq!(project.run(&["probe.o"]).code, 0);
}

#[test]
fn bad_settings_are_errors() {
    let with = |table: &str| format!("{MANIFEST}\n[workspace.metadata.corelint]\n{table}\n");
    let options = project("options", MANIFEST);
    refused(
        &options.run(&["probe.o", "--kernels", "5.x"]),
        "--kernels: `5.x` is no version",
    );
    refused(
        &options.run(&["probe.o", "--kernels", "sparc"]),
        "`sparc` is no known kernel",
    );
    refused(
        &options.run(&["probe.o", "--kernels", ">=99"]),
        "no known kernel is `>=99`",
    );
    refused(
        &options.run(&["probe.o", "--loader", "gobpf"]),
        "--loader: `gobpf` names no loader",
    );
    let table = project("table", &with("kernels = [\"sparc\"]"));
    refused(
        &table.run(&["probe.o"]),
        "[workspace.metadata.corelint] of ",
    );
    let text = project("text", &with("kernels = \"5.10\""));
    refused(
        &text.run(&["probe.o"]),
        "`kernels` needs a list, such as [\">=5.10\", \"arm64\"]",
    );
    let number = project("number", &with("loader = 5"));
    refused(
        &number.run(&["probe.o"]),
        "`loader` needs a name, such as \"aya 0.14\"",
    );
}

#[test]
fn a_damaged_object_is_one_finding() {
    let project = project("damaged", MANIFEST);
    let whole = fixture("absent-field/bad_state.o");
    project.write("probe.o", &whole[..whole.len() / 2]);
    let ran = project.run(&["probe.o"]);
    assert_eq!(ran.out.matches("warning[").count(), 1, "{}", ran.out);
    assert!(
        ran.out.starts_with("warning[unreadable-input]"),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains(" on "), "no matrix: {}", ran.out);
}

#[test]
fn a_damaged_catalogue_is_an_error_for_objects_and_sources() {
    let project = project("catalogue", MANIFEST);
    project.write("data/bpf-core/own.kernels", "no catalogue");
    let run = |words: &[&str]| project.run_with(words, &[("XDG_DATA_HOME", "data")]);
    for file in ["probe.o", "src/main.rs"] {
        let what = "own.kernels: this is no catalogue of kernels";
        refused(&run(&[file]), what);
    }
}

#[test]
fn a_comment_allows_a_finding_at_its_line() {
    let Some(clang) = clang::find("comments that allow findings on kernels") else {
        return;
    };
    let project = project("comment", MANIFEST);
    let source = |comment: &str| {
        format!(
            "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n\
             {comment}SEC(\"fentry/folio_mark_accessed\")\nint probe(void *ctx)\n{{\n\treturn 0;\n}}\n"
        )
    };
    let judge = |comment: &str| {
        project.write("probe.bpf.c", source(comment));
        clang::compile(
            clang,
            &project.0.join("probe.bpf.c"),
            &project.0.join("probe.o"),
        );
        project.run(&["probe.o", "--kernels", "amd64", "--format", "short"])
    };
    let told = judge("");
    assert_eq!(told.code, 1, "{}", told.err);
    assert!(told.out.starts_with("probe.bpf.c:6:"), "{}", told.out);
    let allowed = judge("// corelint: allow(absent-hook, reason = \"left out before 5.16\")\n");
    assert_eq!((allowed.code, allowed.out.as_str()), (0, ""));
}

#[test]
fn what_to_ask_of_a_helper_is_written_out() {
    let project = project("helper", MANIFEST);
    project.write("new.o", fixture("unknown-helper/bad_new.o"));
    let told = project.run(&["new.o", "--kernels", "amd64"]).out;
    assert!(
        told.contains("(enum bpf_func_id, BPF_FUNC_loop)`"),
        "{told}"
    );
}

#[test]
fn a_program_that_loads_and_is_not_attached_is_no_denial() {
    let Some(clang) = clang::find("programs that load and are not attached") else {
        return;
    };
    let project = project("unattached", MANIFEST);
    project.write(".git/HEAD", "");
    let judge = |section: &str, words: &[&str]| {
        let source = format!(
            "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n\
             SEC(\"{section}\")\nint probe(void *ctx)\n{{\n\treturn 0;\n}}\n"
        );
        project.write("probe.bpf.c", source);
        let object = project.0.join("probe.o");
        clang::compile(clang, &project.0.join("probe.bpf.c"), &object);
        project.run(&[&["--kernels", "amd64", "--format", "short"], words].concat())
    };
    let told = judge("kprobe/do_unlinkat", &["probe.o"]);
    assert!(told.out.contains("warning[absent-hook]"), "{}", told.out);
    assert_eq!(told.code, 0, "{}", told.out);
    // Who wants an error gets one.
    let wanted = judge("kprobe/do_unlinkat", &["probe.o", "-D", "absent-hook"]);
    assert_eq!(wanted.code, 1, "{}", wanted.out);
    let refused = judge("fentry/do_unlinkat", &["probe.o"]);
    assert!(
        refused.out.contains("error[absent-hook]"),
        "{}",
        refused.out
    );
    assert_eq!(refused.code, 1, "{}", refused.out);
    // The source says it, once.
    let both = judge("kprobe/do_unlinkat", &["probe.o", "probe.bpf.c"]);
    assert!(both.out.contains("[unguarded-hook]"), "{}", both.out);
    assert!(!both.out.contains("[absent-hook]"), "{}", both.out);
}

#[test]
fn a_line_that_is_inlined_into_several_programs_is_told_once() {
    let Some(clang) = clang::find("a line that is inlined into several programs") else {
        return;
    };
    let project = project("inlined", MANIFEST);
    let source = r#"#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct task_struct___old { long state; } __attribute__((preserve_access_index));

struct sched_ext_ops___any { long flags; };

static __always_inline long state(void)
{
	struct task_struct___old *task = (void *)bpf_get_current_task();
	return BPF_CORE_READ(task, state);
}

SEC("raw_tp/sched_switch")
int always(void *ctx)
{
	return state() == 7;
}

/* Reached on fewer kernels. */
SEC("raw_tp/sched_wakeup")
int sometimes(void *ctx)
{
	if (!bpf_core_type_exists(struct sched_ext_ops___any))
		return 0;
	return state() == 7;
}

char LICENSE[] SEC("license") = "GPL";
"#;
    project.write("probe.bpf.c", source);
    let [from, to] = ["probe.bpf.c", "probe.o"].map(|name| project.0.join(name));
    clang::compile(clang, &from, &to);
    let ran = project.run(&["probe.o", "--kernels", "amd64"]);
    assert_eq!(
        ran.out.matches("error[absent-field]").count(),
        1,
        "{}",
        ran.out
    );
    let programs = "in the programs `always`, `sometimes`";
    assert!(ran.out.contains(programs), "{}", ran.out);
}

#[test]
fn a_line_is_that_of_the_read() {
    let Some(clang) = clang::find("lines of reads") else {
        return;
    };
    let project = project("lines", MANIFEST);
    let source = r#"#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct task_struct___old { long state, rcu_old, signal_old; } __attribute__((preserve_access_index));
struct mm_struct___old { long mmap_old; } __attribute__((preserve_access_index));

#define OLD(task) BPF_CORE_READ((struct task_struct___old *)(task), signal_old)

long seen[4];
int kind;

static __always_inline long inlined(struct task_struct *task)
{
	struct task_struct___old *old = (void *)task;

	if (kind == 3)
		return 0;
	return BPF_CORE_READ(old, rcu_old); /* here */
}

SEC("raw_tp/sched_switch")
int reads(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct mm_struct___old *mm = (void *)BPF_CORE_READ(task, mm);
	int pid = BPF_CORE_READ(task, pid);
	long state = BPF_CORE_READ((struct task_struct___old *)task, state); /* here */
	int tgid = BPF_CORE_READ(task, tgid);

	seen[0] = pid + tgid;
	seen[1] = state;
	if (kind == 1) {
		seen[2] = inlined(task);
		return 0;
	}
	if (kind == 2)
		bpf_printk("%ld %ld", BPF_CORE_READ(task, start_time),
			   BPF_CORE_READ(mm, mmap_old)); /* here */
	seen[3] = OLD(task); /* here */
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
"#;
    project.write("probe.bpf.c", source);
    let [from, to] = ["probe.bpf.c", "probe.o"].map(|name| project.0.join(name));
    clang::compile(clang, &from, &to);
    let words = ["probe.o", "--kernels", "7.3.4,amd64", "--format", "short"];
    let ran = project.run(&words);
    let found = ran.out.lines().filter(|line| line.contains("absent-field"));
    let found: Vec<usize> = found
        .map(|line| line.split(':').nth(1).unwrap().parse().unwrap())
        .collect();
    let lines = source.lines().zip(1..);
    let mut expected: Vec<usize> = lines
        .filter(|(line, _)| line.contains("/* here */"))
        .map(|(_, number)| number)
        .collect();
    let mut sorted = found.clone();
    sorted.sort_unstable();
    expected.sort_unstable();
    assert_eq!(sorted, expected, "{}", ran.out);
}

#[test]
fn a_go_module_says_its_loader() {
    let cases = [
        ("require github.com/cilium/ebpf v0.17.3\n", "cilium 0.17\n"),
        (
            "require (\n\tgithub.com/aquasecurity/libbpfgo v0.8.0-libbpf-1.5\n\tgithub.com/cilium/ebpf v0.11.0 // indirect\n)\n",
            "libbpf 1.7\n",
        ),
        ("require golang.org/x/sys v0.20.0\n", "libbpf 1.7\n"),
        // Two loaders name none.
        (
            "require (\n\tgithub.com/aquasecurity/libbpfgo v0.8.0\n\tgithub.com/cilium/ebpf v0.11.0\n)\n",
            "libbpf 1.7\n",
        ),
    ];
    for (needs, loader) in cases {
        let project = project("go", MANIFEST);
        project.write("tool/go.mod", format!("module example.org/tool\n\n{needs}"));
        project.write("tool/bpf/probe.o", fixture("absent-field/bad_state.o"));
        let ran = project.run(&["tool/bpf/probe.o"]);
        assert!(
            ran.out.contains(loader),
            "{needs}{loader}: {}{}",
            ran.out,
            ran.err
        );
    }
}

#[test]
fn what_is_not_known_is_told_of_programs_that_no_kernel_refuses_otherwise() {
    let Some(clang) = clang::find("what is not known") else {
        return;
    };
    let project = project("otherwise", MANIFEST);
    let source = r#"#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define BOTH \
	SEC("kprobe/placeholder") int one(void *ctx) { return 0; } \
	SEC("kprobe.multi/placeholder") int many(void *ctx) { return 0; }

BOTH

SEC("syscall")
int new_type(void *ctx)
{
	return bpf_get_smp_processor_id();
}

char LICENSE[] SEC("license") = "GPL";
"#;
    project.write("probe.bpf.c", source);
    let [from, to] = ["probe.bpf.c", "probe.o"].map(|name| project.0.join(name));
    clang::compile(clang, &from, &to);
    let ran = project.run(&["probe.o", "--kernels", "5.10,6.1.176", "--kernels", "amd64"]);
    // 5.10 has no such type of program, and refuses it, so it is of no interest what it may call there.
    assert!(
        !ran.out.contains("`bpf_get_smp_processor_id`"),
        "{}",
        ran.out
    );
    // 6.1 is built without what a link to many functions needs, and that is about one program of the two.
    let told = ran
        .out
        .split("\n\n")
        .find(|one| one.contains("CONFIG_FPROBE"));
    let told = told
        .map(|_| ran.out.as_str())
        .expect("a finding about the link");
    assert!(told.contains("in the program `many`"), "{told}");
    assert!(!told.contains("in the programs `one`, `many`"), "{told}");
}
