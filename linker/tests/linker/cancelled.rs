//! An offset that cancels out leaves no record, and that is no error.

use crate::{
    linking::{Folder, records, said},
    program::program,
};

/// The records of a program that has the addresses `%a` and `%b` of one field of two elements of an array, and does `used` with them.
fn recorded(test: &str, used: &str) -> Vec<String> {
    let body = format!(
        "  %one = load ptr, ptr %context\n  %at = getelementptr i8, ptr %context, i64 8\n  \
         %n = load i64, ptr %at\n  %other = getelementptr i8, ptr %one, i64 %n\n  \
         %a = call ptr @prog_0(ptr %other), !dbg !21\n  %b = call ptr @prog_0(ptr %one), !dbg !21\n  \
         {used}  store volatile i64 %r, ptr @prog_out\n  ret i32 0, !dbg !21\n"
    );
    let program = program(
        "prog",
        "raw_tp/x",
        &["&byte_off struct task_struct.pid:i32"],
    );
    let start = program.find("  %p0 = call").unwrap_or_default();
    let end = program.find("  ret i32 0, !dbg !21\n").unwrap_or_default();
    let rest = program[end..].replacen("  ret i32 0, !dbg !21\n", &body, 1);
    let folder = Folder::new(&format!("cancelled_{test}"));
    let input = folder.file("a.ll", format!("{}{rest}", &program[..start]));
    let object = folder.link(&[&input, "--export", "prog"]);
    let records = records(&object);
    said(&records).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_difference_and_a_comparison_need_no_offset() {
    let difference =
        "%x = ptrtoint ptr %a to i64\n  %y = ptrtoint ptr %b to i64\n  %r = sub i64 %x, %y\n";
    assert!(recorded("difference", difference).is_empty());
    // Code generation may see it or not.
    let comparison = "%c = icmp eq ptr %a, %b\n  %r = select i1 %c, i64 7, i64 9\n";
    assert!(recorded("comparison", comparison).len() <= 1);
}

#[test]
fn an_offset_that_is_of_use_has_its_record() {
    let record = ["byte_off task_struct.pid"];
    let read = "%x = ptrtoint ptr %a to i64\n  %y = ptrtoint ptr %b to i64\n  %d = sub i64 %x, %y\n  \
                %v = load volatile i32, ptr %a, !dbg !21\n  %w = zext i32 %v to i64\n  %r = add i64 %d, %w\n";
    assert!(!recorded("read", read).is_empty());
    let itself =
        "%x = ptrtoint ptr %a to i64\n  %y = ptrtoint ptr %one to i64\n  %r = sub i64 %x, %y\n";
    assert_eq!(recorded("itself", itself), record);
}
