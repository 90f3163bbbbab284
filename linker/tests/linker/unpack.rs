//! A small `Result` that rustc packs into one integer is two values for LLVM.

use crate::{linking::Folder, program::program};

/// What a program does with a `Result<u8, ReadError>`, as rustc packs it.
fn ir_of(test: &str, used: &str) -> String {
    let body = format!(
        "  %slot = alloca i8\n  \
         %error = call i64 inttoptr (i64 113 to ptr)(ptr %slot, i32 1, ptr %context), !dbg !21\n  \
         %c = icmp eq i64 %error, 0\n  br i1 %c, label %ok, label %bad\n\
         bad:\n  %upper = shl i64 %error, 32\n  %packed_error = or disjoint i64 %upper, 1\n  br label %join\n\
         ok:\n  %value = load i8, ptr %slot\n  %wide = zext i8 %value to i64\n  \
         %packed_value = shl nuw nsw i64 %wide, 8\n  br label %join\n\
         join:\n  %packed = phi i64 [ %packed_error, %bad ], [ %packed_value, %ok ]\n  {used}"
    );
    let folder = Folder::new(test);
    let ir = program("prog", "raw_tp/x", &["byte_off struct task_struct.pid:i32"])
        .replace("  ret i32 0", &body);
    let input = folder.file("a.ll", ir);
    let output = folder.link(&[&input, "--export", "prog", "--emit", "llvm-ir"]);
    String::from_utf8_lossy(&output).into_owned()
}

const VARIANT: &str = "%variant = trunc i64 %packed to i1
  br i1 %variant, label %failed, label %read
failed:
  %upper_again = lshr i64 %packed, 32
  %code = trunc nuw i64 %upper_again to i32
  ret i32 %code
read:
  %shifted = lshr i64 %packed, 8
  %byte = and i64 %shifted, 255
";

#[test]
fn a_variant_that_is_known_on_each_way_is_not_asked_for() {
    let used = format!("{VARIANT}  store volatile i64 %byte, ptr @prog_out\n  ret i32 0");
    let ir = ir_of("unpack", &used);
    for gone in ["phi i64", "shl", "lshr", "to i1"] {
        assert!(!ir.contains(gone), "{gone}: {ir}");
    }
    assert_eq!(ir.matches(" br i1 ").count(), 1, "{ir}");
    assert!(ir.contains("zext i8"), "{ir}");
}

#[test]
fn an_integer_that_is_used_as_a_whole_stays() {
    let used = format!("store volatile i64 %packed, ptr @prog_out\n  {VARIANT}  ret i32 0");
    let ir = ir_of("whole", &used);
    assert!(ir.contains("store volatile i64 %packed,"), "{ir}");
    assert!(ir.contains("lshr i64 %packed, 32"), "{ir}");
}

/// `Ok(Some(value))` of a caller, whose own variant is one of three: a byte more is put before the value.
#[test]
fn an_integer_that_becomes_a_part_of_another_is_taken_apart_too() {
    let used = "%variant = trunc i64 %packed to i1
  %moved = shl i64 %packed, 8
  %some = or i64 %moved, 256
  br i1 %variant, label %failed, label %read
failed:
  %upper_again = lshr i64 %packed, 32
  %code = trunc nuw i64 %upper_again to i32
  ret i32 %code
read:
  %is_some = and i64 %some, 256
  store volatile i64 %is_some, ptr @prog_out
  %shifted = lshr i64 %some, 16
  %byte = and i64 %shifted, 255
  store volatile i64 %byte, ptr @prog_out
  ret i32 0";
    let ir = ir_of("moved", used);
    for gone in ["phi i64", "shl", "lshr", "to i1"] {
        assert!(!ir.contains(gone), "{gone}: {ir}");
    }
    assert!(ir.contains("store volatile i64 256, ptr"), "{ir}");
    assert_eq!(ir.matches(" br i1 ").count(), 1, "{ir}");
}
