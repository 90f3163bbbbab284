//! What ways say of a helper that reads: error numbers without bounds, flags that an error number says too, and results that
//! are 0 on both ways.

use crate::calls::{linked, linked_in};
use crate::places::read;

/// A read of a `u64` into `%one`, and what is done where it failed: the block `failed`.
fn reads() -> String {
    format!(
        "  %one = alloca i64, align 8\n{}  %c = icmp eq i64 %r, 0\n  br i1 %c, label %read, label %failed\n\
         failed:\n  %code = trunc i64 %r to i32\n",
        read("r", "%one", 8),
    )
}

/// Whether bounds of a number are left in a program of a section, where a read failed.
fn bounds_in(section: &str, name: &str, number: &str) -> bool {
    let body = format!(
        "{}  %a = call i32 @llvm.smax.i32(i32 {number}, i32 -4095)\n  \
         %b = call i32 @llvm.smin.i32(i32 %a, i32 -1)\n  ret i32 %b, !dbg !21\n\
         read:\n  %v = load i64, ptr %one\n  store volatile i64 %v, ptr @prog_out\n  ret i32 0, !dbg !21\n",
        reads()
    );
    let ir = linked_in(section, name, "llvm-ir", &body);
    assert_eq!(
        ir.contains("@llvm.smax.i32(i32 %"),
        ir.contains("@llvm.smin.i32(i32 %"),
        "{ir}"
    );
    ir.contains("@llvm.smax.i32(i32 %")
}

#[test]
fn an_error_number_needs_bounds_for_lsm_only() {
    assert!(!bounds_in("raw_tp/x", "bounds_raw", "%code"));
    assert!(!bounds_in("fentry/x", "bounds_fentry", "%code"));
    assert!(bounds_in("lsm/file_open", "bounds_lsm", "%code"));
    assert!(bounds_in("lsm.s/file_open", "bounds_lsm_s", "%code"));
}

/// The bounds change what is no error number.
#[test]
fn another_number_keeps_its_bounds() {
    let body = "  %t = load volatile i32, ptr @prog_out\n  %a = call i32 @llvm.smax.i32(i32 %t, i32 -4095)\n  \
        %b = call i32 @llvm.smin.i32(i32 %a, i32 -1)\n  ret i32 %b, !dbg !21\n";
    let ir = linked("bounds_other", "llvm-ir", body);
    assert!(ir.contains("@llvm.smax.i32(i32 %"), "{ir}");
    // A length is not below 0.
    let body = "  %one = alloca i64, align 8\n  \
        %r = call i64 inttoptr (i64 115 to ptr)(ptr %one, i32 8, ptr %context), !dbg !21\n  \
        %c = icmp eq i64 %r, 0\n  br i1 %c, label %empty, label %not\n\
        not:\n  %code = trunc i64 %r to i32\n  %a = call i32 @llvm.smax.i32(i32 %code, i32 -4095)\n  \
        %b = call i32 @llvm.smin.i32(i32 %a, i32 -1)\n  ret i32 %b, !dbg !21\n\
        empty:\n  ret i32 0, !dbg !21\n";
    let ir = linked("bounds_length", "llvm-ir", body);
    assert!(ir.contains("@llvm.smax.i32(i32 %"), "{ir}");
    let negative = body.replace("icmp eq i64 %r, 0", "icmp sgt i64 %r, -1");
    let ir = linked("bounds_text", "llvm-ir", &negative);
    assert!(!ir.contains("@llvm.smax.i32(i32 %"), "{ir}");
}

/// Calls that stand between where a result meets and where it is asked for, so that LLVM does not bring the two together.
fn calls() -> String {
    let call = |at| format!("  call i64 inttoptr (i64 35 to ptr)(i64 {at}), !dbg !21\n");
    (0..12).map(call).collect()
}

/// A program that reads, or cannot: flag, error number and value meet, and the flag is asked for later.
fn result(value: &str, met: &str, used: &str) -> String {
    format!(
        "  %two = alloca i64, align 8\n  %w = load volatile i64, ptr @prog_out\n  %k = icmp eq i64 %w, 0\n  \
         br i1 %k, label %met, label %can\n\
         can:\n{}  br label %met\n\
         read:\n{value}  br label %met\n\
         met:\n  %flag = phi i1 [ true, %0 ], [ true, %failed ], [ false, %read ]\n  \
         %error = phi i32 [ -95, %0 ], [ %code, %failed ], [ undef, %read ]\n  \
         %value = phi i64 [ undef, %0 ], [ undef, %failed ], [ %v, %read ]\n{met}{}  \
         br i1 %flag, label %bad, label %good\n\
         bad:\n  store volatile i32 %error, ptr @prog_out\n  ret i32 1, !dbg !21\n\
         good:\n{used}  store volatile i64 %value, ptr @prog_out\n  ret i32 0, !dbg !21\n",
        reads(),
        calls(),
    )
}

const LOADED: &str = "  %v = load i64, ptr %one\n";

fn has_flag(name: &str, body: &str) -> bool {
    let ir = linked(name, "llvm-ir", body);
    ir.contains("phi i1")
}

#[test]
fn a_flag_that_the_error_number_says_is_taken_out() {
    assert!(!has_flag("flag", &result(LOADED, "", "")));
    let other = result(LOADED, "", "")
        .replace("[ true, ", "[ 0, ")
        .replace("[ false, ", "[ 1, ")
        .replace("label %bad, label %good", "label %good, label %bad");
    assert!(!has_flag("flag_success", &other));
}

/// An error of 0 and none would be the same.
#[test]
fn a_flag_that_says_more_stays() {
    let zero = result(LOADED, "", "").replace("[ -95, ", "[ 0, ");
    assert!(has_flag("flag_zero", &zero));
}

/// The verifier of 5.10 would follow a failed read to these.
#[test]
fn a_flag_stays_before_what_a_failed_read_does_not_have() {
    // A pointer that it knows.
    let pointer = "  %a = call ptr inttoptr (i64 1 to ptr)(ptr @prog_out, ptr %two), !dbg !21\n  \
        %v = ptrtoint ptr %a to i64\n";
    assert!(has_flag("flag_pointer", &result(pointer, "", "")));
    // A number that it knows bounds of.
    let bounded = "  %u = load i64, ptr %one\n  %v = and i64 %u, 15\n";
    assert!(has_flag("flag_bounded", &result(bounded, "", "")));
    // A variable that is written where the read did not fail.
    let written = "  %v = load i64, ptr %one\n  store volatile i64 %v, ptr %two\n";
    let used = "  %x = load volatile i64, ptr %two\n";
    assert!(has_flag("flag_variable", &result(written, "", used)));
}

/// The text of a program that puts an error number into memory, where 0 stands for none.
#[test]
fn a_result_is_one_number_on_both_ways() {
    let body = format!(
        "{}  br label %met\n\
         read:\n  %v = load i64, ptr %one\n  br label %met\n\
         met:\n  %n = phi i32 [ %code, %failed ], [ 0, %read ]\n  %m = phi i64 [ undef, %failed ], [ %v, %read ]\n  \
         store volatile i32 %n, ptr @prog_out\n  store volatile i64 %m, ptr @prog_out\n  ret i32 0, !dbg !21\n",
        reads()
    );
    let ir = linked("outcome_zero", "llvm-ir", &body);
    assert!(!ir.contains(" = phi ") && !ir.contains("br i1"), "{ir}");
}

/// On the way of another read, the first one's result need not be 0.
#[test]
fn a_result_of_another_read_is_another_number() {
    let body = format!(
        "  %two = alloca i64, align 8\n{}  br label %met\n\
         read:\n{}  %d = icmp eq i64 %s, 0\n  br i1 %d, label %met, label %second\n\
         second:\n  %other = trunc i64 %s to i32\n  %p = add i32 %other, 5\n  br label %met\n\
         met:\n  %n = phi i32 [ %code, %failed ], [ 0, %read ], [ %p, %second ]\n  \
         store volatile i32 %n, ptr @prog_out\n  ret i32 0, !dbg !21\n",
        reads(),
        read("s", "%two", 8),
    );
    let ir = linked("outcome_other", "llvm-ir", &body);
    assert!(ir.contains(" = phi "), "{ir}");
}
