//! A value that is copied into memory of a ring buffer is read there, where nobody can tell.

use crate::calls::linked;
use crate::places::{LOADS, STORES, read};

/// The number of variables that are left of a program which reads `%comm`, and copies it into memory of a ring buffer, 8
/// bytes behind its beginning. `before` is done before that is reserved, `there` when it is, `failed` where the read fails, and `sent` at the end.
fn variables(test: &str, parts: [&str; 4]) -> usize {
    variables_at(8, test, parts)
}

/// The same, `at` bytes behind its beginning.
fn variables_at(at: u64, test: &str, [before, there, failed, sent]: [&str; 4]) -> usize {
    let size = at + 24;
    let stores = STORES.replace("ptr %there, ptr %comm", "ptr align 8 %there, ptr %comm");
    let body = format!(
        "  %comm = alloca [16 x i8], align 1\n{before}  \
         %m = call align 8 ptr inttoptr (i64 131 to ptr)(ptr @prog_out, i64 {size}, i64 0), !dbg !21\n  \
         %n = icmp eq ptr %m, null\n  br i1 %n, label %end, label %some\n\
         some:\n{there}  %c = icmp eq i64 %e, 0\n  br i1 %c, label %good, label %bad\n\
         bad:\n{failed}  br label %end\n\
         good:\n{LOADS}  store i64 7, ptr %m\n  %there = getelementptr i8, ptr %m, i64 {at}\n{stores}{SUBMIT}{sent}  \
         br label %end\n\
         end:\n  ret i32 0, !dbg !21\n"
    );
    let ir = linked(&format!("reserved_{test}"), "llvm-ir", &body);
    ir.matches(" = alloca").count()
}

const SUBMIT: &str = "  call void inttoptr (i64 132 to ptr)(ptr %m, i64 0), !dbg !21\n";
const DISCARD: &str = "  call void inttoptr (i64 133 to ptr)(ptr %m, i64 0), !dbg !21\n";

#[test]
fn a_value_is_read_where_it_is_submitted() {
    let read = read("e", "%comm", 16);
    assert_eq!(variables("there", ["", &read, DISCARD, ""]), 0);
}

#[test]
fn a_value_is_read_far_behind_the_beginning() {
    let read = read("e", "%comm", 16);
    for at in [496, 504, 512, 2048, 8000] {
        assert_eq!(variables_at(at, "far", ["", &read, DISCARD, ""]), 0, "{at}");
    }
    // What is there is read once more, in the value's place or before it.
    for (byte, left) in [(2047, 0), (2048, 1), (2063, 1), (2064, 0)] {
        let again = format!(
            "  %far = getelementptr i8, ptr %m, i64 {byte}\n  store i8 1, ptr %far\n{read}  \
             %old = load i8, ptr %far\n  store volatile i8 %old, ptr @prog_out\n"
        );
        assert_eq!(
            variables_at(2048, "far_again", ["", &again, DISCARD, ""]),
            left,
            "{byte}"
        );
    }
}

#[test]
fn memory_that_is_cleared_before_it_is_filled_is_not_cleared() {
    let cleared = "  call void @llvm.memset.p0.i64(ptr %comm, i8 0, i64 16, i1 false)\n";
    let name = "  %e = call i64 inttoptr (i64 16 to ptr)(ptr %comm, i32 16), !dbg !21\n";
    let both = format!("{cleared}{name}");
    assert_eq!(variables("cleared", ["", &both, DISCARD, ""]), 0);
}

#[test]
fn what_is_submitted_of_a_failed_read_is_what_was_there() {
    let read = read("e", "%comm", 16);
    let cleared = format!("  store i64 0, ptr %m\n{read}");
    assert_eq!(variables("failed", ["", &cleared, SUBMIT, ""]), 1);
}

#[test]
fn a_value_that_is_of_use_elsewhere_is_a_variable() {
    let read = read("e", "%comm", 16);
    // Before the memory is reserved.
    assert_eq!(variables("before", [&read, "", DISCARD, ""]), 1);
    // When it is submitted.
    let used = "  %x = load volatile i64, ptr %comm, align 1\n";
    assert_eq!(variables("after", ["", &read, DISCARD, used]), 1);
    let used = "  %x = load i64, ptr %comm, align 1\n  store volatile i64 %x, ptr @prog_out\n";
    assert_eq!(variables("later", ["", &read, DISCARD, used]), 1);
    // Where a helper wants a variable, before Linux 5.18.
    let key =
        format!("{read}  call ptr inttoptr (i64 1 to ptr)(ptr @prog_out, ptr %comm), !dbg !21\n");
    assert_eq!(variables("key", ["", &key, DISCARD, ""]), 1);
}
