//! A branch is one instruction, also where a failed read has more to do than to go on.

use crate::{linking::Folder, program::program};

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
fn branches_over_jumps() -> usize {
    let folder = Folder::new("layout");
    let input = folder.file("a.ll", reads());
    let assembly = folder.link(&[&input, "--export", "prog", "--emit", "asm"]);
    let assembly = String::from_utf8_lossy(&assembly).into_owned();
    let code: Vec<&str> = assembly
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("if ") || line.contains("goto") || line.contains(" = "))
        .collect();
    let failed = code.iter().filter(|line| line.starts_with("if r0")).count();
    assert_eq!(failed, 3, "{assembly}");
    code.windows(2)
        .filter(|lines| lines[0].starts_with("if ") && lines[1].starts_with("goto"))
        .count()
}

#[test]
fn a_way_on_which_a_variable_ends_is_no_jump() {
    assert_eq!(branches_over_jumps(), 0);
}
