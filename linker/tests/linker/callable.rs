//! Functions that eBPF cannot call as they are: the linker makes a call of them all the same.

use crate::{
    linking::{Folder, parsed, records, said},
    program::program,
};

const REQUEST: &str = "byte_off struct task_struct.pid:i32";

/// A program that calls a function twice, which no optimiser inlines or takes apart by itself.
fn calls(call: &str, function: &str) -> String {
    let both = format!(
        "{}{}  ret i32 0, !dbg !21\n",
        call.replace('#', "1"),
        call.replace('#', "2")
    );
    let program = program("prog", "raw_tp/x", &[REQUEST]);
    let called = program.replace(
        "  ret i32 0, !dbg !21\n",
        &format!("  %n = load volatile i64, ptr %context, !dbg !21\n{both}"),
    );
    format!("{called}{function}")
}

/// Links it; the object has these functions, and the record.
fn functions(test: &str, ir: &str) -> Vec<String> {
    let folder = Folder::new(test);
    let input = folder.file("a.ll", ir);
    let object = folder.link(&[&input, "--export", "prog"]);
    assert_eq!(said(&records(&object)), ["byte_off task_struct.pid"]);
    let object = parsed(&object);
    let names = object.functions().iter().map(|of| of.name.to_owned());
    names.collect()
}

#[test]
fn two_registers_as_a_result() {
    let ir = calls(
        "  %r# = call { i64, i64 } @pair(i64 %n) noinline, !dbg !21\n  \
         %a# = extractvalue { i64, i64 } %r#, 0\n  %b# = extractvalue { i64, i64 } %r#, 1\n  \
         store volatile i64 %a#, ptr @prog_out\n  store volatile i64 %b#, ptr @prog_out\n",
        "define internal { i64, i64 } @pair(i64 %n) noinline {\n  \
         %v = load volatile i64, ptr @prog_out\n  %w = add i64 %v, %n\n  \
         %r = insertvalue { i64, i64 } poison, i64 %v, 0\n  \
         %s = insertvalue { i64, i64 } %r, i64 %w, 1\n  ret { i64, i64 } %s\n}\n",
    );
    assert_eq!(functions("pair", &ir), ["prog"]);
    let wide = ir.replace("{ i64, i64 }", "i128");
    let wide = wide.replace(
        "  %a1 = extractvalue i128 %r1, 0\n  %b1 = extractvalue i128 %r1, 1\n",
        "  %a1 = trunc i128 %r1 to i64\n  %b1 = add i64 %a1, 1\n",
    );
    let wide = wide.replace(
        "  %a2 = extractvalue i128 %r2, 0\n  %b2 = extractvalue i128 %r2, 1\n",
        "  %a2 = trunc i128 %r2 to i64\n  %b2 = add i64 %a2, 1\n",
    );
    let (program, _) = wide.split_once("define internal i128").unwrap_or_default();
    let wide = format!(
        "{program}define internal i128 @pair(i64 %n) noinline {{\n  %v = load volatile i64, ptr @prog_out\n  \
         %w = zext i64 %v to i128\n  %x = shl i128 %w, 9\n  ret i128 %x\n}}\n"
    );
    assert_eq!(functions("wide", &wide), ["prog"]);
}

#[test]
fn more_arguments_than_registers() {
    let ir = calls(
        "  %r# = call i64 @six(i64 %n, i64 %n, i64 %n, i64 %n, i64 %n, i64 #), !dbg !21\n  \
         store volatile i64 %r#, ptr @prog_out\n",
        "define internal i64 @six(i64 %a, i64 %b, i64 %c, i64 %d, i64 %e, i64 %f) noinline {\n  \
         store volatile i64 %a, ptr @prog_out\n  store volatile i64 %b, ptr @prog_out\n  \
         store volatile i64 %c, ptr @prog_out\n  store volatile i64 %d, ptr @prog_out\n  \
         store volatile i64 %e, ptr @prog_out\n  store volatile i64 %f, ptr @prog_out\n  ret i64 %f\n}\n",
    );
    // LLVM knows the five that are the same, and so does not need them.
    let ir = ir.replace(
        "i64 %n, i64 %n, i64 %n, i64 %n, i64 %n, i64 2",
        "i64 2, i64 3, i64 4, i64 5, i64 6, i64 %n",
    );
    assert_eq!(functions("six", &ir), ["prog"]);
}

#[test]
fn a_result_behind_a_pointer() {
    // As rustc writes at level 0. It stays a function: two registers are enough.
    let ir = calls(
        "  %room# = alloca [32 x i8]\n  \
         call void @turned(ptr sret([32 x i8]) %room#, i64 %n), !dbg !21\n  \
         %v# = load volatile i64, ptr %room#\n",
        "define internal void @turned(ptr sret([32 x i8]) %result, i64 %n) noinline {\n  \
         store volatile i64 %n, ptr %result\n  ret void\n}\n",
    );
    assert_eq!(functions("sret", &ir), ["turned", "prog"]);
}
