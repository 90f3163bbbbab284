//! Programs that a run shows to be refused by every verifier; and look-alikes of which nothing is said.

use crate::{linking::Folder, program::program};

/// Statics, a map, and what panics with the line of the panic handler. Calls of helpers are by their numbers.
const AROUND: &str = r#"
@TEXT = private unnamed_addr constant [8 x i8] c"a text..", section ".rodata", align 1
@LIMIT = private constant i64 7, section ".rodata", align 8
@SET_BY_USERS = constant i64 0, section ".rodata", align 8
@KNOWN = private constant i64 5, section ".rodata", align 8
@STATE = internal global i64 0, section ".data", align 8
!900 = !DILocation(line: 92, column: 9, scope: !20)
!901 = !DILocation(line: 93, column: 9, scope: !20)
!910 = distinct !DISubprogram(name: "panic", linkageName: "rust_begin_unwind", scope: !2, file: !2, line: 10, type: !3, unit: !1, spFlags: DISPFlagDefinition)
!911 = !DILocation(line: 11, column: 5, scope: !910, inlinedAt: !901)
"#;

/// A program with a relocation and then `body`, which may go to `panic`. The last line before is 92.
fn does(section: &str, body: &str) -> String {
    let program = program("prog", section, &["byte_off struct task_struct.pid:i32"]);
    let body = format!(
        "  %a = load volatile i64, ptr %context, !dbg !21\n{body}\
         end:\n  ret i32 0, !dbg !21\n\
         panic:\n  br label %again, !dbg !911\n\
         again:\n  br label %again, !dbg !911\n"
    );
    let body = body.replace("!line", "!dbg !900");
    let program = program.replace("  ret i32 0, !dbg !21\n", &body);
    format!("{program}{AROUND}")
}

const WAY: &str = "  br i1 %c, label %panic, label %end, !line\n";

fn refused(test: &str, section: &str, body: &str, parts: &[&str]) {
    let folder = Folder::new(test);
    let input = folder.file("a.ll", does(section, body));
    let message = folder.fail(&[&input, "--export", "prog"]);
    for part in [&["/src/prog.rs:92:9", "in function `prog`"], parts].concat() {
        assert!(message.contains(part), "no `{part}` in:\n{message}");
    }
}

fn taken(section: &str, body: &str) {
    let folder = Folder::new("witness_taken");
    let input = folder.file("a.ll", does(section, body));
    let exported = ["--export", "prog,SET_BY_USERS"];
    let output = folder.run(&[&[&*input], &exported[..]].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{body}: {said}");
}

const PANIC: [&str; 2] = ["such as a panic", "`get` in place of an index"];

#[test]
fn a_panic_that_an_argument_leads_to() {
    for condition in [
        "icmp eq i64 %a, 9",
        "icmp ugt i64 %a, 2047",
        "icmp slt i64 %a, -7",
        "icmp eq i64 %a, 1234567890123",
    ] {
        let body = format!("  %c = {condition}, !line\n{WAY}");
        for section in ["raw_tp/x", "kprobe/x", "tracepoint/a/b"] {
            refused("witness_argument", section, &body, &PANIC);
        }
    }
}

#[test]
fn a_panic_behind_others() {
    // Each of the branches has to be gone the right way.
    let body = "  %c0 = icmp ult i64 %a, 100, !dbg !21\n  br i1 %c0, label %one, label %end, !dbg !21\n\
        one:\n  %b = call i64 inttoptr (i64 5 to ptr)(), !dbg !21\n  \
        %c1 = icmp eq i64 %b, 4711, !dbg !21\n  br i1 %c1, label %two, label %end, !dbg !21\n\
        two:\n  %w = load volatile i64, ptr @STATE, !dbg !21\n  %low = and i64 %w, 255, !dbg !21\n  \
        %c = icmp eq i64 %low, 77, !line\n";
    let body = format!("{body}{WAY}");
    refused("witness_others", "raw_tp/x", &body, &PANIC);
}

#[test]
fn what_the_verifier_may_know_better() {
    for condition in [
        // Data that nobody can change.
        "  %n = load volatile i64, ptr @KNOWN, !line\n  %c = icmp eq i64 %n, 9, !line\n",
        // What users set.
        "  %n = load volatile i64, ptr @SET_BY_USERS, !line\n  %c = icmp eq i64 %n, 0, !line\n",
        // A helper whose result is not followed.
        "  %n = call i64 inttoptr (i64 46 to ptr)(ptr %context), !line\n  %c = icmp eq i64 %n, 9, !line\n",
        // A number with a bound.
        "  %m = and i64 %a, 7, !line\n  %n = load volatile i64, ptr @LIMIT, !line\n  \
         %c = icmp ugt i64 %m, %n, !line\n",
        // What the program itself has written.
        "  %slot = alloca i64, !line\n  store volatile i64 1, ptr %slot, !line\n  \
         %n = load volatile i64, ptr %slot, !line\n  %c = icmp ne i64 %n, 1, !line\n",
    ] {
        let body = format!("{condition}{WAY}");
        taken("raw_tp/x", &body);
    }
    // Arguments with types, and a context that the verifier checks.
    for section in ["tp_btf/sched_switch", "fentry/x", "xdp", "lsm/file_open"] {
        taken(section, &format!("  %c = icmp eq i64 %a, 9, !line\n{WAY}"));
    }
}

/// Goes over the text byte by byte, until `end`.
fn walk(text: &str, next: &str, end: &str) -> String {
    format!(
        "  br label %loop, !dbg !21\n\
         loop:\n  %i = phi i64 [ 0, %start ], [ %j, %loop ]\n  \
         %p = phi ptr [ {text}, %start ], [ %q, %loop ]\n  \
         %v = load volatile i8, ptr %p, !line\n  \
         {next}  %j = add i64 %i, 1, !line\n  \
         %done = {end}, !line\n  br i1 %done, label %end, label %loop, !line\n"
    )
}

fn with_start(ir: &str) -> String {
    ir.replace(
        "section \"raw_tp/x\" !dbg !20 {\n",
        "section \"raw_tp/x\" !dbg !20 {\nstart:\n",
    )
}

#[test]
fn a_text_whose_end_is_an_address() {
    let next = "%q = getelementptr i8, ptr %p, i64 1\n";
    // What hides from LLVM how far it is.
    let hidden = "  %slot = alloca ptr, !dbg !21\n  \
        store volatile ptr getelementptr (i8, ptr @TEXT, i64 8), ptr %slot, !dbg !21\n  \
        %stop = load volatile ptr, ptr %slot, !dbg !21\n";
    let body = format!("{hidden}{}", walk("@TEXT", next, "icmp eq ptr %q, %stop"));
    let folder = Folder::new("witness_text");
    let input = folder.file("bad.ll", with_start(&does("raw_tp/x", &body)));
    let message = folder.fail(&[&input, "--export", "prog"]);
    for part in [
        "/src/prog.rs:92:9",
        "a comparison of addresses",
        "count instead",
    ] {
        assert!(message.contains(part), "no `{part}` in:\n{message}");
    }

    let body = walk("@TEXT", next, "icmp eq i64 %j, 8");
    let input = folder.file("good.ll", with_start(&does("raw_tp/x", &body)));
    let output = folder.run(&[&input, "--export", "prog"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
