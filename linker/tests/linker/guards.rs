//! An offset stays behind the check whether its field exists: on a kernel without the
//! field, loaders make its instruction an invalid one.

use crate::{
    linking::{Folder, Record, records, said, section},
    program::module,
};

const REQUESTS: [&str; 3] = [
    "field_exists struct task_struct.pid:i32",
    "&byte_off struct task_struct.pid:i32",
    "byte_off struct task_struct.pid:i32",
];

/// A loop in which the field is read if it exists. All of the condition and all of the
/// offset is the same in each round, so LLVM would like both out of the loop.
const LOOP: &str = r#"
define i64 @prog(ptr %context, i64 %n) section "raw_tp/x" !dbg !20 {
entry:
  br label %loop, !dbg !21
loop:
  %i = phi i64 [ 0, %entry ], [ %i2, %next ], !dbg !21
  %sum = phi i64 [ 0, %entry ], [ %sum2, %next ], !dbg !21
  %q = getelementptr i64, ptr %context, i64 %i
  %qv = load volatile i64, ptr %q, !dbg !21
  %exists = call i64 @prog_0(), !dbg !21
  %c = icmp ne i64 %exists, 0, !dbg !21
  br i1 %c, label %then, label %next, !dbg !21
then:
  %o = call i64 @prog_2(), !dbg !21
  %x1 = add i64 %o, %i, !dbg !21
  %x2 = xor i64 %x1, %qv, !dbg !21
  %x3 = mul i64 %x2, %x1, !dbg !21
  %p = call ptr @prog_1(ptr %context), !dbg !21
  %v = load i32, ptr %p, !dbg !21
  %ve = zext i32 %v to i64, !dbg !21
  %t = add i64 %x3, %ve, !dbg !21
  br label %next, !dbg !21
next:
  %d = phi i64 [ %t, %then ], [ 0, %loop ], !dbg !21
  %sum2 = add i64 %sum, %d, !dbg !21
  %i2 = add i64 %i, 1, !dbg !21
  %z = icmp ult i64 %i2, %n, !dbg !21
  br i1 %z, label %loop, label %done, !dbg !21
done:
  ret i64 %sum2, !dbg !21
}
"#;

/// Two uses of one offset, so that the backend has no single place to move it back to.
const TWO_USES: &str = r#"
define i64 @prog(ptr %context, i64 %n) section "raw_tp/x" !dbg !20 {
entry:
  br label %loop, !dbg !21
loop:
  %i = phi i64 [ 0, %entry ], [ %i2, %next ], !dbg !21
  %sum = phi i64 [ 0, %entry ], [ %sum2, %next ], !dbg !21
  %q = getelementptr i64, ptr %context, i64 %i
  %qv = load volatile i64, ptr %q, !dbg !21
  %exists = call i64 @prog_0(), !dbg !21
  %c = icmp ne i64 %exists, 0, !dbg !21
  %large = icmp ugt i64 %qv, 77, !dbg !21
  br i1 %c, label %then, label %next, !dbg !21
then:
  br i1 %large, label %one, label %two, !dbg !21
one:
  %o1 = call i64 @prog_2(), !dbg !21
  %r1 = add i64 %o1, %qv, !dbg !21
  br label %next, !dbg !21
two:
  %o2 = call i64 @prog_2(), !dbg !21
  %m2 = mul i64 %o2, 3
  %r2 = xor i64 %m2, %qv, !dbg !21
  br label %next, !dbg !21
next:
  %d = phi i64 [ %r1, %one ], [ %r2, %two ], [ 0, %loop ], !dbg !21
  %sum2 = add i64 %sum, %d, !dbg !21
  %i2 = add i64 %i, 1, !dbg !21
  %z = icmp ult i64 %i2, %n, !dbg !21
  br i1 %z, label %loop, label %done, !dbg !21
done:
  ret i64 %sum2, !dbg !21
}
"#;

/// The read is a call that may write to memory, so that LLVM takes the answer to be a
/// new one in each round, and keeps those of all ways into a block.
const READ: &str = r#"
define i64 @prog(ptr %context, i32 %n) section "raw_tp/x" !dbg !20 {
entry:
  %buffer = alloca i64
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %i2, %next ]
  %sum = phi i64 [ 0, %entry ], [ %sum2, %next ]
  %exists = call i64 @prog_0(), !dbg !21
  %c = icmp ne i64 %exists, 0
  br i1 %c, label %then, label %next
then:
  %o = call i64 @prog_2(), !dbg !21
  %p = getelementptr i8, ptr %context, i64 %o
  %e = call i64 inttoptr (i64 113 to ptr)(ptr %buffer, i32 8, ptr %p), !dbg !21
  %v = load i64, ptr %buffer
  %t = add i64 %sum, %v
  br label %next
next:
  %sum2 = phi i64 [ %t, %then ], [ %sum, %loop ]
  %i2 = add i32 %i, 1
  %z = icmp ult i32 %i2, %n
  br i1 %z, label %loop, label %done
done:
  ret i64 %sum2
}
"#;

const BRANCH: &str = r#"
define i64 @prog(ptr %context) section "raw_tp/x" !dbg !20 {
  %exists = call i64 @prog_0(), !dbg !21
  %c = icmp ne i64 %exists, 0, !dbg !21
  br i1 %c, label %then, label %done, !dbg !21
then:
  %o = call i64 @prog_2(), !dbg !21
  %p = call ptr @prog_1(ptr %context), !dbg !21
  %v = load i32, ptr %p, !dbg !21
  %ve = zext i32 %v to i64, !dbg !21
  %t = add i64 %o, %ve, !dbg !21
  br label %done, !dbg !21
done:
  %d = phi i64 [ %t, %then ], [ 7, %0 ], !dbg !21
  ret i64 %d, !dbg !21
}
"#;

/// The blocks that a program goes through if the field does not exist must hold no
/// offset of it: follows the code with every answer 0.
fn offsets_reached_without_field(object: &[u8], records: &[Record]) -> Vec<u32> {
    let code = section(object, "raw_tp/x");
    let record_at = |at: usize| {
        records
            .iter()
            .find(|record| record.offset as usize == at * 8)
    };
    let mut reached = Vec::new();
    let mut seen = Vec::new();
    // Where to go on, and which register has the answer, if one has.
    let mut open = vec![(0_usize, None::<u8>)];
    while let Some((at, answer)) = open.pop() {
        if at * 8 >= code.len() || seen.contains(&(at, answer)) {
            continue;
        }
        seen.push((at, answer));
        let [opcode, registers, low, high, a, b, c, d] = code[at * 8..at * 8 + 8]
            .try_into()
            .unwrap_or_else(|error| panic!("{error}"));
        let target = registers & 0xf;
        let jump = (at as i64 + 1 + i64::from(i16::from_le_bytes([low, high]))) as usize;
        let immediate = i32::from_le_bytes([a, b, c, d]);
        let next = if opcode == 0x18 { at + 2 } else { at + 1 };
        match record_at(at) {
            Some(record) if record.what.starts_with("field_exists") => {
                open.push((next, Some(target)));
                continue;
            }
            Some(record) => reached.push(record.offset),
            None => {}
        }
        match opcode {
            0x95 => {}
            0x05 => open.push((jump, answer)),
            // Equal and not equal, to a constant, in 64 and in 32 bits.
            0x15 | 0x16 if answer == Some(target) => {
                open.push((if immediate == 0 { jump } else { next }, answer));
            }
            0x55 | 0x56 if answer == Some(target) => {
                open.push((if immediate == 0 { next } else { jump }, answer));
            }
            _ if matches!(opcode & 7, 5 | 6) => open.extend([(jump, answer), (next, answer)]),
            // Anything else that writes to the register but a copy or a mask of it.
            _ if answer == Some(target) && matches!(opcode & 7, 0 | 1) => open.push((next, None)),
            _ if answer == Some(target) && matches!(opcode, 0xb7 | 0xbf | 0xb4 | 0xbc) => {
                open.push((next, None));
            }
            _ => open.push((next, answer)),
        }
    }
    reached
}

fn check(test: &str, functions: &str) {
    let folder = Folder::new(test);
    let input = folder.file("a.ll", module("prog", &REQUESTS, functions));
    for level in ["0", "1", "2", "3", "s", "z"] {
        let object = folder.link(&[&input, "--export", "prog", "-O", level]);
        let records = records(&object);
        let mut all = said(&records);
        all.sort_unstable();
        all.dedup();
        assert_eq!(
            all,
            ["byte_off task_struct.pid", "field_exists task_struct.pid"],
            "-O {level}"
        );
        let reached = offsets_reached_without_field(&object, &records);
        assert!(
            reached.is_empty(),
            "-O {level}: offsets reached without the field: {reached:?}"
        );
    }
}

#[test]
fn behind_a_branch() {
    check("branch", BRANCH);
}

#[test]
fn in_a_loop() {
    check("loop", LOOP);
}

#[test]
fn in_a_loop_with_two_uses() {
    check("loop_two", TWO_USES);
}

#[test]
fn in_a_loop_that_reads() {
    check("loop_read", READ);
}

/// The optimiser sees that nothing uses the last of two pointers, and only that one uses the first.
const UNUSED: &str = r#"
define i64 @prog(ptr %context) section "raw_tp/x" !dbg !20 {
  %p = call ptr @prog_1(ptr %context), !dbg !21
  %q = call ptr @prog_1(ptr %p), !dbg !21
  %exists = call i64 @prog_0(), !dbg !21
  %same = icmp eq ptr %q, %q, !dbg !21
  %one = zext i1 %same to i64, !dbg !21
  %r = add i64 %exists, %one, !dbg !21
  ret i64 %r, !dbg !21
}
"#;

#[test]
fn what_nothing_uses_is_asked_by_nobody() {
    let folder = Folder::new("unused");
    let input = folder.file("a.ll", module("prog", &REQUESTS, UNUSED));
    for level in ["0", "2"] {
        let object = folder.link(&[&input, "--export", "prog", "-O", level]);
        assert_eq!(
            said(&records(&object)),
            ["field_exists task_struct.pid"],
            "-O {level}"
        );
    }
}

#[test]
fn the_check_sees_an_offset_that_is_not_guarded() {
    let unguarded = BRANCH
        .replace("br i1 %c, label %then, label %done", "br label %then")
        .replace(", [ 7, %0 ]", "");
    let unguarded = unguarded.replace(
        "%t = add i64 %o, %ve",
        "%s = add i64 %o, %ve\n  %t = add i64 %s, %exists",
    );
    let folder = Folder::new("unguarded");
    let input = folder.file("a.ll", module("prog", &REQUESTS, &unguarded));
    let object = folder.link(&[&input, "--export", "prog"]);
    assert!(!offsets_reached_without_field(&object, &records(&object)).is_empty());
}
