//! A program that reads an address out of a static is refused: loaders write none there. What else a static
//! is used for is not.

use crate::{
    linking::Folder,
    program::{LINE, program},
};

const REQUEST: &str = "byte_off struct task_struct.pid:i32";

/// Two texts, a table of them as `[&str; 2]`, and the place of a panic.
const STATICS: &str = "@one = internal unnamed_addr constant [3 x i8] c\"one\"\n\
    @three = internal unnamed_addr constant [5 x i8] c\"three\"\n\
    @_ZN4prog5NAMES17h0123456789abcdefE = internal constant <{ ptr, [8 x i8], ptr, [8 x i8] }> \
    <{ ptr @one, [8 x i8] c\"\\03\\00\\00\\00\\00\\00\\00\\00\", \
    ptr @three, [8 x i8] c\"\\05\\00\\00\\00\\00\\00\\00\\00\" }>\n\
    @_ZN4prog5TEXTS17h0123456789abcdefE = private unnamed_addr constant [2 x ptr] [ptr @one, ptr @three]\n\
    @alloc_0 = private unnamed_addr constant <{ ptr, [8 x i8], i32, i32 }> \
    <{ ptr @one, [8 x i8] c\"\\03\\00\\00\\00\\00\\00\\00\\00\", i32 91, i32 9 }>\n";

/// A program with a relocation that does `body` with the statics, where `%i` is 0 or 1.
fn does(body: &str) -> String {
    let body = body.replace("@NAMES", "@_ZN4prog5NAMES17h0123456789abcdefE");
    let body = body.replace("@TEXTS", "@_ZN4prog5TEXTS17h0123456789abcdefE");
    let program = program("prog", "raw_tp/x", &[REQUEST]).replace(
        "  ret i32 0, !dbg !21\n",
        &format!(
            "  %n = load volatile i64, ptr %context, !dbg !21\n  %i = and i64 %n, 1, !dbg !21\n{body}  \
             ret i32 0, !dbg !21\n"
        ),
    );
    format!("{program}{STATICS}")
}

const ADDRESS: &str = "  %entry = getelementptr [16 x i8], ptr @NAMES, i64 %i, !dbg !21\n  \
    %text = load ptr, ptr %entry, !dbg !21\n  \
    %letter = load volatile i8, ptr %text, !dbg !21\n";
const LENGTH: &str = "  %entry = getelementptr { ptr, i64 }, ptr @NAMES, i64 %i, i32 1, !dbg !21\n  \
    %len = load i64, ptr %entry, !dbg !21\n  \
    store volatile i64 %len, ptr @prog_out, !dbg !21\n";

/// Hands the table to a function that is not inlined.
fn hands_on(function: &str) -> String {
    let call = "  %v = call i64 @callee(ptr @NAMES, i64 %i), !dbg !21\n  \
                store volatile i64 %v, ptr @prog_out, !dbg !21\n";
    format!(
        "{}define internal i64 @callee(ptr %table, i64 %i) noinline {{\n  \
         %entry = getelementptr [16 x i8], ptr %table, i64 %i\n{function}}}\n",
        does(call)
    )
}

fn refused(ir: &str, what: &str) {
    // By a program with relocations, and by one without.
    let plain = crate::functions::without_markers(
        &ir.replace("%v0 = call i64 @prog_0()", "%v0 = add i64 0, 1"),
    );
    for ir in [ir, &plain] {
        let folder = Folder::new("statics_refused");
        let input = folder.file("a.ll", ir);
        let message = folder.fail(&[&input, "--export", "prog", "--btf"]);
        for part in [what, "an address in", "would be 0 here", LINE, "`match`"] {
            assert!(message.contains(part), "no `{part}` in:\n{message}");
        }
    }
}

#[test]
fn addresses_that_are_read() {
    let name = "the static `prog::NAMES`";
    refused(&does(ADDRESS), name);
    // LLVM makes a table of distances of it.
    let table = ADDRESS
        .replace("[16 x i8]", "ptr")
        .replace("@NAMES", "@TEXTS");
    refused(&does(&table), "the static `prog::TEXTS`");
    // As a number, and as part of a copy.
    refused(
        &does(
            &ADDRESS
                .replace("load ptr, ptr %entry", "load i64, ptr %entry")
                .replace("load volatile i8, ptr %text", "add i64 %text, 0")
                .replace(
                    "%letter = add i64 %text, 0, !dbg !21",
                    "store volatile i64 %text, ptr @prog_out, !dbg !21",
                ),
        ),
        name,
    );
    let copy = "  %room = alloca [32 x i8]\n  \
        call void @llvm.memcpy.p0.p0.i64(ptr %room, ptr @NAMES, i64 32, i1 false), !dbg !21\n  \
        %at = getelementptr [16 x i8], ptr %room, i64 %i, !dbg !21\n  \
        %v = load volatile i64, ptr %at, !dbg !21\n";
    let declared = "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)\n";
    refused(&(does(copy) + declared), name);
    refused(
        &hands_on("  %v = load volatile i64, ptr %entry\n  ret i64 %v\n"),
        name,
    );
    refused(
        &does("  store volatile ptr @alloc_0, ptr @prog_out, !dbg !21\n"),
        "a constant",
    );
}

#[test]
fn what_is_beside_addresses() {
    let line = "  %at = getelementptr i8, ptr @alloc_0, i64 16, !dbg !21\n  \
        %line = load volatile i32, ptr %at, !dbg !21\n";
    let beside = "  %at = getelementptr i8, ptr %entry, i64 8\n  \
        %v = load volatile i64, ptr %at\n  ret i64 %v\n";
    for (what, ir) in [
        ("length", does(LENGTH)),
        ("line", does(line)),
        ("argument", hands_on(beside)),
        (
            "compared",
            does(
                "  %is = icmp eq ptr @NAMES, %context\n  %w = zext i1 %is to i64\n  store volatile i64 %w, ptr @prog_out\n",
            ),
        ),
        // LLVM knows the address at a constant place.
        (
            "constant",
            does(&ADDRESS.replace("i64 %i, !dbg", "i64 1, !dbg")),
        ),
    ] {
        let folder = Folder::new("statics_taken");
        let input = folder.file("a.ll", &ir);
        let output = folder.run(&[&input, "--export", "prog"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{what}: {said}");
    }
}
