//! Markers whose symbol has the descriptor: a derive declares one for each field.

use crate::{
    linking::{Folder, instruction, records, records_of, said},
    program::{LINE, module, program},
};

const PID: &str = "__bpf_core_v1_field byte_off struct task_struct.pid:i32";
const TGID: &str = "__bpf_core_v1_field byte_off struct task_struct.tgid:i32";
const STATE: &str = "__bpf_core_v1_field field_exists struct task_struct.__state:u32";

fn declarations() -> String {
    format!(
        "declare ptr @\"{PID}\"(ptr)\ndeclare ptr @\"{TGID}\"(ptr)\ndeclare i64 @\"{STATE}\"()\n"
    )
}

/// A program with this body, which asks `requests` by other functions.
fn with(requests: &[&str], body: &str) -> String {
    let program = format!(
        "define i32 @prog(ptr %context) section \"raw_tp/x\" !dbg !20 {{\n{body}\n}}\n{}",
        declarations()
    );
    module("prog", requests, &program)
}

fn call(value: &str, marker: &str) -> String {
    format!("  {value} = call ptr @\"{marker}\"(ptr %context), !dbg !21\n")
}

#[test]
fn an_address_and_a_question() {
    let body = format!(
        "{}  %pid = load volatile i32, ptr %at, !dbg !21\n  \
         %there = call i64 @\"{STATE}\"(), !dbg !21\n  \
         store volatile i64 %there, ptr @prog_out, !dbg !21\n  ret i32 %pid, !dbg !21",
        call("%at", PID)
    );
    let ir = with(&[], &body);
    for level in ["0", "1", "2", "3", "s", "z"] {
        let records = records_of(&format!("named_{level}"), &ir, &["-O", level]);
        assert_eq!(
            said(&records),
            [
                "byte_off task_struct.pid",
                "field_exists task_struct.__state"
            ],
            "-O {level}"
        );
    }
}

/// A field is the record that another field is in: neither goes by the value that stood there before the other was
/// replaced.
#[test]
fn an_address_in_a_field_by_its_address() {
    for (outer, inner) in [(PID, TGID), (TGID, PID)] {
        let body = format!(
            "{}  %at = call ptr @\"{inner}\"(ptr %around), !dbg !21\n  \
             %value = load volatile i32, ptr %at, !dbg !21\n  ret i32 %value, !dbg !21",
            call("%around", outer)
        );
        let records = records_of("named_in_a_field", &with(&[], &body), &[]);
        assert_eq!(
            said(&records),
            [outer, inner].map(|marker| marker
                .trim_start_matches("__bpf_core_v1_field ")
                .replace("struct ", "")
                .replace(":i32", ""))
        );
    }
}

/// The two ways to give a descriptor are about one local type.
#[test]
fn beside_a_text_in_a_constant() {
    let body = format!(
        "{}  %pid = load volatile i32, ptr %at, !dbg !21\n  \
         %size = call i64 @prog_0(), !dbg !21\n  \
         store volatile i64 %size, ptr @prog_out, !dbg !21\n  ret i32 %pid, !dbg !21",
        call("%at", PID)
    );
    let ir = with(&["byte_sz struct task_struct.comm:[16]u8"], &body);
    let records = records_of("named_beside", &ir, &[]);
    assert_eq!(
        said(&records),
        ["byte_off task_struct.pid", "byte_sz task_struct.comm"]
    );
}

#[test]
fn an_address_folds_into_the_load() {
    const LOAD_U32: u8 = 0x61;
    let body = format!(
        "{}  %pid = load volatile i32, ptr %at, !dbg !21\n  ret i32 %pid, !dbg !21",
        call("%at", PID)
    );
    let folder = Folder::new("named_fold");
    let object = folder.link(&[&folder.file("a.ll", with(&[], &body)), "--export", "prog"]);
    let records = records(&object);
    assert_eq!(said(&records), ["byte_off task_struct.pid"]);
    assert_eq!(instruction(&object, &records[0])[0], LOAD_U32);
}

/// Two paths that end alike stay two, and each is asked for in its own branch.
#[test]
fn branches_that_differ_in_the_marker_alone() {
    let body = format!(
        "  %which = icmp eq ptr %context, null, !dbg !21\n  \
         br i1 %which, label %a, label %b, !dbg !21\n\
         a:\n{}  %x = load volatile i32, ptr %p, !dbg !21\n  br label %end, !dbg !21\n\
         b:\n{}  %y = load volatile i32, ptr %q, !dbg !21\n  br label %end, !dbg !21\n\
         end:\n  %z = phi i32 [ %x, %a ], [ %y, %b ], !dbg !21\n  ret i32 %z, !dbg !21",
        call("%p", PID),
        call("%q", TGID)
    );
    let ir = with(&[], &body);
    for level in ["0", "1", "2", "3", "s", "z"] {
        let records = records_of(&format!("named_branches_{level}"), &ir, &["-O", level]);
        let mut said = said(&records);
        said.sort_unstable();
        assert_eq!(
            said,
            ["byte_off task_struct.pid", "byte_off task_struct.tgid"],
            "-O {level}"
        );
    }
}

/// A derive declares more markers than a program calls, and rustc drops answers, not calls.
#[test]
fn what_nobody_wants_has_no_record() {
    let body = format!(
        "{}{}  %pid = load volatile i32, ptr %at, !dbg !21\n  ret i32 %pid, !dbg !21",
        call("%dropped", TGID),
        call("%at", PID)
    );
    let records = records_of("named_dropped", &with(&[], &body), &[]);
    assert_eq!(said(&records), ["byte_off task_struct.pid"]);
}

/// The function around such a call is the user's: it is inlined or not, as its author says.
#[test]
fn the_function_around_a_call_stays() {
    let body = "  %pid = call i32 @helper(ptr %context), !dbg !21\n  ret i32 %pid, !dbg !21";
    let helper = format!(
        "define i32 @helper(ptr %context) noinline !dbg !30 {{\n  \
         %at = call ptr @\"{PID}\"(ptr %context), !dbg !31\n  \
         %pid = load volatile i32, ptr %at, !dbg !31\n  ret i32 %pid, !dbg !31\n}}\n\
         !30 = distinct !DISubprogram(name: \"helper\", scope: !2, file: !2, line: 80, type: !3, \
         unit: !1, spFlags: DISPFlagDefinition)\n!31 = !DILocation(line: 81, column: 9, scope: !30)\n"
    );
    let ir = with(&[], body) + &helper;
    let folder = Folder::new("named_helper");
    let object = folder.link(&[&folder.file("a.ll", ir), "--export", "prog"]);
    let records = records(&object);
    assert_eq!(said(&records), ["byte_off task_struct.pid"]);
    assert_eq!(records[0].section, ".text");
}

fn refused(test: &str, ir: &str, parts: &[&str]) {
    let folder = Folder::new(test);
    let input = folder.file("a.ll", ir);
    let message = folder.fail(&[&input, "--export", "prog"]);
    for part in parts {
        assert!(message.contains(part), "no `{part}` in:\n{message}");
    }
}

#[test]
fn a_marker_that_is_no_descriptor() {
    let body = format!("{}  ret i32 0, !dbg !21", call("%at", PID));
    let ir = with(&[], &body).replace(".pid:i32", ".pid:i33");
    refused(
        "named_malformed",
        &ir,
        &[
            "malformed relocation descriptor: unknown type at byte 32",
            LINE,
        ],
    );
}

#[test]
fn a_marker_that_is_passed_on() {
    let body = format!("  store ptr @\"{PID}\", ptr @prog_out, !dbg !21\n  ret i32 0, !dbg !21");
    refused(
        "named_passed_on",
        &with(&[], &body),
        &[
            "relocation cannot be lowered: the marker is used as a value, and can only be called",
            LINE,
        ],
    );
}

#[test]
fn a_question_that_is_called_as_an_address() {
    let body = format!("{}  ret i32 0, !dbg !21", call("%at", PID));
    let ir = with(&[], &body).replace("byte_off struct task_struct.pid", "byte_sz struct s.pid");
    refused(
        "named_other_types",
        &ir,
        &[
            "relocation cannot be lowered: the marker is called with other types than declared",
            LINE,
        ],
    );
}

#[test]
fn a_marker_that_is_defined() {
    let definition = format!("define ptr @\"{PID}\"(ptr %base) {{\n  ret ptr %base\n}}\n");
    let ir = program("prog", "raw_tp/x", &["byte_off struct s.x:u8"]) + &definition;
    refused(
        "named_defined",
        &ir,
        &["is defined, but its name is reserved", PID],
    );
}
