//! What a function writes through a pointer is gone if no caller reads it.

use crate::{linking::Folder, program::program};

/// Writes what a `Result<(), i64>` has.
const WRITES: &str = "  store i64 77, ptr %r\n  %second = getelementptr i8, ptr %r, i64 8\n  \
                      store i64 %n, ptr %second\n";

/// A call whose result is dropped. `#` is a number of its own.
const DROPPED: &str =
    "  %r# = alloca [16 x i8], align 8\n  call void @f(ptr %r#, i64 #), !dbg !21\n";

/// Whether the 77 which `f` writes is left, if `f` does `body` and the program does `calls`.
fn is_written(test: &str, body: &str, calls: &[&str]) -> bool {
    let mut all = String::new();
    for (index, call) in calls.iter().enumerate() {
        all += &call.replace('#', &(index + 1).to_string());
    }
    let ir = program("prog", "raw_tp/x", &["byte_off struct task_struct.pid:i32"]);
    let ir = ir.replace(
        "  ret i32 0, !dbg !21\n",
        &format!("{all}  ret i32 0, !dbg !21\n"),
    );
    let ir = format!(
        "{ir}define internal void @f(ptr %r, i64 %n) noinline {{\n  \
         %v = load volatile i64, ptr @prog_out\n{body}  ret void\n}}\n\
         define internal void @g(ptr %r) noinline {{\n  \
         %w = load i64, ptr %r\n  store volatile i64 %w, ptr @prog_out\n  ret void\n}}\n"
    );
    let folder = Folder::new(&format!("unread_{test}"));
    let input = folder.file("a.ll", ir);
    let output = folder.link(&[&input, "--export", "prog", "--emit", "llvm-ir"]);
    let ir = String::from_utf8_lossy(&output);
    assert_eq!(
        ir.matches("call fastcc void @f(").count(),
        calls.len(),
        "{ir}"
    );
    ir.contains("77")
}

#[test]
fn a_result_that_no_caller_reads_is_taken_out() {
    assert!(!is_written("dropped", WRITES, &[DROPPED, DROPPED]));
}

#[test]
fn a_result_that_one_caller_reads_stays() {
    let read =
        format!("{DROPPED}  %x# = load i64, ptr %r#\n  store volatile i64 %x#, ptr @prog_out\n");
    assert!(is_written("read", WRITES, &[DROPPED, &read]));
    let part = format!(
        "{DROPPED}  %s# = getelementptr i8, ptr %r#, i64 2\n  %x# = load i8, ptr %s#\n  \
         store volatile i8 %x#, ptr @prog_out\n"
    );
    assert!(is_written("part", WRITES, &[&part, DROPPED]));
    let passed_on =
        format!("{DROPPED}  call void @g(ptr %r#), !dbg !21\n  call void @g(ptr %r#), !dbg !21\n");
    assert!(is_written("passed_on", WRITES, &[DROPPED, &passed_on]));
    let kept = format!(
        "{DROPPED}  %x# = ptrtoint ptr %r# to i64\n  store volatile i64 %x#, ptr @prog_out\n"
    );
    assert!(is_written("kept", WRITES, &[DROPPED, &kept]));
}

#[test]
fn memory_that_is_not_the_callers_own_is_written() {
    let outer = "  call void @f(ptr @prog_out, i64 #), !dbg !21\n";
    assert!(is_written("outer", WRITES, &[DROPPED, outer]));
}

#[test]
fn what_the_function_itself_reads_or_passes_on_stays() {
    let reads = format!(
        "{WRITES}  %x = load volatile i64, ptr %r\n  store volatile i64 %x, ptr @prog_out\n"
    );
    assert!(is_written("itself", &reads, &[DROPPED, DROPPED]));
    let passes = format!("{WRITES}  call void @g(ptr %r)\n");
    assert!(is_written("passes", &passes, &[DROPPED, DROPPED]));
    let keeps = format!("{WRITES}  store volatile ptr %r, ptr @prog_out\n");
    assert!(is_written("keeps", &keeps, &[DROPPED, DROPPED]));
    let volatile = WRITES.replace("store i64 77", "store volatile i64 77");
    assert!(is_written("volatile", &volatile, &[DROPPED, DROPPED]));
}
