//! Libraries of Rust crates: what nobody uses is not read.

use object::write::{Object, Symbol, SymbolSection};
use object::{SymbolFlags, SymbolKind, SymbolScope};

use crate::{
    linking::{Folder, records, said, section},
    program::{bitcode, library, module, program},
};

const BROKEN: &[u8] = b"BC\xc0\xdeno bitcode behind this";

/// A program that calls `helper`, which another piece defines.
fn calling(helper: &str) -> String {
    let program = format!(
        "declare i64 @{helper}()\n\
         define i32 @prog(ptr %context) section \"raw_tp/x\" !dbg !20 {{\n  \
         %v = call i64 @{helper}(), !dbg !21\n  \
         store volatile i64 %v, ptr @prog_out, !dbg !21\n  ret i32 0, !dbg !21\n}}\n"
    );
    module("prog", &[], &program)
}

/// A function that asks for the size of `field`, or calls `next` for an answer.
fn helper(name: &str, field: &str, next: Option<&str>) -> Vec<u8> {
    let requests = [format!("byte_sz struct s.{field}:u32")];
    let (declaration, callee) = match next {
        Some(next) => (format!("declare i64 @{next}()\n"), next.to_owned()),
        None => (String::new(), format!("{name}_0")),
    };
    let function = format!(
        "{declaration}define i64 @{name}() !dbg !20 {{\n  \
         %v = call i64 @{callee}(), !dbg !21\n  ret i64 %v, !dbg !21\n}}\n"
    );
    bitcode(&module(name, &[&requests[0]], &function))
}

/// As rustc names the symbols that it wants, without a call.
fn symbols(names: &[&str]) -> Vec<u8> {
    let mut object = Object::new(
        object::BinaryFormat::Elf,
        object::Architecture::Bpf,
        object::Endianness::Little,
    );
    for name in names {
        object.add_symbol(Symbol {
            name: name.as_bytes().to_vec(),
            value: 0,
            size: 0,
            kind: SymbolKind::Text,
            scope: SymbolScope::Dynamic,
            weak: false,
            section: SymbolSection::Undefined,
            flags: SymbolFlags::None,
        });
    }
    match object.write() {
        Ok(bytes) => bytes,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn what_nobody_calls_is_not_read() {
    let folder = Folder::new("library_unused");
    let program = folder.file(
        "a.ll",
        program("prog", "raw_tp/x", &["byte_sz struct s.x:u32"]),
    );
    let library = folder.file(
        "lib.rlib",
        library(&[("broken.o", BROKEN, &["broken", "other"])]),
    );
    let object = folder.link(&[&program, &library, "--export", "prog"]);
    assert_eq!(said(&records(&object)), ["byte_sz s.x"]);
}

/// Members that call each other across libraries, whatever the order.
#[test]
fn what_is_called_is_there_and_what_that_calls() {
    let first = library(&[
        ("deep.o", &helper("deep", "deep", None), &["deep"]),
        ("broken.o", BROKEN, &["broken"]),
    ]);
    let second = library(&[("near.o", &helper("near", "near", Some("deep")), &["near"])]);
    let folder = Folder::new("library_called");
    let program = folder.file("a.ll", calling("near"));
    let [first, second] =
        [("1.rlib", first), ("2.rlib", second)].map(|(name, bytes)| folder.file(name, bytes));
    for libraries in [[&first, &second], [&second, &first]] {
        let [one, two] = libraries;
        let object = folder.link(&[one, two, &program, "--export", "prog"]);
        assert_eq!(said(&records(&object)), ["byte_sz s.deep"]);
    }
}

#[test]
fn what_is_exported_is_there() {
    let member = bitcode(&program("prog", "raw_tp/x", &["byte_sz struct s.x:u32"]));
    let folder = Folder::new("library_exported");
    let library = folder.file("lib.rlib", library(&[("a.o", &member, &["prog"])]));
    let object = folder.link(&[&library, "--export", "prog"]);
    assert_eq!(said(&records(&object)), ["byte_sz s.x"]);
}

/// A `#[used]` static of a library is exported by no name: rustc says in an object of its own that
/// it is to be there.
#[test]
fn what_rustc_wants_is_there() {
    let used = "@kept = constant i32 7, section \".maps.kept\"\n\
                @llvm.used = appending global [1 x ptr] [ptr @kept], section \"llvm.metadata\"\n";
    let member = bitcode(&module("lib", &[], used));
    let folder = Folder::new("library_wanted");
    let program = folder.file(
        "a.ll",
        program("prog", "raw_tp/x", &["byte_sz struct s.x:u32"]),
    );
    let wanted = folder.file("symbols.o", symbols(&["kept"]));
    let library = folder.file("lib.rlib", library(&[("a.o", &member, &["kept"])]));
    let with = folder.link(&[&program, &wanted, &library, "--export", "prog"]);
    let without = folder.link(&[&program, &library, "--export", "prog"]);
    let has = |object: &[u8]| {
        let object = crate::linking::parsed(object);
        object.section(".maps.kept").is_some()
    };
    assert!(has(&with));
    assert!(!has(&without));
}

/// Code generation calls it, long after the program is joined.
#[test]
fn functions_of_memory_are_there() {
    let body = "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)\n\
                define i32 @prog(ptr %context) section \"raw_tp/x\" !dbg !20 {\n  \
                %room = alloca [300 x i8], align 8, !dbg !21\n  \
                call void @llvm.memset.p0.i64(ptr %room, i8 1, i64 300, i1 true), !dbg !21\n  \
                %v = call i64 @prog_0(), !dbg !21\n  \
                store volatile i64 %v, ptr @prog_out, !dbg !21\n  ret i32 0, !dbg !21\n}\n";
    let memset = "define ptr @memset(ptr %to, i32 %byte, i64 %len) !dbg !20 {\n  \
                  %done = icmp eq i64 %len, 0, !dbg !21\n  \
                  br i1 %done, label %end, label %next, !dbg !21\nnext:\n  \
                  %at = phi i64 [ 0, %0 ], [ %then, %next ], !dbg !21\n  \
                  %here = getelementptr i8, ptr %to, i64 %at, !dbg !21\n  \
                  %narrow = trunc i32 %byte to i8, !dbg !21\n  \
                  store volatile i8 %narrow, ptr %here, !dbg !21\n  \
                  %then = add i64 %at, 1, !dbg !21\n  \
                  %all = icmp eq i64 %then, %len, !dbg !21\n  \
                  br i1 %all, label %end, label %next, !dbg !21\nend:\n  ret ptr %to, !dbg !21\n}\n";
    let folder = Folder::new("library_memory");
    let request = "byte_sz struct s.x:u32";
    let program = folder.file("a.ll", module("prog", &[request], body));
    let member = bitcode(&module("builtins", &[], memset));
    let library = folder.file("lib.rlib", library(&[("a.o", &member, &["memset"])]));
    let object = folder.link(&[&program, &library, "--export", "prog"]);
    assert!(!section(&object, ".text").is_empty());
}
