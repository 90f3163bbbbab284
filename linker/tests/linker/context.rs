//! Loads and stores through the context have their offsets in the instruction, also where LLVM chooses between offsets.

use bpf_core_btf::insn::Insn;

use crate::{
    linking::{Folder, code_of},
    program::program,
};

/// `dst = *(u64 *)(src + off)`
const LOAD: u8 = 0x79;
/// `dst += src`
const ADD: u8 = 0x0f;

/// The offsets of loads in the code that is made of a body, but those from the stack, and how often a register is added
/// to another.
fn made_of(test: &str, body: &str) -> (Vec<i16>, usize) {
    let ir = program("prog", "raw_tp/x", &["byte_off struct task_struct.pid:i32"]).replace(
        "  ret i32 0, !dbg !21\n",
        &format!("  %n = load volatile i64, ptr %context, !dbg !21\n{body}"),
    );
    let insns = code_of(test, &ir);
    let of_context = |insn: &&Insn| insn.code == LOAD && insn.src != 10;
    let mut offsets: Vec<i16> = insns
        .iter()
        .filter(of_context)
        .map(|insn| insn.off)
        .collect();
    offsets.sort_unstable();
    let is_sum = |insn: &&Insn| insn.code == ADD;
    let sums = insns.iter().filter(is_sum).count();
    (offsets, sums)
}

/// What the code has beside the body's own loads: one of the context, and the sum of a relocation.
#[test]
fn each_choice_is_a_load_of_its_own() {
    let without = "  %r = trunc i64 %n to i32, !dbg !21\n  ret i32 %r, !dbg !21\n";
    let (offsets, sums) = made_of("context_without", without);
    assert_eq!(offsets, [0]);

    let two = "  %c = icmp ugt i64 %n, 40, !dbg !21\n  %o = select i1 %c, i64 8, i64 16, !dbg !21\n  \
        %p = getelementptr i8, ptr %context, i64 %o, !dbg !21\n  %v = load i64, ptr %p, !dbg !21\n  \
        %r = trunc i64 %v to i32, !dbg !21\n  ret i32 %r, !dbg !21\n";
    assert_eq!(made_of("context_two", two), (vec![0, 8, 16], sums));

    let three = "  switch i64 %n, label %other [ i64 1, label %one\n i64 2, label %two ], !dbg !21\n\
        one:\n  br label %load, !dbg !21\ntwo:\n  br label %load, !dbg !21\nother:\n  br label %load, !dbg !21\n\
        load:\n  %o = phi i64 [ 8, %one ], [ 24, %two ], [ 40, %other ], !dbg !21\n  \
        %p = getelementptr i8, ptr %context, i64 %o, !dbg !21\n  %v = load i64, ptr %p, !dbg !21\n  \
        %r = trunc i64 %v to i32, !dbg !21\n  ret i32 %r, !dbg !21\n";
    assert_eq!(made_of("context_three", three), (vec![0, 8, 24, 40], sums));
}

#[test]
fn a_bit_chooses_between_two() {
    let bit = "  %b = and i64 %n, 1, !dbg !21\n  %t = shl i64 %b, 3, !dbg !21\n  %o = xor i64 %t, 24, !dbg !21\n  \
        %p = getelementptr i8, ptr %context, i64 %o, !dbg !21\n  %v = load i64, ptr %p, !dbg !21\n  \
        %r = trunc i64 %v to i32, !dbg !21\n  ret i32 %r, !dbg !21\n";
    assert_eq!(made_of("context_bit", bit).0, [0, 16, 24]);
}

#[test]
fn a_store_is_made_on_each_way() {
    let mark = "  %c = icmp ugt i64 %n, 40, !dbg !21\n  %o = select i1 %c, i64 8, i64 16, !dbg !21\n  \
        %p = getelementptr i8, ptr %context, i64 %o, !dbg !21\n  store i32 1, ptr %p, !dbg !21\n  \
        ret i32 0, !dbg !21\n";
    let (_, sums) = made_of("context_store", mark);
    let without = "  ret i32 0, !dbg !21\n";
    assert_eq!(sums, made_of("context_no_store", without).1);
}

#[test]
fn an_index_of_the_program_is_left_alone() {
    let any = "  %o = and i64 %n, 248, !dbg !21\n  %p = getelementptr i8, ptr %context, i64 %o, !dbg !21\n  \
        %v = load i64, ptr %p, !dbg !21\n  %r = trunc i64 %v to i32, !dbg !21\n  ret i32 %r, !dbg !21\n";
    let (offsets, _) = made_of("context_any", any);
    assert_eq!(offsets, [0, 0]);
}

/// Numbers of fewer bits than 64 go round.
#[test]
fn a_number_that_goes_round_is_followed_as_far_as_it_is_known() {
    let round = "  %c = icmp ugt i64 %n, 40, !dbg !21\n  br i1 %c, label %one, label %other, !dbg !21\n\
        one:\n  store volatile i64 1, ptr @prog_out, !dbg !21\n  br label %both, !dbg !21\n\
        other:\n  store volatile i64 2, ptr @prog_out, !dbg !21\n  br label %both, !dbg !21\n\
        both:\n  %b = phi i8 [ 100, %one ], [ 28, %other ]\n  store volatile i8 %b, ptr @prog_out, !dbg !21\n  \
        %a = add i8 %b, 100, !dbg !21\n  %x = xor i8 %a, 64, !dbg !21\n  %s = add i8 %x, 100, !dbg !21\n  \
        %o = zext i8 %s to i64, !dbg !21\n  \
        %p = getelementptr i8, ptr %context, i64 %o, !dbg !21\n  %v = load i64, ptr %p, !dbg !21\n  \
        %r = trunc i64 %v to i32, !dbg !21\n  ret i32 %r, !dbg !21\n";
    let (offsets, _) = made_of("context_round", round);
    // (28 + 100) ^ 64 + 100 is 292, which is 36 in 8 bits.
    assert!(!offsets.contains(&292), "{offsets:?}");
}

/// aya's contexts are structs with a pointer, and functions take references to them.
#[test]
fn a_function_that_gets_the_context_chooses_too() {
    let pick = |at: &str| {
        format!(
            "{at}  %m = load volatile i64, ptr @prog_out, !dbg !31\n  %c = icmp ugt i64 %m, 40, !dbg !31\n  \
             %o = select i1 %c, i64 8, i64 16, !dbg !31\n  %p = getelementptr i8, ptr %context, i64 %o, !dbg !31\n  \
             %v = load i64, ptr %p, !dbg !31\n  ret i64 %v, !dbg !31\n}}\n"
        )
    };
    let by_value = (
        "  %v = call i64 @pick(ptr %context), !dbg !21\n",
        "define internal i64 @pick(ptr %context) noinline !dbg !30 {\n".to_owned() + &pick(""),
    );
    let by_reference = (
        "  %place = alloca ptr, !dbg !21\n  store volatile ptr %context, ptr %place, !dbg !21\n  \
         %v = call i64 @pick(ptr %place), !dbg !21\n",
        "define internal i64 @pick(ptr %place) noinline !dbg !30 {\n".to_owned()
            + &pick("  %context = load volatile ptr, ptr %place, !dbg !31\n"),
    );
    for (name, (call, function)) in [("value", by_value), ("reference", by_reference)] {
        let body = format!("{call}  %r = trunc i64 %v to i32, !dbg !21\n  ret i32 %r, !dbg !21\n");
        let ir = program("prog", "raw_tp/x", &["byte_off struct task_struct.pid:i32"])
            .replace("  ret i32 0, !dbg !21\n", &body)
            + &function
            + "!30 = distinct !DISubprogram(name: \"pick\", scope: !2, file: !2, line: 80, type: !3, unit: !1, \
               spFlags: DISPFlagDefinition)\n!31 = !DILocation(line: 81, column: 9, scope: !30)\n";
        let folder = Folder::new(&format!("context_by_{name}"));
        let input = folder.file("a.ll", ir);
        let output = folder.link(&[&input, "--export", "prog", "--emit", "asm"]);
        let text = String::from_utf8_lossy(&output);
        for offset in [8, 16] {
            let load = format!("+ {offset})");
            assert!(text.contains(&load), "{name}: no load at {offset}:\n{text}");
        }
    }
}

/// What is moved in front of a load keeps its line.
#[test]
fn each_instruction_keeps_its_line() {
    let load = |number: u32, line: u32| {
        format!(
            "  %n{number} = load volatile i64, ptr @prog_out, !dbg !{line}\n  \
             %c{number} = icmp ugt i64 %n{number}, 40\n  %o{number} = select i1 %c{number}, i64 8, i64 16\n  \
             %p{number} = getelementptr i8, ptr %context, i64 %o{number}\n  \
             %v{number} = load volatile i64, ptr %p{number}, !dbg !{line}\n  \
             store volatile i64 %v{number}, ptr @prog_out, !dbg !{line}\n"
        )
    };
    let body = format!("{}{}  ret i32 0, !dbg !21\n", load(1, 901), load(2, 902));
    let ir = program("prog", "raw_tp/x", &["byte_off struct task_struct.pid:i32"])
        .replace("  ret i32 0, !dbg !21\n", &body)
        + "!901 = !DILocation(line: 901, column: 9, scope: !20)\n!902 = !DILocation(line: 902, column: 9, scope: !20)\n";
    let folder = Folder::new("context_lines");
    let input = folder.file("a.ll", ir);
    let output = folder.link(&[&input, "--export", "prog", "--emit", "llvm-ir"]);
    let text = String::from_utf8_lossy(&output);
    let location = |line: u32| {
        let found = text
            .lines()
            .find(|of| of.contains(&format!("DILocation(line: {line},")));
        let found = found.and_then(|of| of.split_once(" ="));
        format!(
            "!dbg {}",
            found.unwrap_or_else(|| panic!("no line {line}: {text}")).0
        )
    };
    let has = |line: u32| {
        let location = location(line);
        text.lines()
            .filter(|of| of.ends_with(&location) && of.contains("volatile"))
            .count()
    };
    // A load of the number, one for each offset, and a store.
    assert_eq!([has(901), has(902)], [4, 4], "{text}");
}
