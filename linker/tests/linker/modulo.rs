//! What `%` gives is compared with the largest that it can be, where it becomes part of an address.

use bpf_core_btf::insn::{AluOp, Op, Source};

use crate::{linking::code_of, program::program};

/// How often the code that is made of a body takes 399 in place of another number.
fn bounds(test: &str, body: &str) -> usize {
    let ir = program("prog", "raw_tp/x", &["byte_off struct task_struct.pid:i32"]).replace(
        "  ret i32 0, !dbg !21\n",
        &format!("  %n = load volatile i64, ptr %context, !dbg !21\n{body}  ret i32 0, !dbg !21\n"),
    );
    let insns = code_of(test, &ir).into_iter();
    let bounds = insns.filter(|insn| {
        let (op, source) = (AluOp::Mov, Source::Imm);
        matches!(insn.op(), Op::Alu { op: of, source: from, .. } if (of, from) == (op, source))
            && insn.imm == 399
    });
    bounds.count()
}

#[test]
fn an_index_is_bounded() {
    let wide = "  %buffer = alloca [400 x i8], !dbg !21\n  %i = urem i64 %n, 400, !dbg !21\n  \
        %p = getelementptr i8, ptr %buffer, i64 %i, !dbg !21\n  store volatile i8 5, ptr %p, !dbg !21\n";
    assert_eq!(bounds("modulo_wide", wide), 1);
    let narrow = "  %buffer = alloca [400 x i8], !dbg !21\n  %m = trunc i64 %n to i32, !dbg !21\n  \
        %k = urem i32 %m, 400, !dbg !21\n  %i = zext i32 %k to i64, !dbg !21\n  \
        %p = getelementptr i8, ptr %buffer, i64 %i, !dbg !21\n  store volatile i8 5, ptr %p, !dbg !21\n";
    assert_eq!(bounds("modulo_narrow", narrow), 1);
}

#[test]
fn other_numbers_are_left_alone() {
    let stored =
        "  %i = urem i64 %n, 400, !dbg !21\n  store volatile i64 %i, ptr @prog_out, !dbg !21\n";
    assert_eq!(bounds("modulo_stored", stored), 0);
    // The verifier knows what a mask leaves.
    let masked = "  %buffer = alloca [256 x i8], !dbg !21\n  %i = urem i64 %n, 256, !dbg !21\n  \
        %p = getelementptr i8, ptr %buffer, i64 %i, !dbg !21\n  store volatile i8 5, ptr %p, !dbg !21\n";
    assert_eq!(bounds("modulo_masked", masked), 0);
}
