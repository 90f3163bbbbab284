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

/// The way on which it fails goes elsewhere too: what is stored there gets a block of its own.
#[test]
fn a_way_that_leads_elsewhere_has_a_block_for_it() {
    let body = put("", "", "").replace(
        "i1 false)\n  br label %both",
        "i1 false)\n  %w = load volatile i64, ptr @prog_out\n  %d = icmp eq i64 %w, 0\n  br i1 %d, label %both, label %end",
    );
    let assembly = linked("chosen_elsewhere", "asm", &body);
    assert_eq!(assembly.matches("= *(u64 *)(r10").count(), 2, "{assembly}");
    assert!(!assembly.contains("= *(u8 *)"), "{assembly}");
}

/// An address that is read, or one of IPv4 with zeros before it: bytes 6 to 10 are put together of two loads. `number` is
/// what is stored there.
fn address(zeros: &str, number: &str) -> String {
    let at = |name: &str, offset: u32| {
        format!("  %{name} = getelementptr i8, ptr %there, i64 {offset}\n")
    };
    format!(
        "  %event = alloca [24 x i8], align 4\n  store i64 0, ptr %event\n{}{}{}{}  \
         %w = load volatile i64, ptr @prog_out\n  %k = icmp eq i64 %w, 0\n  br i1 %k, label %v4, label %v6\n\
         v4:\n  call void @llvm.memset.p0.i64(ptr %there, i8 {zeros}, i64 16, i1 false)\n  br label %both\n\
         v6:\n{}  %c = icmp eq i64 %e, 0\n  br i1 %c, label %read, label %failed\n\
         read:\n  %l7 = load i64, ptr %c7, align 1\n  %t7 = trunc i64 %l7 to i32\n  %s7 = shl i32 %t7, 8\n  \
         br label %both\n\
         failed:\n  ret i32 1, !dbg !21\n\
         both:\n  %part = phi i32 [ 0, %v4 ], [ %s7, %read ]\n  %l3 = load i32, ptr %c3, align 1\n  \
         %first = lshr i32 %l3, 24\n  %all = or i32 %first, %part\n  \
         call i64 inttoptr (i64 35 to ptr)(i64 1), !dbg !21\n  store i32 {number}, ptr %c6, align 1\n  \
         call i64 inttoptr (i64 130 to ptr)(ptr @prog_out, ptr %event, i64 24, i64 0), !dbg !21\n  \
         ret i32 0, !dbg !21\n",
        "  %there = getelementptr i8, ptr %event, i64 8\n",
        at("c3", 3),
        at("c6", 6),
        at("c7", 7),
        read("e", "%there", 16),
    )
}

#[test]
fn a_number_of_two_parts_that_are_there_is_not_stored() {
    let ir = linked("chosen_address", "llvm-ir", &address("0", "%all"));
    assert!(
        !ir.contains("call i32 @llvm.fshl") && !ir.contains("%all = phi"),
        "{ir}"
    );
}

#[test]
fn a_number_of_two_parts_that_differs_is() {
    // What stands there for IPv4 is not 0.
    let ir = linked("chosen_address_5", "llvm-ir", &address("5", "%all"));
    // Bytes 0 to 6 are 5, as the seventh is that of the zeros, and 7 to 9 are 0.
    let first = format!("store i64 {}", 0x0005_0505_0505_0505_u64);
    assert!(ir.contains(&first), "{ir}");
    // The parts go to other bytes.
    let other = address("0", "%all").replace(
        "%c6 = getelementptr i8, ptr %there, i64 6",
        "%c6 = getelementptr i8, ptr %there, i64 5",
    );
    let ir = linked("chosen_address_other", "llvm-ir", &other);
    assert!(ir.contains("%all = phi i32"), "{ir}");
    // Only the first part differs.
    let ir = linked("chosen_address_part", "llvm-ir", &address("0", "%part"));
    assert!(
        ir.contains("store i8 0") && !ir.contains("phi i32 [ 0, %v4 ]"),
        "{ir}"
    );
}
