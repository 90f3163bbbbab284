//! A branch is one instruction, also where a failed read has more to do than to go on.

use crate::{calls::linked, linking::Folder, program::program};

/// A program of three reads, one after the other. Where one fails, its variable ends before the way to the end.
fn reads() -> String {
    let mut body = String::new();
    let mut errors = Vec::new();
    for read in 0..3 {
        errors.push(format!("[ %e{read}, %bad{read} ]"));
        body += &format!(
            "  call void @llvm.lifetime.start.p0(ptr %slot{read})\n  \
             %e{read} = call i64 inttoptr (i64 113 to ptr)(ptr %slot{read}, i32 8, ptr %from{read}), !dbg !21\n  \
             %c{read} = icmp eq i64 %e{read}, 0\n  br i1 %c{read}, label %ok{read}, label %bad{read}\n\
             bad{read}:\n  call void @llvm.lifetime.end.p0(ptr %slot{read})\n  br label %failed\n\
             ok{read}:\n  %from{} = load ptr, ptr %slot{read}\n",
            read + 1,
        );
    }
    let body = format!(
        "{}  %from0 = load ptr, ptr %context\n{body}  \
         store volatile ptr %from3, ptr @prog_out\n  ret i32 0\n\
         failed:\n  %error = phi i64 {}\n  %code = trunc i64 %error to i32\n  ret i32 %code",
        "  %slot0 = alloca ptr\n  %slot1 = alloca ptr\n  %slot2 = alloca ptr\n",
        errors.join(", "),
    );
    program("prog", "raw_tp/x", &["byte_off struct task_struct.pid:i32"])
        .replace("  ret i32 0", &body)
}

/// How often a branch goes over a jump.
fn branches_over_jumps(assembly: &str) -> usize {
    let code: Vec<&str> = assembly
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("if ") || line.contains("goto") || line.contains(" = "))
        .collect();
    code.windows(2)
        .filter(|lines| lines[0].starts_with("if ") && lines[1].starts_with("goto"))
        .count()
}

#[test]
fn a_way_on_which_a_variable_ends_is_no_jump() {
    let folder = Folder::new("layout");
    let input = folder.file("a.ll", reads());
    let assembly = folder.link(&[&input, "--export", "prog", "--emit", "asm"]);
    let assembly = String::from_utf8_lossy(&assembly);
    let branches = assembly.lines().map(str::trim);
    let failed = branches.filter(|line| line.starts_with("if r0")).count();
    assert_eq!(
        (failed, branches_over_jumps(&assembly)),
        (3, 0),
        "{assembly}"
    );
}

/// A program whose last turn goes to what comes behind something else.
const TURNS: &str = "  %slot = alloca i64, align 8\n  br label %turn\n\
    turn:\n  %i = phi i64 [ 0, %0 ], [ %next, %more ]\n  \
    %e = call i64 inttoptr (i64 113 to ptr)(ptr %slot, i32 8, ptr %context), !dbg !21\n  \
    %c = icmp eq i64 %e, 0\n  br i1 %c, label %read, label %failed\n\
    read:\n  %x = load volatile i64, ptr %slot\n  %d = icmp slt i64 %x, 2\n  br i1 %d, label %done, label %more\n\
    more:\n  %next = add i64 %i, 1\n  %f = icmp eq i64 %next, 32\n  br i1 %f, label %done, label %turn\n\
    failed:\n  store volatile i64 %e, ptr @prog_out\n  ret i32 1, !dbg !21\n\
    done:\n  %count = phi i64 [ %i, %read ], [ 32, %more ]\n  store volatile i64 %count, ptr @prog_out\n  \
    ret i32 0, !dbg !21\n";

#[test]
fn the_end_of_a_loop_is_no_jump() {
    let assembly = linked("layout_turns", "asm", TURNS);
    assert_eq!(branches_over_jumps(&assembly), 0, "{assembly}");
}

/// The number that a loop ends with is the counter, in its register.
#[test]
fn a_number_that_a_branch_found_is_brought_itself() {
    let assembly = linked("layout_equal", "asm", TURNS);
    let brings = |line: &str| line.trim().ends_with("= 32");
    assert!(!assembly.lines().any(brings), "{assembly}");
    // Where it is not equal, it is another number.
    let other = TURNS.replace("label %done, label %turn", "label %turn, label %done");
    let other = other.replace("icmp eq i64 %next, 32", "icmp eq i64 %next, 31");
    let assembly = linked("layout_not_equal", "asm", &other);
    assert!(assembly.lines().any(brings), "{assembly}");
}

/// What is written on one way, where a read is on the other one.
fn written_behind_the_read(test: &str, none: &str) -> bool {
    let body = format!(
        "  %slot = alloca [2 x i32], align 8\n  %p = load ptr, ptr %context\n  %n = icmp eq ptr %p, null\n  \
         br i1 %n, label %none, label %some\n\
         none:\n  {none}  br label %join\n\
         some:\n  %e = call i64 inttoptr (i64 113 to ptr)(ptr %slot, i32 8, ptr %p), !dbg !21\n  \
         %c = icmp eq i64 %e, 0\n  br i1 %c, label %join, label %failed\n\
         failed:\n  ret i32 1, !dbg !21\n\
         join:\n  call i64 inttoptr (i64 130 to ptr)(ptr @prog_out, ptr %slot, i64 8, i64 0), !dbg !21\n  \
         ret i32 0, !dbg !21\n"
    );
    let assembly = linked(&format!("layout_{test}"), "asm", &body);
    let read = assembly.find("call 113");
    let written = assembly.find("(r10 - 8) = ");
    assert!(read.is_some() && written.is_some(), "{assembly}");
    written > read
}

/// A verifier goes on behind a branch first, and what it knows of a read stands for what it knows of constants.
#[test]
fn a_way_with_constants_alone_is_behind_the_others() {
    let both = "store i32 0, ptr %slot\n  %second = getelementptr i8, ptr %slot, i64 4\n  \
                store i32 7, ptr %second\n";
    assert!(written_behind_the_read("constants", both));
    let number = "%x = call i64 inttoptr (i64 5 to ptr)()\n  store i64 %x, ptr %slot\n";
    assert!(!written_behind_the_read("number", number));
}
