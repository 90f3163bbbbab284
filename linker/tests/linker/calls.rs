//! Variables share memory if they are never alive at one time, and two reads that differ by their address are one.

use crate::{linking::Folder, program::program};

/// What the linker makes of a program with this body, in this form.
pub(crate) fn linked(test: &str, form: &str, body: &str) -> String {
    linked_in("raw_tp/x", test, form, body)
}

/// The same for a program of a section.
pub(crate) fn linked_in(section: &str, test: &str, form: &str, body: &str) -> String {
    let requests = [
        "field_exists struct task_struct.state:i64",
        "byte_off struct task_struct.pid:i32",
    ];
    let ir = program("prog", section, &requests).replace("  ret i32 0, !dbg !21\n", body);
    let folder = Folder::new(test);
    let input = folder.file("a.ll", ir);
    let output = folder.link(&[&input, "--export", "prog", "--emit", form]);
    String::from_utf8_lossy(&output).into_owned()
}

/// How many variables are left of two: of each way, where the second one begins.
fn variables(test: &str, types: [&str; 2], between: &str, after: &str) -> usize {
    let [one, other] = types;
    let body = format!(
        "  %one = alloca {one}, align 8\n  %other = alloca {other}, align 8\n  \
         call void @llvm.lifetime.start.p0(ptr %one)\n  \
         %e = call i64 inttoptr (i64 113 to ptr)(ptr %one, i32 8, ptr %context), !dbg !21\n  \
         %x = load volatile i64, ptr %one\n{between}  \
         call void @llvm.lifetime.start.p0(ptr %other)\n  \
         %f = call i64 inttoptr (i64 112 to ptr)(ptr %other, i32 8, ptr %context), !dbg !21\n  \
         %y = load volatile i64, ptr %other\n  call void @llvm.lifetime.end.p0(ptr %other)\n{after}  \
         %sum = add i64 %x, %y\n  store volatile i64 %sum, ptr @prog_out\n  ret i32 0, !dbg !21\n"
    );
    let ir = linked(test, "llvm-ir", &body);
    ir.matches(" = alloca").count()
}

const END: &str = "  call void @llvm.lifetime.end.p0(ptr %one)\n";

#[test]
fn variables_one_after_the_other_share_memory() {
    assert_eq!(variables("slots_after", ["i64", "ptr"], END, ""), 1);
}

#[test]
fn other_variables_keep_their_memory() {
    // Both are alive in the middle.
    assert_eq!(variables("slots_both", ["i64", "i64"], "", END), 2);
    assert_eq!(variables("slots_sizes", ["i64", "[9 x i64]"], END, ""), 2);
    // Somebody may have the address still.
    let kept = format!("  store volatile ptr %one, ptr @prog_out\n{END}");
    assert_eq!(variables("slots_kept", ["i64", "i64"], &kept, ""), 2);
    // The second one may begin while the first one is alive, the next time round.
    let turn = "  br label %turn\nturn:\n";
    let again = format!(
        "  %c = icmp ugt i64 %y, 9\n  br i1 %c, label %turn, label %end\nend:\n  %z = load volatile i64, ptr %one\n\
         {END}"
    );
    assert_eq!(variables("slots_turns", ["i64", "i64"], turn, &again), 2);
}

/// How often a program calls a helper that reads one of two fields: at once, or by what is `different` on one of the ways.
fn calls(test: &str, different: [&str; 2]) -> usize {
    let mut body = "  %one = alloca i64, align 8\n  %other = alloca i64, align 8\n  \
        %c = icmp eq i64 %v0, 0\n  br i1 %c, label %new, label %old, !dbg !21\n"
        .to_owned();
    let ways = [("old", "one", 8), ("new", "other", 64)];
    for (way, slot, offset) in ways {
        body += &format!(
            "{way}:\n  %p{way} = getelementptr i8, ptr %context, i64 {offset}\n  \
             %q{way} = load volatile ptr, ptr %p{way}\n  \
             call void @llvm.lifetime.start.p0(ptr %{slot})\n  \
             %e{way} = call i64 inttoptr (i64 113 to ptr)(ptr %{slot}, i32 8, ptr %q{way}), !dbg !21\n  \
             %c{way} = icmp eq i64 %e{way}, 0\n  br i1 %c{way}, label %ok{way}, label %bad{way}\n\
             ok{way}:\n  %x{way} = load i64, ptr %{slot}\n  \
             call void @llvm.lifetime.end.p0(ptr %{slot})\n  br label %read\n\
             bad{way}:\n  call void @llvm.lifetime.end.p0(ptr %{slot})\n  br label %failed\n",
        );
    }
    body += "read:\n  %x = phi i64 [ %xold, %okold ], [ %xnew, %oknew ]\n  \
        store volatile i64 %x, ptr @prog_out\n  ret i32 0, !dbg !21\n\
        failed:\n  %e = phi i64 [ %eold, %badold ], [ %enew, %badnew ]\n  \
        %code = trunc i64 %e to i32\n  ret i32 %code, !dbg !21\n";
    let assembly = linked(test, "asm", &body.replace(different[0], different[1]));
    let code = assembly.lines().map(str::trim);
    code.filter(|line| ["call 113", "call 112"].contains(line))
        .count()
}

#[test]
fn a_read_of_either_of_two_fields_is_one_call() {
    assert_eq!(calls("calls_same", ["", ""]), 1);
}

#[test]
fn reads_that_differ_are_two_calls() {
    for (test, here, there) in [
        (
            "calls_helper",
            "(i64 113 to ptr)(ptr %other",
            "(i64 112 to ptr)(ptr %other",
        ),
        ("calls_size", "(ptr %other, i32 8", "(ptr %other, i32 4"),
        // What is read is not what the other way has.
        ("calls_value", "[ %xnew, %oknew ]", "[ 7, %oknew ]"),
        ("calls_error", "[ %enew, %badnew ]", "[ -7, %badnew ]"),
        // One way has more to do.
        (
            "calls_more",
            "%xnew = load i64",
            "store volatile i64 5, ptr @prog_out\n  %xnew = load i64",
        ),
        (
            "calls_asked",
            "%cnew = icmp eq i64 %enew, 0",
            "%cnew = icmp slt i64 %enew, 3",
        ),
    ] {
        assert_eq!(calls(test, [here, there]), 2, "{test}");
    }
}

/// The IR that is made of two reads into `%slot`, each of which goes on to `read` or to `failed`.
fn of_two_reads(test: &str, one: &str, other: &str) -> String {
    let body = format!(
        "  %slot = alloca i64, align 8\n  %c = icmp eq i64 %v0, 0\n  \
         %n = load volatile i64, ptr %context\n  %m = load volatile i32, ptr %context\n  \
         br i1 %c, label %one, label %other, !dbg !21\n\
         one:\n{one}  br i1 %c1, label %read, label %failed\n\
         other:\n{other}  br i1 %c2, label %read, label %failed\n\
         read:\n  %x = load i64, ptr %slot\n  store volatile i64 %x, ptr @prog_out\n  ret i32 0, !dbg !21\n\
         failed:\n  ret i32 5, !dbg !21\n"
    );
    linked(test, "llvm-ir", &body)
}

fn helper_calls(ir: &str) -> Vec<&str> {
    let lines = ir.lines();
    lines
        .filter(|line| line.contains("call ") && line.contains("inttoptr (i64 113"))
        .collect()
}

/// What a loop uses is what was read before it, not what it reads itself.
#[test]
fn a_read_before_a_loop_is_not_that_in_it() {
    let read = "call i64 inttoptr (i64 113 to ptr)(ptr %slot, i32 8, ptr %context), !dbg !21";
    let of_loop = |used: &str| {
        format!(
            "  %slot = alloca i64, align 8\n  %e1 = {read}\n  %c1 = icmp sgt i64 %e1, -1\n  \
             br i1 %c1, label %turn, label %failed\n\
             turn:\n  store volatile i64 {used}, ptr @prog_out\n  %n = load volatile i64, ptr @prog_out\n  \
             %c = icmp ugt i64 %n, 7\n  br i1 %c, label %again, label %end\n\
             again:\n  %e2 = {read}\n  %c2 = icmp sgt i64 %e2, -1\n  br i1 %c2, label %turn, label %failed\n\
             end:\n  ret i32 0, !dbg !21\nfailed:\n  ret i32 5, !dbg !21\n"
        )
    };
    let kept = linked("calls_loop_kept", "llvm-ir", &of_loop("%e1"));
    assert_eq!(helper_calls(&kept).len(), 2, "{kept}");
    let forgotten = linked("calls_loop", "llvm-ir", &of_loop("3"));
    assert_eq!(helper_calls(&forgotten).len(), 1, "{forgotten}");
}

#[test]
fn calls_of_two_types_are_two() {
    let call = |number: u32, size: &str| {
        format!(
            "  %e{number} = call i64 inttoptr (i64 113 to ptr)(ptr %slot, {size}, ptr %context), !dbg !21\n  \
             %c{number} = icmp eq i64 %e{number}, 0\n"
        )
    };
    let ir = of_two_reads("calls_types", &call(1, "i64 %n"), &call(2, "i32 %m"));
    assert_eq!(helper_calls(&ir).len(), 2, "{ir}");
}

/// What is said of one call is not said of both.
#[test]
fn a_joined_call_says_no_more_than_both() {
    let call = |number: u32, said: &str| {
        format!(
            "  %p{number} = inttoptr i64 %{} to ptr\n  \
             %e{number} = call i64 inttoptr (i64 113 to ptr)(ptr %slot, i32 8, ptr {said} %p{number}), !dbg !21\n  \
             %c{number} = icmp eq i64 %e{number}, 0\n",
            ["n", "k"][number as usize - 1]
        )
    };
    let one = format!("  %k1 = add i64 %n, 8\n{}", call(1, "nonnull align 64"));
    let other = format!(
        "  %k = load volatile i64, ptr %context\n{}",
        call(2, "align 64")
    );
    let ir = of_two_reads("calls_said", &one, &other);
    let calls = helper_calls(&ir);
    let says = calls
        .iter()
        .map(|call| call.contains("i32 8, ptr align 64 %"));
    assert_eq!(says.collect::<Vec<_>>(), [true], "{ir}");
}

/// The life of a variable begins and ends with the variable itself, and with none that was chosen from two.
#[test]
fn lives_are_those_of_variables() {
    let call = |number: u32, slot: &str| {
        format!(
            "  call void @llvm.lifetime.start.p0(ptr %{slot})\n  \
             %e{number} = call i64 inttoptr (i64 113 to ptr)(ptr %{slot}, i32 8, ptr %context), !dbg !21\n  \
             %c{number} = icmp eq i64 %e{number}, 0\n  br i1 %c{number}, label %read, label %failed\n"
        )
    };
    let body = format!(
        "  %one = alloca i64, align 8\n  %other = alloca [2 x i64], align 8\n  \
         %c = icmp eq i64 %v0, 0\n  br i1 %c, label %first, label %second, !dbg !21\n\
         first:\n{}second:\n{}\
         read:\n  %x = load volatile i64, ptr %one\n  %y = load volatile i64, ptr %other\n  ret i32 0, !dbg !21\n\
         failed:\n  ret i32 5, !dbg !21\n",
        call(1, "one"),
        call(2, "other"),
    );
    let ir = linked("calls_lives", "llvm-ir", &body);
    let variables: Vec<&str> = ir
        .lines()
        .filter_map(|line| Some(line.split_once(" = alloca")?.0.trim()))
        .collect();
    let begins = ir
        .lines()
        .filter(|line| line.contains("call") && line.contains("lifetime.start"));
    let mut count = 0;
    for begin in begins {
        count += 1;
        let of = begin.split("ptr nonnull ").last().unwrap_or(begin);
        let of = of.split("ptr ").last().unwrap_or(of).trim_end_matches(')');
        assert!(variables.contains(&of), "{begin}: {ir}");
    }
    assert_eq!(count, 2, "{ir}");
}

/// Where the one is alive, the end of the other is none of its own.
#[test]
fn a_variable_that_may_end_without_a_begin_keeps_its_memory() {
    let body = "  %one = alloca i64, align 8\n  %other = alloca i64, align 8\n  \
        %c = icmp eq i64 %v0, 0\n  br i1 %c, label %first, label %second, !dbg !21\n\
        first:\n  call void @llvm.lifetime.start.p0(ptr %one)\n  \
        %e = call i64 inttoptr (i64 113 to ptr)(ptr %one, i32 8, ptr %context), !dbg !21\n  br label %both\n\
        second:\n  call void @llvm.lifetime.start.p0(ptr %other)\n  \
        %f = call i64 inttoptr (i64 112 to ptr)(ptr %other, i32 8, ptr %context), !dbg !21\n  \
        %y = load volatile i64, ptr %other\n  store volatile i64 %y, ptr @prog_out\n  br label %both\n\
        both:\n  call void @llvm.lifetime.end.p0(ptr %other)\n  %n = load volatile i64, ptr %context\n  \
        br i1 %c, label %last, label %end\n\
        last:\n  %x = load volatile i64, ptr %one\n  store volatile i64 %x, ptr @prog_out\n  \
        call void @llvm.lifetime.end.p0(ptr %one)\n  br label %end\n\
        end:\n  ret i32 0, !dbg !21\n";
    let ir = linked("slots_ends", "llvm-ir", body);
    assert_eq!(ir.matches(" = alloca").count(), 2, "{ir}");
}
