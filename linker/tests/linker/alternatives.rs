//! All choices by one condition are one branch.

use crate::calls::linked;

/// How many branches a program has that reads `%x` and `%y`, computes `%a`, `%b` and `%d` of them, and keeps these.
fn branches(test: &str, computed: &str) -> usize {
    let body = format!(
        "  %x = load volatile i64, ptr %context\n  %y = load volatile i64, ptr %context\n{computed}  \
         store volatile i64 %a, ptr @prog_out\n  store volatile i64 %b, ptr @prog_out\n  \
         store volatile i64 %d, ptr @prog_out\n  ret i32 0, !dbg !21\n"
    );
    let assembly = linked(&format!("alternatives_{test}"), "asm", &body);
    let lines = assembly.lines().map(str::trim);
    lines.filter(|line| line.starts_with("if ")).count()
}

#[test]
fn choices_by_one_condition_are_one_branch() {
    let choices = "  %c = icmp slt i64 %x, %y\n  %a = select i1 %c, i64 %x, i64 7\n  %s = sub i64 %x, %y\n  \
                   %b = select i1 %c, i64 0, i64 %s\n  %d = select i1 %c, i64 5, i64 %y\n";
    assert_eq!(branches("three", choices), 1);
    // The condition as a number, its negative, and the smaller of what it compares.
    let numbers = "  %c = icmp slt i64 %x, %y\n  %a = zext i1 %c to i64\n  %b = sext i1 %c to i64\n  \
                   %d = call i64 @llvm.smin.i64(i64 %x, i64 %y)\n";
    assert_eq!(branches("numbers", numbers), 1);
    let unsigned = "  %c = icmp ule i64 %x, %y\n  %a = call i64 @llvm.umin.i64(i64 %x, i64 %y)\n  \
                    %b = select i1 %c, i64 3, i64 %y\n  %d = select i1 %c, i64 %y, i64 4\n";
    assert_eq!(branches("unsigned", unsigned), 1);
}

#[test]
fn other_choices_are_by_themselves() {
    // By two conditions.
    let two = "  %c = icmp slt i64 %x, %y\n  %e = icmp ult i64 %x, %y\n  %a = select i1 %c, i64 %x, i64 7\n  \
               %b = select i1 %e, i64 0, i64 %x\n  %d = add i64 %x, 3\n";
    assert_eq!(branches("two", two), 2);
    // The smaller by another order is another choice.
    let order = "  %c = icmp slt i64 %x, %y\n  %a = select i1 %c, i64 9, i64 7\n  %d = add i64 %x, 3\n  \
                 %b = call i64 @llvm.umin.i64(i64 %x, i64 %y)\n";
    assert_eq!(branches("order", order), 2);
    // What is read behind the first choice is known only there.
    let read = "  %c = icmp slt i64 %x, %y\n  %a = select i1 %c, i64 %x, i64 7\n  \
                store volatile i64 %a, ptr @prog_out\n  %z = load volatile i64, ptr %context\n  \
                %b = select i1 %c, i64 0, i64 %z\n  %d = add i64 %x, 3\n";
    assert_eq!(branches("read", read), 2);
}

#[test]
fn a_choice_that_needs_another_is_behind_it() {
    let needs = "  %c = icmp slt i64 %x, %y\n  %a = select i1 %c, i64 %x, i64 7\n  \
                 %n = call i64 inttoptr (i64 5 to ptr)(i64 %a), !dbg !21\n  \
                 %b = select i1 %c, i64 %y, i64 %n\n  %d = add i64 %x, 3\n";
    assert_eq!(branches("needs", needs), 2);
}

#[test]
fn the_larger_and_the_smaller_are_one_branch_whatever_is_compared() {
    for (number, order) in ["slt", "sle", "sgt", "sge"].into_iter().enumerate() {
        for (other, [one, two]) in [["%x", "%y"], ["%y", "%x"]].into_iter().enumerate() {
            let both = format!(
                "  %c = icmp {order} i64 {one}, {two}\n  %a = call i64 @llvm.smin.i64(i64 %x, i64 %y)\n  \
                 %b = call i64 @llvm.smax.i64(i64 %y, i64 %x)\n  %d = select i1 %c, i64 5, i64 %y\n"
            );
            assert_eq!(
                branches(&format!("order{number}{other}"), &both),
                1,
                "{order} {one}"
            );
        }
    }
}

/// The condition as a number is a choice itself, so what is computed of it stands behind the branch.
#[test]
fn what_is_computed_of_a_choice_stays_behind_it() {
    let body = "  %x = load volatile i64, ptr %context\n  %y = load volatile i64, ptr %context\n  \
                %c = icmp slt i64 %x, %y\n  %a = zext i1 %c to i64\n  %n = add i64 %a, %x\n  \
                %b = select i1 %c, i64 %n, i64 77\n  %d = select i1 %c, i64 %y, i64 99\n  \
                store volatile i64 %n, ptr @prog_out\n  store volatile i64 %b, ptr @prog_out\n  \
                store volatile i64 %d, ptr @prog_out\n  ret i32 0, !dbg !21\n";
    let ir = linked("alternatives_computed", "llvm-ir", body);
    let chosen = ir.find("[ 1, ").expect(&ir);
    let computed = ir.find(" = add ").expect(&ir);
    assert!(chosen < computed, "{ir}");
}
