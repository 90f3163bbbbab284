//! What `cargo build` checks and `cargo build --release` does not is not in the object.

use bpf_core_btf::object::Object;

use crate::{
    linking::{Folder, section},
    program::program,
};

const OVERFLOW: &str =
    "_RNvNtNtCsekSLl84fqfl_4core9panicking11panic_const24panic_const_add_overflow";
const NOUNWIND: &str = "_RNvNtCsekSLl84fqfl_4core9panicking14panic_nounwind";
const DIVISION: &str =
    "_RNvNtNtCsekSLl84fqfl_4core9panicking11panic_const23panic_const_div_by_zero";
const PRECONDITION: &str =
    "_RNvNvMNtNtCsekSLl84fqfl_4core3ptr7mut_ptrOp3add18precondition_checkCsi3hKyXlWlev_4prog";

/// A program that adds, and calls a function if the sum overflows.
fn adds(on_overflow: &str) -> String {
    let checked = format!(
        "  %n = load volatile i64, ptr %context\n  \
         %s = call {{i64, i1}} @llvm.uadd.with.overflow.i64(i64 %n, i64 %v0)\n  \
         %o = extractvalue {{i64, i1}} %s, 1\n  %r = extractvalue {{i64, i1}} %s, 0\n  \
         call void @\"{PRECONDITION}\"(i64 %n), !dbg !21\n  \
         br i1 %o, label %on, label %fine\n\
         on:\n  br label %panic\n\
         panic:\n  call void @\"{on_overflow}\"() noreturn, !dbg !21\n  unreachable\n\
         fine:\n  store volatile i64 %r, ptr @prog_out\n  ret i32 0"
    );
    let panics = format!(
        "declare {{i64, i1}} @llvm.uadd.with.overflow.i64(i64, i64)\n\
         define void @\"{on_overflow}\"() noinline noreturn {{\n  br label %loop\n\
         loop:\n  store volatile i64 4711, ptr @prog_out\n  br label %loop\n}}\n\
         define void @\"{PRECONDITION}\"(i64 %n) noinline {{\n  \
         %odd = icmp eq i64 %n, 7\n  br i1 %odd, label %panic, label %fine\n\
         panic:\n  call void @\"{on_overflow}\"() noreturn\n  unreachable\n\
         fine:\n  ret void\n}}\n"
    );
    program("prog", "raw_tp/x", &["byte_off struct task_struct.pid:i32"])
        .replace("  ret i32 0", &checked)
        .replace("declare i64 @__bpf", &format!("{panics}declare i64 @__bpf"))
}

/// The same with a `switch` in place of the branch, as rustc makes it at level 1 of two checks.
fn switches(on_overflow: &str) -> String {
    let switch = "switch i64 %n, label %fine [ i64 0, label %none\n i64 -9, label %panic\n i64 -8, label %panic ]\n\
                  none:\n  store volatile i64 1, ptr @prog_out\n  br label %fine\n";
    let phi = "fine:\n  %w = phi i64 [ %r, %start ], [ 3, %none ]\n  store volatile i64 %w";
    adds(on_overflow)
        .replace("br i1 %o, label %on, label %fine\n", switch)
        .replace("on:\n  br label %panic\n", "")
        .replace("fine:\n  store volatile i64 %r", phi)
        .replace("!dbg !20 {\n", "!dbg !20 {\nstart:\n")
}

/// Whether the code of the object stores the number that a panic stores.
fn panics(test: &str, on_overflow: &str) -> bool {
    let both = [adds(on_overflow), switches(on_overflow)];
    let [branch, switch] = both.map(|ir| stores_its_number(test, &ir));
    assert_eq!(branch, switch);
    branch
}

fn stores_its_number(test: &str, ir: &str) -> bool {
    let folder = Folder::new(test);
    let input = folder.file("a.ll", ir);
    let object = folder.link(&[&input, "--export", "prog"]);
    let mut code = section(&object, "raw_tp/x");
    let has_text = Object::parse(&object).is_ok_and(|object| object.section(".text").is_some());
    if has_text {
        code.extend(section(&object, ".text"));
    }
    code.windows(4).any(|word| word == 4711_u32.to_le_bytes())
}

#[test]
fn checks_of_debug_builds_go() {
    assert!(!panics("overflow", OVERFLOW));
    assert!(!panics("nounwind", NOUNWIND));
}

#[test]
fn other_panics_stay() {
    assert!(panics("division", DIVISION));
    assert!(panics(
        "own_panic",
        "_RNvNtCs1234_4prog9panicking14panic_nounwind"
    ));
}
