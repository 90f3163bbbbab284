//! Older verifiers, as that of 5.10, follow ways on which a `Result` has no value to where the value is
//! used: it is 0 there.

use crate::{linking::Folder, program::program};

/// A program that reads, and uses what it has read where it asks for the error once more. `missing` is
/// what it has read where the read failed.
fn reads(missing: &str) -> String {
    let body = format!(
        "  %slot = alloca i64\n  \
         %error = call i64 inttoptr (i64 113 to ptr)(ptr %slot, i32 8, ptr %context), !dbg !21\n  \
         %failed = icmp ne i64 %error, 0\n  br i1 %failed, label %join, label %read\n\
         read:\n  %found = load volatile i64, ptr %slot\n  br label %join\n\
         join:\n  %value = phi i64 [ {missing}, %start ], [ %found, %read ]\n  \
         {}br i1 %failed, label %end, label %use\n\
         use:\n  store volatile i64 %value, ptr @prog_out\n  br label %end\n\
         end:\n  ret i32 0",
        // As much as LLVM does not copy into both ways.
        "store volatile i64 7, ptr @prog_out\n  ".repeat(32)
    );
    program("prog", "raw_tp/x", &["byte_off struct task_struct.pid:i32"])
        .replace("!dbg !20 {\n", "!dbg !20 {\nstart:\n")
        .replace("  ret i32 0", &body)
}

#[test]
fn a_value_that_is_missing_on_one_way_is_0() {
    let folder = Folder::new("undefined");
    for missing in ["undef", "poison"] {
        let input = folder.file("a.ll", reads(missing));
        let ir = folder.link(&[&input, "--export", "prog", "--emit", "llvm-ir"]);
        let ir = String::from_utf8_lossy(&ir);
        let phis: Vec<&str> = ir
            .lines()
            .filter(|line| line.contains("= phi i64"))
            .collect();
        let [phi] = phis[..] else {
            panic!("not one phi: {ir}");
        };
        assert!(phi.contains("[ 0, "), "{phi}");
    }
}
