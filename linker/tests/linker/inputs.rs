//! All forms of input, and all forms of output.

use std::fs;

use crate::{
    linking::{Folder, records, said},
    program::{LINE, archive, bitcode, object_with, object_with_bitcode, program},
};

const REQUEST: &str = "byte_off struct task_struct.pid:i32";

#[test]
fn every_form_of_input() {
    let ir = program("prog", "raw_tp/x", &[REQUEST]);
    let other = bitcode(&program(
        "other",
        "raw_tp/y",
        &["byte_off struct task_struct.tgid:i32"],
    ));
    let bitcode = bitcode(&ir);
    let object = object_with_bitcode(&bitcode);
    let folder = Folder::new("forms_of_input");
    let forms = [
        ("text", ir.into_bytes()),
        (
            "archive",
            archive(&[
                ("lib.rmeta", b"rust"),
                ("other.o", &other),
                ("a.o", &bitcode),
            ]),
        ),
        (
            "archive_of_objects",
            archive(&[("lib.rmeta", b"__bpf_core_v1_info"), ("a.o", &object)]),
        ),
        ("bitcode", bitcode),
        ("object", object),
    ];
    for (name, bytes) in forms {
        let input = folder.file(name, bytes);
        let records = records(&folder.link(&[&input, "--export", "prog"]));
        assert_eq!(said(&records), ["byte_off task_struct.pid"], "{name}");
    }
}

#[test]
fn text_may_begin_with_anything() {
    let folder = Folder::new("beginnings");
    // LLVM wants the lines about the target before all others, or not at all.
    let untargeted = |requests: &[&str]| {
        let ir = program("prog", "raw_tp/x", requests);
        ir[ir.find('@').unwrap_or_default()..].to_owned()
    };
    for begin in [
        "",
        "; by hand\n\n",
        "%s = type { i32 }\n",
        "$c = comdat any\n",
        "attributes #0 = { nounwind }\n",
        "!names = !{}\n",
    ] {
        let input = folder.file("a.ll", format!("{begin}{}", untargeted(&[REQUEST])));
        let records = records(&folder.link(&[&input, "--export", "prog"]));
        assert_eq!(said(&records), ["byte_off task_struct.pid"], "{begin}");
        // Without relocations bpf-linker would link it, but for its beginning.
        let input = folder.file("a.ll", format!("{begin}{}", untargeted(&[])));
        let object = folder.link(&[&input, "--export", "prog"]);
        assert!(object.starts_with(b"\x7fELF"), "{begin}");
    }
}

#[test]
fn an_object_with_nothing_but_symbols_is_left_alone() {
    // rustc passes one to every linker.
    let folder = Folder::new("symbols");
    let input = folder.file("a.ll", program("prog", "raw_tp/x", &[REQUEST]));
    let symbols = folder.file("symbols.o", object_with("note", b"rustc"));
    let object = folder.link(&[&symbols, &input, "--export", "prog"]);
    assert_eq!(said(&records(&object)), ["byte_off task_struct.pid"]);
}

#[test]
fn every_form_of_output() {
    let folder = Folder::new("forms_of_output");
    let input = folder.file("a.ll", program("prog", "raw_tp/x", &[REQUEST]));
    let emit = |kind| folder.link(&[&input, "--export", "prog", "--emit", kind]);
    assert!(emit("llvm-bc").starts_with(b"BC\xc0\xde"));
    let ir = String::from_utf8(emit("llvm-ir")).unwrap_or_default();
    assert!(
        ir.contains(".task_struct:0:0$0:0") && !ir.contains("__bpf_core_v"),
        "{ir}"
    );
    let assembly = String::from_utf8(emit("asm")).unwrap_or_default();
    assert!(
        assembly.contains(".BTF.ext") && assembly.contains("\"0:0\""),
        "{assembly}"
    );
    assert_eq!(said(&records(&emit("obj"))), ["byte_off task_struct.pid"]);
    // What was linked can be linked again, as bitcode of clang can.
    let again = folder.file("again.bc", emit("llvm-bc"));
    assert_eq!(
        said(&records(
            &folder.link(&[&again, "--export", "prog", "--btf"])
        )),
        ["byte_off task_struct.pid"]
    );
}

#[test]
fn the_module_is_dumped() {
    let folder = Folder::new("dump");
    let input = folder.file("a.ll", program("prog", "raw_tp/x", &[REQUEST]));
    folder.link(&[&input, "--export", "prog", "--dump-module", "dumped"]);
    let dumped = |name| fs::read_to_string(folder.path("dumped").join(name)).unwrap_or_default();
    assert!(dumped("pre-opt.ll").contains("llvm.preserve.struct.access.index"));
    assert!(dumped("post-opt.ll").contains(".task_struct:0:0$0:0"));
}

#[test]
fn the_log_goes_to_a_file() {
    let folder = Folder::new("log");
    let input = folder.file("a.ll", program("prog", "raw_tp/x", &[REQUEST]));
    folder.link(&[
        &input,
        "--export",
        "prog",
        "--log-file",
        "logged",
        "--log-level",
        "info",
    ]);
    let log = fs::read_to_string(folder.path("logged")).unwrap_or_default();
    assert!(log.contains("1 different relocations"), "{log}");
}

#[test]
fn a_descriptor_may_come_by_way_of_the_stack() {
    // As rustc passes it without optimisation.
    let ir = program("prog", "raw_tp/x", &[REQUEST]).replace(
        "%r = call i64 @__bpf_core_v1_info(ptr @prog_d0",
        "%s = alloca ptr\n store ptr @prog_d0, ptr %s\n %d = load ptr, ptr %s\n \
         %r = call i64 @__bpf_core_v1_info(ptr %d",
    );
    let records = crate::linking::records_of("stack", &ir, &[]);
    assert_eq!(said(&records), ["byte_off task_struct.pid"]);
}

#[test]
fn a_link_replaces_what_a_symbolic_link_points_to() {
    let folder = Folder::new("symlink");
    let input = folder.file("a.ll", program("prog", "raw_tp/x", &[REQUEST]));
    let target = folder.file("target", "old");
    std::os::unix::fs::symlink(&target, folder.path("out"))
        .unwrap_or_else(|error| panic!("{error}"));
    folder.link(&[&input, "--export", "prog"]);
    assert!(folder.path("out").is_symlink());
    assert!(fs::read(&target).is_ok_and(|bytes| bytes.starts_with(b"\x7fELF")));
}

#[test]
fn the_program_is_where_the_tests_say() {
    // Guards the constant that the refusals are tested with.
    let ir = program("prog", "raw_tp/x", &[REQUEST]);
    assert!(ir.contains("line: 91, column: 9") && LINE == "/src/prog.rs:91:9");
}
