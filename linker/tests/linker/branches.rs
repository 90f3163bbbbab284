//! Comparisons and constants take no more instructions than eBPF needs.

use crate::{linking::Folder, program::program};

/// The code of a program with this body, a line an instruction. `%n` is a number, and `%e` what a helper gave.
fn code(test: &str, body: &str) -> Vec<String> {
    let folder = Folder::new(test);
    let body = format!(
        "  %n = load volatile i64, ptr %context\n  \
         %e = call i64 inttoptr (i64 113 to ptr)(ptr @prog_out, i32 8, ptr %context), !dbg !21\n{body}"
    );
    let ir = program("prog", "raw_tp/x", &["byte_off struct task_struct.pid:i32"])
        .replace("  ret i32 0, !dbg !21\n", &body);
    let input = folder.file("a.ll", ir);
    let options = ["--export", "prog", "--emit", "asm", "--cpu", "v3"];
    let output = folder.link(&[&[&*input], options.as_slice()].concat());
    let text = String::from_utf8_lossy(&output).into_owned();
    let lines = text.lines().map(str::trim);
    let is_code = |line: &&str| {
        let begins = ["if ", "goto", "call", "exit", "*("];
        begins.iter().any(|begin| line.starts_with(begin)) || line.contains("= ")
    };
    let code = lines.skip_while(|line| *line != "prog:").filter(is_code);
    code.map(str::to_owned).collect()
}

fn count(code: &[String], what: &str) -> usize {
    code.iter().filter(|line| line.contains(what)).count()
}

/// A program that writes `%n` if it is in the range that LLVM asks for by a sum.
fn in_range(test: &str, comparison: &str) -> Vec<String> {
    code(
        test,
        &format!(
            "{comparison}  br i1 %c, label %yes, label %no\n\
             yes:\n  store volatile i64 %n, ptr @prog_out\n  ret i32 0\n\
             no:\n  ret i32 5\n"
        ),
    )
}

#[test]
fn the_ends_of_a_range_are_compared() {
    let int = "  %sum = add i64 %n, 2147483648\n  %c = icmp ult i64 %sum, 4294967296\n";
    let round = "  %sum = add i64 %n, 10\n  %c = icmp ult i64 %sum, -5\n";
    let outside = "  %sum = add i64 %n, -10\n  %c = icmp ugt i64 %sum, 89\n";
    for (test, range, ends) in [
        ("range_int", int, ["s< -2147483648", "s> 2147483647"]),
        ("range_outside", outside, ["s< 10", "s> 99"]),
        ("range_round", round, ["s< -15", "s> -11"]),
    ] {
        let code = in_range(test, range);
        assert_eq!(count(&code, "if r"), 2, "{code:#?}");
        for end in ends {
            assert_eq!(count(&code, end), 1, "{code:#?}");
        }
        assert_eq!(count(&code, "+="), 0, "{code:#?}");
        assert_eq!(
            count(&code, " ll"),
            count(&code, "prog_out ll"),
            "{code:#?}"
        );
    }
}

#[test]
fn other_ranges_are_asked_for_by_a_sum() {
    // Ends that 32 bits do not hold.
    let wide = "  %sum = add i64 %n, 2147483649\n  %c = icmp ult i64 %sum, 4294967297\n";
    // A sum that is used for more.
    let kept = "  %sum = add i64 %n, 100\n  store volatile i64 %sum, ptr @prog_out\n  \
        %c = icmp ult i64 %sum, 200\n";
    for (test, range) in [("range_wide", wide), ("range_kept", kept)] {
        let code = in_range(test, range);
        assert_eq!(count(&code, "if r"), 1, "{code:#?}");
        assert_eq!(count(&code, "+="), 1, "{code:#?}");
    }
    // An answer that is no branch.
    let value = "  %sum = add i64 %n, 100\n  %c = icmp ult i64 %sum, 200\n  %v = zext i1 %c to i64\n  \
        store volatile i64 %v, ptr @prog_out\n  ret i32 0\n";
    assert_eq!(count(&code("range_value", value), "+="), 1);
}

/// A program that ends with the error of a read, or with one of its own, for each of `errors`: where a bit of `%n` is
/// set.
fn with_errors(test: &str, errors: &[i32]) -> Vec<String> {
    let mut body = "  %c = icmp eq i64 %e, 0\n  br i1 %c, label %way0, label %bad\n\
        bad:\n  %code = trunc i64 %e to i32\n  br label %failed\n"
        .to_owned();
    let mut brought = "[ %code, %bad ]".to_owned();
    for (way, error) in errors.iter().enumerate() {
        body += &format!(
            "way{way}:\n  %bit{way} = load volatile i64, ptr @prog_out\n  %c{way} = icmp ugt i64 %bit{way}, 7\n  \
             br i1 %c{way}, label %failed, label %way{}\n",
            way + 1
        );
        brought += &format!(", [ {error}, %way{way} ]");
    }
    body += &format!(
        "way{}:\n  ret i32 0\nfailed:\n  %all = phi i32 {brought}\n  %errno = sub i32 0, %all\n  ret i32 %errno\n",
        errors.len()
    );
    code(test, &body)
}

#[test]
fn an_error_of_several_ways_is_one_constant() {
    let three = with_errors("errors_three", &[-75, -75, -75]);
    assert_eq!(count(&three, "= -75"), 1, "{three:#?}");
    let mixed = with_errors("errors_mixed", &[-75, -7, -75]);
    assert_eq!(count(&mixed, "= -75"), 1, "{mixed:#?}");
    assert_eq!(count(&mixed, "= -7"), 2, "{mixed:#?}");
}

#[test]
fn no_branch_goes_over_a_jump() {
    for (test, errors) in [("jump_one", &[-75][..]), ("jump_two", &[-75, -7])] {
        let code = with_errors(test, errors);
        let jumps = code
            .windows(2)
            .filter(|lines| lines[0].starts_with("if ") && lines[1].starts_with("goto"));
        assert_eq!(jumps.count(), 0, "{code:#?}");
    }
}
