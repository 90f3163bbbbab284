//! Each error: one message, with the cure and the line; exit code 1; no output.

use std::fs;

use crate::{
    linking::Folder,
    program::{LINE, archive, bitcode, object_with, program},
};

const REQUEST: &str = "byte_off struct task_struct.pid:i32";

fn good() -> String {
    program("prog", "raw_tp/x", &[REQUEST])
}

/// Links a module that must be refused; checks that the message has all `parts`.
fn refused(test: &str, ir: impl AsRef<[u8]>, parts: &[&str]) {
    let folder = Folder::new(test);
    let input = folder.file("a.ll", ir);
    folder.file("out", "of an earlier link");
    let message = folder.fail(&[&input, "--export", "prog"]);
    for part in parts {
        assert!(message.contains(part), "no `{part}` in:\n{message}");
    }
}

#[test]
fn no_compile_unit() {
    let ir: String = good()
        .lines()
        .filter(|line| !line.starts_with('!'))
        .map(|line| {
            let line = line.split(", !dbg").next().unwrap_or_default();
            format!(
                "{}{}\n",
                line.split(" !dbg").next().unwrap_or_default(),
                if line.contains("{") && line.contains("!dbg") {
                    " {"
                } else {
                    ""
                }
            )
        })
        .collect();
    refused(
        "no_unit",
        ir,
        &[
            "relocations need debug info",
            "has no compile unit",
            "`prog_0`",
            "debug = 2",
            "[profile.release]",
        ],
    );
}

#[test]
fn debug_info_switched_off() {
    let ir = good().replace("emissionKind: FullDebug", "emissionKind: NoDebug");
    refused(
        "no_debug",
        ir,
        &[
            "relocations need debug info: the program switches all of it off (`NoDebug`)",
            "`prog_0`",
            LINE,
        ],
    );
}

#[test]
fn marker_of_another_version() {
    let ir = good().replace("__bpf_core_v1_info", "__bpf_core_v2_info");
    refused(
        "version",
        ir,
        &[
            "unknown relocation marker `__bpf_core_v2_info`",
            LINE,
            "install bpf-core-linker of the same version",
        ],
    );
}

#[test]
fn malformed_descriptor() {
    let ir = program("prog", "raw_tp/x", &["byte_off struct task_struct.pid:i33"]);
    refused(
        "malformed",
        ir,
        &[
            "malformed relocation descriptor: unknown type at byte 32",
            LINE,
        ],
    );
}

#[test]
fn descriptor_longer_than_its_constant() {
    let ir = good().replace("i64 35)", "i64 350)");
    refused("too_long", ir, &["malformed relocation descriptor", LINE]);
}

#[test]
fn descriptor_that_asks_for_no_address() {
    let ir = program("prog", "raw_tp/x", &["&byte_sz struct task_struct.pid:i32"]);
    refused(
        "no_address",
        ir,
        &[
            "malformed relocation descriptor",
            "asks for no address",
            LINE,
        ],
    );
}

#[test]
fn descriptor_that_is_not_constant() {
    let ir = good()
        .replace("@prog_0() noinline", "@prog_0(i1 %c) noinline")
        .replace("@prog_0()", "@prog_0(i1 undef)")
        .replace("%r = call i64 @__bpf_core_v1_info(ptr @prog_d0", "%s = select i1 %c, ptr @prog_d0, ptr @prog_out\n %r = call i64 @__bpf_core_v1_info(ptr %s");
    refused(
        "not_constant",
        ir,
        &[
            "relocation cannot be lowered",
            "not a constant",
            LINE,
            "macros of bpf-core",
        ],
    );
}

#[test]
fn descriptor_that_may_change() {
    let ir = good().replace(
        "@prog_d0 = private unnamed_addr constant",
        "@prog_d0 = internal global",
    );
    refused(
        "may_change",
        ir,
        &[
            "relocation cannot be lowered",
            "not a constant string",
            LINE,
        ],
    );
}

#[test]
fn marker_as_a_value() {
    let ir = good().replace(
        "@prog_out = global i64 0",
        "@prog_out = global i64 0\n@f = global ptr @__bpf_core_v1_info",
    );
    let ir = ir
        .replace("info, align 8", "info")
        .replace("global i64 0\n", "global i64 0, align 8\n");
    refused(
        "value",
        ir,
        &["relocation cannot be lowered", "used as a value"],
    );
}

#[test]
fn marker_with_other_arguments() {
    let ir = good().replace("i64 35), !dbg", "i64 35, i32 1), !dbg");
    refused(
        "arguments",
        ir,
        &["relocation cannot be lowered", "other types", LINE],
    );
}

#[test]
fn marker_with_a_body() {
    let ir = good().replace(
        "declare i64 @__bpf_core_v1_info(ptr, i64)",
        "define i64 @__bpf_core_v1_info(ptr %a, i64 %b) {\n ret i64 0\n}",
    );
    refused("body", ir, &["`__bpf_core_v1_info` is defined"]);
}

#[test]
fn struct_within_itself() {
    let ir = program(
        "prog",
        "raw_tp/x",
        &["byte_off struct a.b:struct b.a:struct a.b:struct b"],
    );
    refused("recursive", ir, &["contains itself by value"]);
}

#[test]
fn damaged_text() {
    refused(
        "text",
        good() + "\nbogus",
        &["cannot parse the LLVM IR in", "expected top-level entity"],
    );
}

#[test]
fn damaged_bitcode() {
    let whole = bitcode(&good());
    let plain = bitcode(&program("prog", "raw_tp/x", &[]));
    for (name, bytes) in [("marked", whole), ("plain", plain)] {
        for len in [4, 5, 20, 100, 333, 900, bytes.len() / 2, bytes.len() - 5] {
            // Also with the name of a marker, so that it is read by both sides.
            let mut cut = bytes[..len].to_vec();
            refused(&format!("cut_{name}"), &cut, &["a.ll`"]);
            cut.extend(b"__bpf_core_v1_info");
            refused(&format!("cut_{name}"), &cut, &["a.ll`"]);
        }
    }
}

#[test]
fn any_byte_damaged() {
    // Whatever LLVM says or does to these, no panic and no crash is to be seen.
    let whole = bitcode(&good());
    let folder = Folder::new("flipped");
    for at in (4..whole.len()).step_by(whole.len() / 60) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        let input = folder.file("a.bc", bytes);
        let output = folder.run(&[&input, "--export", "prog"]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!stderr.contains("panicked"), "byte {at}: {stderr}");
        match output.status.code() {
            Some(0) => assert!(fs::remove_file(folder.path("out")).is_ok(), "byte {at}"),
            Some(1) => {
                assert!(stderr.contains("error: "), "byte {at}: {stderr}");
                assert!(!folder.path("out").exists(), "byte {at}");
            }
            code => panic!("byte {at}: {code:?}: {stderr}"),
        }
    }
}

/// Rewrites bits of the identification block: a new number in the writer's name, and a
/// new epoch.
fn from_the_future(bitcode: &[u8], epoch: bool, damaged: bool) -> Vec<u8> {
    const CHAR6: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._";
    // From the end of the name to the epoch: the definition of an abbreviation (5 bits
    // for that, 5 for the number of operands, 9 for a literal, 9 for a number), and the
    // id of the record.
    const TO_EPOCH: usize = 33;
    let encoded = |text: &str| -> Vec<bool> {
        text.chars()
            .filter_map(|c| CHAR6.find(c))
            .flat_map(|number| (0..6).map(move |bit| number >> bit & 1 == 1))
            .collect()
    };
    let mut bits: Vec<bool> = bitcode
        .iter()
        .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1))
        .collect();
    let version = inkwell::support::get_llvm_version();
    let name = format!("LLVM{}.{}.{}", version.0, version.1, version.2);
    let old = encoded(&name);
    let at = bits.windows(old.len()).position(|window| window == old);
    let at = at.unwrap_or_else(|| panic!("no {name} in the bitcode"));
    let new = encoded(&name.replace(&format!("LLVM{}", version.0), "LLVM99"));
    bits[at..at + new.len()].copy_from_slice(&new);
    if epoch {
        bits[at + old.len() + TO_EPOCH] = true;
    }
    if damaged {
        let middle = bits.len() / 3;
        bits[middle..middle + 400]
            .iter_mut()
            .for_each(|bit| *bit = !*bit);
    }
    bits.chunks(8)
        .map(|bits| {
            bits.iter()
                .rev()
                .fold(0, |byte, bit| byte << 1 | u8::from(*bit))
        })
        .collect()
}

#[test]
fn bitcode_of_a_newer_llvm() {
    for (name, requests) in [("marked", &[REQUEST][..]), ("plain", &[])] {
        let bitcode = bitcode(&program("prog", "raw_tp/x", requests));
        for (epoch, damaged) in [(true, false), (false, true)] {
            let newer = from_the_future(&bitcode, epoch, damaged);
            let parts = [
                "is bitcode of a newer LLVM",
                "LLVM99",
                "this linker has LLVM",
                "rustc -vV",
                "--features llvm-99",
            ];
            refused(&format!("newer_{name}"), newer, &parts);
        }
    }
}

#[test]
fn llvm_gives_up() {
    // `report_fatal_error` in BPFAbstractMemberAccess.cpp.
    let ir = good().replace(
        "declare i64 @__bpf_core_v1_info(ptr, i64)",
        "declare i64 @__bpf_core_v1_info(ptr, i64)\n\
         declare ptr @llvm.preserve.struct.access.index.p0.p0(ptr, i32 immarg, i32 immarg)",
    );
    let ir = ir.replace(
        "  %v0 = ",
        "  %f = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype({i32}) %context, i32 0, i32 0), !dbg !21\n  \
         store volatile ptr %f, ptr @prog_out, !dbg !21\n  %v0 = ",
    );
    refused(
        "gives_up",
        ir,
        &["LLVM gave up on this program", "Missing metadata"],
    );
}

#[test]
fn llvm_crashes() {
    // `BPFAbstractMemberAccess::run` follows the missing type.
    let ir = good().replace("line: 90, type: !3,", "line: 90,");
    refused("crash", ir, &["LLVM crashed on this program (signal 11)"]);
}

#[test]
fn two_definitions_of_one_symbol() {
    let folder = Folder::new("twice");
    let input = folder.file("a.ll", good());
    let message = folder.fail(&[&input, &input, "--export", "prog"]);
    assert!(
        message.contains("a.ll") && message.contains("symbol multiply defined"),
        "{message}"
    );
}

#[test]
fn code_that_the_backend_refuses() {
    let ir = good().replace("  ret i32 0", "  %big = alloca [600 x i8]\n  %h = call i64 inttoptr (i64 4 to ptr)(ptr %big), !dbg !21\n  ret i32 0");
    refused(
        "stack",
        ir,
        &[
            "a function needs more than the 512 bytes of stack",
            "/src/prog.rs:90",
            "in function `prog`",
            "PerCpuArray",
        ],
    );
}

#[test]
fn unwritable_output() {
    let folder = Folder::new("unwritable");
    let input = folder.file("a.ll", good());
    let cases = [
        (
            "missing/out",
            "cannot write `missing/out`: no such file or directory",
        ),
        ("/proc/out", "cannot write `/proc/out`"),
        (
            "/dev/full",
            "cannot write `/dev/full`: no space left on device",
        ),
        (".", "cannot write `.`: is a directory"),
    ];
    for (output, message) in cases {
        let output = folder.run_to(output, &[&input, "--export", "prog"]);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains(message), "{stderr}");
    }
}

#[test]
fn unreadable_inputs() {
    let folder = Folder::new("unreadable");
    let good = folder.file("a.ll", good());
    let message = folder.fail(&["nowhere.o"]);
    assert!(
        message.contains("cannot read `nowhere.o`: no such file or directory"),
        "{message}"
    );
    let message = folder.fail(&[&good, "--export-symbols", "nowhere"]);
    assert!(
        message.contains("cannot read `nowhere`: no such file or directory"),
        "{message}"
    );
    let text = folder.file("text", "no bitcode");
    assert!(
        folder.fail(&[&text]).contains("invalid input file"),
        "not recognised"
    );
    let archive = folder.file("a.rlib", "!<arch>\n__bpf_core_v1_info but no archive");
    assert!(
        folder.fail(&[&archive]).contains("corrupt archive"),
        "not recognised"
    );
}

#[test]
fn code_without_bitcode() {
    // As GCC makes it, and clang without `-emit-llvm`.
    let object = object_with(".text", &[0x95, 0, 0, 0, 0, 0, 0, 0]);
    let folder = Folder::new("machine_code");
    let good = folder.file("a.ll", good());
    let archive = archive(&[("shim.o", &object)]);
    for (name, bytes) in [("shim.o", object), ("libshim.a", archive)] {
        let input = folder.file(name, bytes);
        let message = folder.fail(&[&good, &input, "--export", "prog"]);
        for part in [
            "shim.o",
            "machine code and no LLVM bitcode",
            "-emit-llvm",
            "bpftool gen object",
        ] {
            assert!(message.contains(part), "no `{part}` in:\n{message}");
        }
    }
}

#[test]
fn debug_info_that_llvm_refuses() {
    let version = "!\"Debug Info Version\", i32 3";
    let ir = good().replace(version, "!\"Debug Info Version\", i32 2");
    let parts = [
        "LLVM refuses the debug info of",
        "a.ll`",
        "invalid version (2)",
    ];
    refused("old_debug_info", ir, &parts);
    // A location in another function than its instruction: LLVM prints what is wrong with it.
    let ir = good().replace(
        "!21 = !DILocation(line: 91, column: 9, scope: !20)",
        "!21 = !DILocation(line: 91, column: 9, scope: !100)",
    );
    let folder = Folder::new("invalid_debug_info");
    let output = folder.run(&[&folder.file("a.ll", ir), "--export", "prog"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.contains("error: LLVM refuses the debug info of"),
        "{stderr}"
    );
    assert!(!folder.path("out").exists());
}

#[test]
fn unknown_options() {
    let folder = Folder::new("options");
    let input = folder.file("a.ll", good());
    for (arguments, message) in [
        (&["--bogus"][..], "unexpected argument '--bogus'"),
        (&["--cpu", "v9"], "invalid value 'v9'"),
        (&["-O", "4"], "invalid value '4'"),
        (&["--emit", "exe"], "invalid value 'exe'"),
    ] {
        let stderr = folder.fail(&[&[&*input], arguments].concat());
        assert!(stderr.contains(message), "{stderr}");
    }
    let message = folder.fail(&[&input, "--target", "nonsense"]);
    assert!(message.contains("invalid LLVM target"), "{message}");
}
