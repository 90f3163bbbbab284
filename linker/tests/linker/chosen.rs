//! A value that is read, or is something else where the read fails, is in the variable of the read on both ways.

use crate::calls::linked;
use crate::places::{LOADS, STORES, bytes_moved, read};

/// A program that reads `%comm`, or takes constants in its place, and puts what it has into memory of a map. `read_too` is
/// done behind the read, `failed` where it failed, and `met` behind both.
fn put(read_too: &str, failed: &str, met: &str) -> String {
    let stores = STORES
        .replace("ptr %there, ptr %comm", "ptr align 8 %there, ptr %comm")
        .replace("%l", "%v");
    format!(
        "  %comm = alloca [16 x i8], align 1\n  %key = alloca i32, align 4\n{}  %c = icmp eq i64 %e, 0\n  \
         br i1 %c, label %good, label %bad\n\
         good:\n{LOADS}{read_too}  br label %both\n\
         bad:\n  call void @llvm.memset.p0.i64(ptr %comm, i8 120, i64 3, i1 false)\n{failed}  br label %both\n\
         both:\n  %v3 = phi i32 [ 1701, %bad ], [ %l3, %good ]\n  %v7 = phi i64 [ 1702, %bad ], [ %l7, %good ]\n  \
         %v15 = phi i8 [ 17, %bad ], [ %l15, %good ]\n{met}  store i32 0, ptr %key\n  \
         %m = call ptr inttoptr (i64 1 to ptr)(ptr @prog_out, ptr %key), !dbg !21\n  \
         %n = icmp eq ptr %m, null\n  br i1 %n, label %end, label %put\n\
         put:\n  %there = getelementptr i8, ptr %m, i64 8\n{stores}  br label %end\n\
         end:\n  ret i32 0, !dbg !21\n",
        read("e", "%comm", 16),
    )
}

#[test]
fn a_read_or_a_constant_is_one_copy() {
    let assembly = linked("chosen_put", "asm", &put("", "", ""));
    assert_eq!(bytes_moved(&assembly), 0, "{assembly}");
    assert_eq!(assembly.matches("= *(u64 *)(r10").count(), 2, "{assembly}");
}

#[test]
fn two_choices_are_one_copy() {
    let again = "  %w = load volatile i64, ptr @prog_out\n  %d = icmp eq i64 %w, 0\n  br i1 %d, label %other, label %same\n\
        other:\n  call void @llvm.memset.p0.i64(ptr %comm, i8 121, i64 3, i1 false)\n  br label %same\n\
        same:\n  %w3 = phi i32 [ 1, %other ], [ %v3, %both ]\n  %w7 = phi i64 [ 2, %other ], [ %v7, %both ]\n  \
        %w15 = phi i8 [ 3, %other ], [ %v15, %both ]\n";
    let body = put("", "", again);
    let (begin, end) = body.split_at(body.find("put:\n").unwrap());
    let body = begin.to_owned() + &end.replace("%v", "%w");
    let assembly = linked("chosen_twice", "asm", &body);
    assert_eq!(bytes_moved(&assembly), 0, "{assembly}");
}

/// The variable has another value where the constants are chosen, and that one is sent.
#[test]
fn a_variable_that_is_read_once_more_keeps_its_value() {
    let send =
        "  call i64 inttoptr (i64 130 to ptr)(ptr @prog_out, ptr %comm, i64 16, i64 0), !dbg !21\n";
    let assembly = linked("chosen_sent", "asm", &put("", "", send));
    assert!(bytes_moved(&assembly) > 10, "{assembly}");
}

/// What was loaded is not there any more.
#[test]
fn a_variable_that_is_read_into_again_has_another_value() {
    let again = read("f", "%comm", 16);
    let assembly = linked("chosen_again", "asm", &put(&again, "", ""));
    assert!(bytes_moved(&assembly) > 10, "{assembly}");
    let volatile = "  store volatile i32 5, ptr %c7, align 1\n";
    let assembly = linked("chosen_volatile", "asm", &put(volatile, "", ""));
    assert!(bytes_moved(&assembly) > 10, "{assembly}");
}

/// The same bytes, and two values that stand for them where the read failed.
#[test]
fn two_values_are_not_in_one_place() {
    let body = put("", "", "  store volatile i64 %o7, ptr @prog_out\n").replace(
        "  %v15 = phi",
        "  %o7 = phi i64 [ 1703, %bad ], [ %l7, %good ]\n  %v15 = phi",
    );
    let ir = linked("chosen_two", "llvm-ir", &body);
    assert!(ir.contains("phi i64 [ 1703"), "{ir}");
    assert!(!ir.contains("store i64 1703"), "{ir}");
}

/// The way on which it fails goes elsewhere too, so nothing is stored at its end.
#[test]
fn a_way_that_leads_elsewhere_is_left_alone() {
    let body = put("", "", "").replace(
        "i1 false)\n  br label %both",
        "i1 false)\n  %w = load volatile i64, ptr @prog_out\n  %d = icmp eq i64 %w, 0\n  br i1 %d, label %both, label %end",
    );
    let assembly = linked("chosen_elsewhere", "asm", &body);
    assert!(bytes_moved(&assembly) > 10, "{assembly}");
}
