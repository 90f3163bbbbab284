//! What LLVM is told when its passes run once more: which answers are one, what helpers fill, and no longer what rustc
//! said of values.

use crate::{linking::Folder, program::program};

/// The program that the linker makes of a body, as LLVM IR. It has the requests of `program`.
fn linked(test: &str, requests: &[&str], body: &str) -> String {
    let folder = Folder::new(test);
    let ir = program("prog", "raw_tp/x", requests).replace("  ret i32 0", body);
    let ir = format!("{ir}\ndeclare void @llvm.assume(i1)\n");
    let input = folder.file("a.ll", ir);
    let output = folder.link(&[&input, "--export", "prog", "--emit", "llvm-ir"]);
    let text = String::from_utf8_lossy(&output);
    let start = text.find("define dso_local").unwrap_or(0);
    let end = text[start..]
        .find("\n}")
        .map_or(text.len(), |at| start + at);
    text[start..end].to_owned()
}

/// Branches of a program that writes one number where a question is answered with 0, and another number where the
/// question that follows is.
fn branches(test: &str, questions: [&str; 2]) -> usize {
    let body = "  %first = icmp eq i64 %v0, 0\n  br i1 %first, label %end, label %there, !dbg !21\n\
         there:\n  store volatile i64 7, ptr @prog_out\n  %again = call i64 @prog_1(), !dbg !21\n  \
         %second = icmp eq i64 %again, 0\n  br i1 %second, label %end, label %both, !dbg !21\n\
         both:\n  store volatile i64 8, ptr @prog_out\n  br label %end\n\
         end:\n  ret i32 0";
    let ir = linked(test, &questions, body);
    ir.matches("br i1").count()
}

#[test]
fn a_question_that_is_asked_twice_is_one_branch() {
    let pid = "field_exists struct task_struct.pid:i32";
    assert_eq!(branches("asked_twice", [pid, pid]), 1);
    let cgroup = "enumval_exists enum bpf_cmd/u32.BPF_PROG_LOAD=5";
    assert_eq!(branches("enumerator_asked_twice", [cgroup, cgroup]), 1);
}

#[test]
fn other_questions_are_asked() {
    let pid = "field_exists struct task_struct.pid:i32";
    let tgid = "field_exists struct task_struct.tgid:i32";
    assert_eq!(branches("asked_of_two", [pid, tgid]), 2);
    // What is no answer may be poison, so it stays behind its guard.
    let size = "byte_sz struct task_struct.pid:i32";
    assert_eq!(branches("asked_for_sizes", [size, size]), 2);
}

/// Whether a variable of 8 bytes is still cleared before `call` may write to it.
fn is_cleared(test: &str, call: &str) -> bool {
    let body = format!(
        "  %slot = alloca i64\n  store i64 0, ptr %slot\n  %size = load volatile i32, ptr %context\n  \
         %e = call i64 {call}, !dbg !21\n  %value = load i64, ptr %slot\n  \
         store volatile i64 %value, ptr @prog_out\n  %code = trunc i64 %e to i32\n  ret i32 %code"
    );
    let ir = linked(test, &["byte_off struct task_struct.pid:i32"], &body);
    assert!(ir.contains("load i64, ptr %"), "{ir}");
    ir.contains("store i64 0, ptr %")
}

#[test]
fn a_variable_that_a_helper_fills_is_not_cleared() {
    for helper in [4, 112, 113, 148] {
        let call = format!("inttoptr (i64 {helper} to ptr)(ptr %slot, i32 8, ptr %context)");
        assert!(!is_cleared(&format!("filled{helper}"), &call), "{helper}");
    }
}

#[test]
fn a_variable_that_a_helper_may_leave_is_cleared() {
    for (test, call) in [
        (
            "half",
            "inttoptr (i64 113 to ptr)(ptr %slot, i32 4, ptr %context)",
        ),
        (
            "unknown_size",
            "inttoptr (i64 113 to ptr)(ptr %slot, i32 %size, ptr %context)",
        ),
        (
            "string",
            "inttoptr (i64 115 to ptr)(ptr %slot, i32 8, ptr %context)",
        ),
        (
            "flags",
            "inttoptr (i64 191 to ptr)(ptr %slot, i32 8, ptr %context, ptr null, i64 1)",
        ),
        (
            "unknown_helper",
            "inttoptr (i64 16 to ptr)(ptr %slot, i32 8, ptr %context)",
        ),
        // It reads what it is to fill.
        (
            "itself",
            "inttoptr (i64 113 to ptr)(ptr %slot, i32 8, ptr %slot)",
        ),
    ] {
        assert!(is_cleared(test, call), "{test}");
    }
}

/// A program that tells the error of a read: 0 where it did not fail.
fn errno(test: &str, where_not: i32) -> String {
    let body = format!(
        "  %e = call i64 inttoptr (i64 113 to ptr)(ptr @prog_out, i32 8, ptr %context), !dbg !21\n  \
         %c = icmp eq i64 %e, 0\n  br i1 %c, label %told, label %failed, !dbg !21\n\
         failed:\n  %code = trunc i64 %e to i32\n  %known = icmp ne i32 %code, 0\n  \
         call void @llvm.assume(i1 %known)\n  br label %told\n\
         told:\n  %errno = phi i32 [ {where_not}, %0 ], [ %code, %failed ]\n  ret i32 %errno"
    );
    let requests = ["byte_off struct task_struct.pid:i32"];
    linked(test, &requests, &body)
}

#[test]
fn an_error_that_is_0_where_there_is_none_needs_no_branch() {
    let ir = errno("errno", 0);
    for gone in ["br ", "phi", "select", "llvm.assume"] {
        assert!(!ir.contains(gone), "{gone}: {ir}");
    }
    assert!(errno("errno_other", 3).contains("i32 3"));
}

/// Either of two questions is asked, as the program finds out at run time. No load has an address that was chosen.
#[test]
fn one_question_or_another_is_asked() {
    let body = "  %n = load volatile i64, ptr %context\n  %c = icmp ugt i64 %n, 7\n  \
        br i1 %c, label %one, label %other, !dbg !21\n\
        one:\n  store volatile i64 7, ptr @prog_out\n  %a = call i64 @prog_0(), !dbg !21\n  br label %both\n\
        other:\n  store volatile i64 9, ptr @prog_out\n  %b = call i64 @prog_1(), !dbg !21\n  br label %both\n\
        both:\n  %answer = phi i64 [ %a, %one ], [ %b, %other ]\n  \
        store volatile i64 %answer, ptr @prog_out\n  ret i32 0";
    let pid = "field_exists struct task_struct.pid:i32";
    let tgid = "field_exists struct task_struct.tgid:i32";
    let folder = Folder::new("one_or_another");
    let ir = program("prog", "raw_tp/x", &[pid, tgid]);
    let (start, end) = ir
        .find("  %v0 =")
        .zip(ir.find("  ret i32 0"))
        .unwrap_or_default();
    let ir = format!("{}{}", &ir[..start], &ir[end..]).replace("  ret i32 0", body);
    let input = folder.file("a.ll", ir);
    // It fails where a record is missing.
    folder.link(&[&input, "--export", "prog"]);
}
