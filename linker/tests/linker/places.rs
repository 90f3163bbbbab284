//! A value that is passed on is read to where it goes: variables that are copied have one memory, where nobody can tell.

use crate::{big_endian::big_endian, calls::linked, linking::Folder, program::program};

/// A helper that fills so many bytes.
pub(crate) fn read(name: &str, to: &str, size: u32) -> String {
    format!(
        "  %{name} = call i64 inttoptr (i64 113 to ptr)(ptr {to}, i32 {size}, ptr %context), !dbg !21\n"
    )
}

/// A helper that takes all of an event.
const SEND: &str =
    "  call i64 inttoptr (i64 130 to ptr)(ptr @prog_out, ptr %event, i64 24, i64 0), !dbg !21\n";

/// The copy of 16 bytes from `%comm` to `%there` as LLVM leaves it of a result: loads, and stores behind them.
pub(crate) const LOADS: &str = "  %c3 = getelementptr i8, ptr %comm, i64 3\n  %l3 = load i32, ptr %c3, align 1\n  \
    %c7 = getelementptr i8, ptr %comm, i64 7\n  %l7 = load i64, ptr %c7, align 1\n  \
    %c15 = getelementptr i8, ptr %comm, i64 15\n  %l15 = load i8, ptr %c15, align 1\n";
pub(crate) const STORES: &str = "  call void @llvm.memcpy.p0.p0.i64(ptr %there, ptr %comm, i64 3, i1 false)\n  \
    %t3 = getelementptr i8, ptr %there, i64 3\n  store i32 %l3, ptr %t3, align 1\n  \
    %t7 = getelementptr i8, ptr %there, i64 7\n  store i64 %l7, ptr %t7, align 1\n  \
    %t15 = getelementptr i8, ptr %there, i64 15\n  store i8 %l15, ptr %t15, align 1\n";

const BEGIN: &str = "  call void @llvm.lifetime.start.p0(ptr %comm)\n";
const END: &str = "  call void @llvm.lifetime.end.p0(ptr %comm)\n";

/// A program that reads `%comm`, and copies it into `%event` if it could; `failed` is done if not, `copied` in front of
/// the copy and `sent` at the end.
fn passed_on(begun: &str, failed: &str, copied: &str, sent: &str) -> String {
    format!(
        "  %comm = alloca [16 x i8], align 1\n  %event = alloca [24 x i8], align 4\n  \
         %there = getelementptr i8, ptr %event, i64 8\n{BEGIN}{begun}{}  \
         %c = icmp eq i64 %e, 0\n  br i1 %c, label %good, label %bad\n\
         bad:\n{failed}{END}  ret i32 1, !dbg !21\n\
         good:\n{LOADS}  store i32 1, ptr %event\n  %e4 = getelementptr i8, ptr %event, i64 4\n  \
         store i32 2, ptr %e4\n{copied}{STORES}{END}{SEND}{sent}  ret i32 0, !dbg !21\n",
        read("e", "%comm", 16),
    )
}

fn variables(ir: &str) -> usize {
    ir.matches(" = alloca").count()
}

#[test]
fn a_value_is_read_to_where_it_goes() {
    let ir = linked("places_passed", "llvm-ir", &passed_on("", "", "", ""));
    assert_eq!(variables(&ir), 1, "{ir}");
    assert!(!ir.contains("call void @llvm.memcpy"), "{ir}");
    assert!(!ir.contains("store i64 %l7"), "{ir}");
}

/// Where one of the two is written while the other one is wanted, both keep their memory.
#[test]
fn values_that_are_both_wanted_keep_their_memory() {
    let fill = read("f", "%event", 24);
    let part = "  %w = load volatile i64, ptr @prog_out\n  store i64 %w, ptr %there, align 4\n";
    let use_comm =
        "  call i64 inttoptr (i64 131 to ptr)(ptr @prog_out, ptr %comm, i64 16), !dbg !21\n";
    let early = passed_on("", "", "", "").replace(END, "");
    for (test, body) in [
        // The event had a value before, which is sent where the read has failed.
        ("old", passed_on(&fill, SEND, "", "")),
        // The variable is used behind the copy, and the event was written in between.
        ("behind", early.replace(SEND, &format!("{part}{SEND}{use_comm}"))),
        // Somebody has the address.
        ("kept", passed_on("", "  store volatile ptr %comm, ptr @prog_out\n", "", "")),
        ("there", passed_on("  store volatile ptr %event, ptr @prog_out\n", "", "", "")),
        // It is copied to two places.
        (
            "twice",
            passed_on("", "", "", "").replace(
                SEND,
                &format!("  call void @llvm.memcpy.p0.p0.i64(ptr %event, ptr %there, i64 8, i1 false)\n  \
                          call void @llvm.memcpy.p0.p0.i64(ptr %there, ptr %comm, i64 9, i1 true)\n{SEND}"),
            ),
        ),
    ] {
        let ir = linked(&format!("places_{test}"), "llvm-ir", &body);
        assert_eq!(variables(&ir), 2, "{test}: {ir}");
    }
}

/// It is read once more before the copy, whose first part takes what is new, and the others what is old.
#[test]
fn a_value_that_is_read_again_is_stored() {
    let again = read("g", "%comm", 16);
    let ir = linked("places_again", "llvm-ir", &passed_on("", "", &again, ""));
    assert!(
        ir.contains("store i64 %l7") && ir.contains("store i32 %l3"),
        "{ir}"
    );
}

/// In a loop, what was read is sent the next time round.
#[test]
fn a_value_of_the_turn_before_is_kept() {
    let body = format!(
        "  %comm = alloca [16 x i8], align 8\n  %event = alloca [16 x i8], align 8\n{}  br label %turn\n\
         turn:\n{}  \
         call i64 inttoptr (i64 130 to ptr)(ptr @prog_out, ptr %event, i64 16, i64 0), !dbg !21\n  \
         call void @llvm.memcpy.p0.p0.i64(ptr align 8 %event, ptr align 8 %comm, i64 16, i1 false)\n  \
         %n = load volatile i64, ptr @prog_out\n  %c = icmp ugt i64 %n, 7\n  \
         br i1 %c, label %turn, label %end\n\
         end:\n  ret i32 0, !dbg !21\n",
        read("f", "%event", 16),
        read("e", "%comm", 16),
    );
    let ir = linked("places_turns", "llvm-ir", &body);
    assert_eq!(variables(&ir), 2, "{ir}");
}

/// What a variable was aligned to, its place in another one need not be.
#[test]
fn alignment_is_that_of_the_place() {
    let body = format!(
        "  %word = alloca i64, align 8\n  %event = alloca [24 x i8], align 4\n  \
         %there = getelementptr i8, ptr %event, i64 12\n{}{}  \
         call void @llvm.memcpy.p0.p0.i64(ptr align 4 %there, ptr align 8 %word, i64 8, i1 false)\n  \
         %x = load i64, ptr %word, align 8\n  store volatile i64 %x, ptr @prog_out\n{SEND}  \
         ret i32 0, !dbg !21\n",
        read("f", "%event", 24),
        read("e", "%word", 8),
    );
    let ir = linked("places_aligned", "llvm-ir", &body);
    assert_eq!(variables(&ir), 1, "{ir}");
    let load = ir.lines().find(|line| line.contains("= load i64, ptr %"));
    assert!(load.is_some_and(|load| load.contains("align 4")), "{ir}");
}

/// A read with a default: the default is stored on its own way.
#[test]
fn a_default_goes_to_where_the_value_is() {
    let body = format!(
        "  %comm = alloca [8 x i8], align 1\n  %event = alloca [24 x i8], align 4\n  \
         %there = getelementptr i8, ptr %event, i64 8\n{}  %e16 = getelementptr i8, ptr %event, i64 16\n{}{BEGIN}{}  \
         %c = icmp eq i64 %e, 0\n  br i1 %c, label %good, label %bad\n\
         good:\n  %x = load i64, ptr %comm, align 1\n  br label %both\n\
         bad:\n  %y = load volatile i64, ptr @prog_out\n  br label %both\n\
         both:\n  %v = phi i64 [ %y, %bad ], [ %x, %good ]\n{END}  \
         store i64 %v, ptr %there, align 4\n{SEND}  ret i32 0, !dbg !21\n",
        read("f", "%event", 8),
        read("h", "%e16", 8),
        read("e", "%comm", 8),
    );
    let ir = linked("places_default", "llvm-ir", &body);
    assert_eq!(variables(&ir), 1, "{ir}");
    assert!(
        !ir.contains("phi i64") && ir.contains("store i64 %y"),
        "{ir}"
    );
}

/// The program that copies the read bytes into memory of a map, in parts.
fn put(between: &str, to: &str) -> String {
    format!(
        "  %comm = alloca [16 x i8], align 1\n  %key = alloca i32, align 4\n{}{LOADS}  store i32 0, ptr %key\n  \
         %m = call ptr inttoptr (i64 1 to ptr)(ptr @prog_out, ptr %key), !dbg !21\n  \
         %n = icmp eq ptr %m, null\n  br i1 %n, label %end, label %put\n\
         put:\n{between}  %there = getelementptr i8, ptr {to}, i64 8\n{}  br label %end\n\
         end:\n  ret i32 0, !dbg !21\n",
        read("e", "%comm", 16),
        STORES.replace("ptr %there, ptr %comm", "ptr align 8 %there, ptr %comm"),
    )
}

pub(crate) fn bytes_moved(assembly: &str) -> usize {
    assembly
        .lines()
        .filter(|line| line.contains("*(u8 *)"))
        .count()
}

#[test]
fn parts_of_a_copy_are_one_copy() {
    let assembly = linked("places_parts", "asm", &put("", "%m"));
    assert_eq!(bytes_moved(&assembly), 0, "{assembly}");
    assert_eq!(assembly.matches("= *(u64 *)(r10").count(), 2, "{assembly}");
}

#[test]
fn parts_of_other_values_are_not() {
    // What comes first is what was read before, and the rest what is read now.
    let again = read("g", "%comm", 16);
    let assembly = linked("places_parts_again", "asm", &put(&again, "%m"));
    assert!(bytes_moved(&assembly) > 10, "{assembly}");
    // A field of a context is written in its size.
    let assembly = linked("places_parts_context", "asm", &put("", "%context"));
    assert!(bytes_moved(&assembly) > 10, "{assembly}");
}

#[test]
fn constants_are_written_in_words() {
    let fill = |to: &str, volatile: &str| {
        format!(
            "  %comm = alloca [24 x i8], align 1\n  \
             call void @llvm.memset.p0.i64(ptr {to}, i8 0, i64 17, i1 {volatile})\n  \
             %c17 = getelementptr i8, ptr {to}, i64 17\n  store i32 0, ptr %c17, align 1\n  \
             %c21 = getelementptr i8, ptr {to}, i64 21\n  store i16 0, ptr %c21, align 1\n  \
             %c23 = getelementptr i8, ptr {to}, i64 23\n  store i8 1, ptr %c23, align 1\n{}  \
             ret i32 0, !dbg !21\n",
            SEND.replace("%event", "%comm")
        )
    };
    let own = linked("places_fill", "asm", &fill("%comm", "false"));
    assert_eq!(own.matches("*(u64 *)(r10").count(), 3, "{own}");
    assert!(!own.contains("call memset"), "{own}");
    let volatile = linked("places_fill_volatile", "asm", &fill("%comm", "true"));
    assert!(volatile.contains("call memset"), "{volatile}");
    let others = linked("places_fill_context", "asm", &fill("%context", "false"));
    assert!(!others.contains("*(u64 *)(r1 + 16)"), "{others}");
}

/// The order of bytes in a word is that of the machine.
#[test]
fn constants_are_in_the_order_of_the_machine() {
    let body = "  %a = alloca [8 x i8], align 1\n  store i32 1, ptr %a, align 1\n  \
        %b = getelementptr i8, ptr %a, i64 4\n  store i32 2, ptr %b, align 1\n  \
        call i64 inttoptr (i64 130 to ptr)(ptr @prog_out, ptr %a, i64 8, i64 0), !dbg !21\n  ret i32 0, !dbg !21\n";
    let requests = ["field_exists struct task_struct.state:i64"];
    let little = program("prog", "raw_tp/x", &requests).replace("  ret i32 0, !dbg !21\n", body);
    for (test, ir, word) in [
        ("places_big", big_endian(&little), (1u64 << 32) + 2),
        ("places_little", little, (2 << 32) + 1),
    ] {
        let folder = Folder::new(test);
        let input = folder.file("a.ll", ir);
        let output = folder.link(&[&input, "--export", "prog", "--emit", "llvm-ir"]);
        let output = String::from_utf8_lossy(&output);
        assert!(
            output.contains(&format!("store i64 {word}, ptr")),
            "{output}"
        );
    }
}

/// A copy that is made by way of a variable with more bytes than it needs, as LLVM leaves one of a tuple.
#[test]
fn bytes_of_no_use_are_no_part_of_a_variable() {
    let body = format!(
        "  %comm = alloca [16 x i8], align 1\n  %part = alloca [12 x i8], align 4\n  \
         %event = alloca [24 x i8], align 4\n  %there = getelementptr i8, ptr %event, i64 8\n{}  \
         %c7 = getelementptr i8, ptr %comm, i64 7\n  %t7 = getelementptr i8, ptr %there, i64 7\n  \
         store i64 0, ptr %event\n  call void @llvm.memcpy.p0.p0.i64(ptr %there, ptr %comm, i64 7, i1 false)\n  \
         call void @llvm.memcpy.p0.p0.i64(ptr %part, ptr %c7, i64 9, i1 false)\n  \
         call void @llvm.memcpy.p0.p0.i64(ptr %t7, ptr %part, i64 9, i1 false)\n{SEND}  ret i32 0, !dbg !21\n",
        "  %e = call i64 inttoptr (i64 16 to ptr)(ptr %comm, i32 16), !dbg !21\n",
    );
    let ir = linked("places_used", "llvm-ir", &body);
    assert_eq!(variables(&ir), 1, "{ir}");
    assert!(!ir.contains("call void @llvm.memcpy"), "{ir}");
}

/// A key and its copy, and what a helper does with each.
fn keys(helper: &str) -> String {
    let body = format!(
        "  %key = alloca [16 x i8], align 4\n  %copy = alloca [16 x i8], align 4\n{}  \
         call void @llvm.memcpy.p0.p0.i64(ptr %copy, ptr %key, i64 16, i1 false)\n  \
         %a = call ptr inttoptr (i64 {helper} to ptr)(ptr @prog_out, ptr %copy), !dbg !21\n  \
         %b = call ptr inttoptr (i64 1 to ptr)(ptr @prog_out, ptr %key), !dbg !21\n  ret i32 0, !dbg !21\n",
        read("e", "%key", 16)
    );
    linked(&format!("places_keys_{helper}"), "llvm-ir", &body)
}

#[test]
fn copies_that_nobody_writes_to_are_one() {
    let ir = keys("3");
    assert_eq!(variables(&ir), 1, "{ir}");
    // `bpf_map_pop_elem` writes.
    let ir = keys("88");
    assert_eq!(variables(&ir), 2, "{ir}");
}

/// `bpf_get_current_comm` fills its buffer even if it fails.
#[test]
fn a_name_needs_no_cleared_buffer() {
    let body = "  %comm = alloca [16 x i8], align 1\n  \
        call void @llvm.memset.p0.i64(ptr %comm, i8 0, i64 16, i1 false)\n  \
        %e = call i64 inttoptr (i64 16 to ptr)(ptr %comm, i32 16), !dbg !21\n  \
        call i64 inttoptr (i64 130 to ptr)(ptr @prog_out, ptr %comm, i64 16, i64 0), !dbg !21\n  \
        ret i32 0, !dbg !21\n";
    let ir = linked("places_comm", "llvm-ir", body);
    assert!(
        !ir.contains("call void @llvm.memset") && !ir.contains("store i64 0"),
        "{ir}"
    );
}
