//! Textual IR as rustc makes it of bpf-core's macros: one function that is not inlined
//! for each relocation, which calls a marker with a constant.

use std::fmt::Write as _;

/// Where the tests say a program's accesses are.
pub(crate) const LINE: &str = "/src/prog.rs:91:9";

/// A module with a program that asks all `requests`, and keeps what it gets. A request
/// that begins with `&` asks for an address and reads an `i32` there.
pub(crate) fn program(name: &str, section: &str, requests: &[&str]) -> String {
    let mut body = String::new();
    for (index, request) in requests.iter().enumerate() {
        body += &if request.starts_with('&') {
            format!(
                "  %p{index} = call ptr @{name}_{index}(ptr %context), !dbg !21\n  \
                 %v{index} = load volatile i32, ptr %p{index}, !dbg !21\n"
            )
        } else {
            format!(
                "  %v{index} = call i64 @{name}_{index}(), !dbg !21\n  \
                 store volatile i64 %v{index}, ptr @{name}_out, !dbg !21\n"
            )
        };
    }
    let program = format!(
        "define i32 @{name}(ptr %context) section \"{section}\" !dbg !20 {{\n{body}  ret i32 0, !dbg !21\n}}\n"
    );
    module(name, requests, &program)
}

/// A module with the functions `NAME_0`, `NAME_1`, ... for `requests`, and more
/// functions. Those may use `!dbg !20` for themselves and `!dbg !21` for what is in
/// them.
pub(crate) fn module(name: &str, requests: &[&str], functions: &str) -> String {
    let mut ir = format!(
        r#"source_filename = "{name}.rs"
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"
@{name}_out = global i64 0, align 8
declare i64 @__bpf_core_v1_info(ptr, i64)
declare ptr @__bpf_core_v1_field_ptr(ptr, i64, ptr)
{functions}
!llvm.dbg.cu = !{{!1}}
!llvm.module.flags = !{{!5, !6}}
!1 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !2, producer: "rustc", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug)
!2 = !DIFile(filename: "prog.rs", directory: "/src")
!3 = !DISubroutineType(types: !4)
!4 = !{{!8}}
!5 = !{{i32 7, !"Dwarf Version", i32 4}}
!6 = !{{i32 2, !"Debug Info Version", i32 3}}
!7 = !DIFile(filename: "relocation.rs", directory: "/cargo/bpf-core-0.1.0/src")
!8 = !DIBasicType(name: "i32", size: 32, encoding: DW_ATE_signed)
!20 = distinct !DISubprogram(name: "{name}", scope: !2, file: !2, line: 90, type: !3, unit: !1, spFlags: DISPFlagDefinition)
!21 = !DILocation(line: 91, column: 9, scope: !20)
"#
    );
    for (index, request) in requests.iter().enumerate() {
        let text = request.trim_start_matches('&');
        let len = text.len();
        let (scope, line) = (100 + 2 * index, 101 + 2 * index);
        let (result, parameter, call) = if request.starts_with('&') {
            (
                "ptr",
                "ptr %base",
                format!("@__bpf_core_v1_field_ptr(ptr @{name}_d{index}, i64 {len}, ptr %base)"),
            )
        } else {
            (
                "i64",
                "",
                format!("@__bpf_core_v1_info(ptr @{name}_d{index}, i64 {len})"),
            )
        };
        // rustc wraps its constants in a packed struct; the room behind the text is
        // not part of it.
        let _ = write!(
            ir,
            r#"@{name}_d{index} = private unnamed_addr constant <{{ [{} x i8] }}> <{{ [{0} x i8] c"{text}\00\00" }}>, align 1
define internal {result} @{name}_{index}({parameter}) noinline !dbg !{scope} {{
  %r = call {result} {call}, !dbg !{line}
  ret {result} %r, !dbg !{line}
}}
!{scope} = distinct !DISubprogram(name: "read", scope: !7, file: !7, line: 10, type: !3, unit: !1, spFlags: DISPFlagDefinition | DISPFlagLocalToUnit)
!{line} = !DILocation(line: 11, column: 5, scope: !{scope})
"#,
            len + 2
        );
    }
    ir
}

/// The same module as bitcode.
pub(crate) fn bitcode(ir: &str) -> Vec<u8> {
    use inkwell::{context::Context, memory_buffer::MemoryBuffer};
    let context = Context::create();
    let buffer = MemoryBuffer::create_from_memory_range_copy(ir.as_bytes(), "test");
    match context.create_module_from_ir(buffer) {
        Ok(module) => module.write_bitcode_to_memory().as_slice().to_vec(),
        Err(message) => panic!("{message}"),
    }
}

/// An archive with these members.
pub(crate) fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, data) in members {
        append(&mut bytes, name, data);
    }
    bytes
}

/// The library of a Rust crate: an archive with an index of what each member defines.
pub(crate) fn library(members: &[(&str, &[u8], &[&str])]) -> Vec<u8> {
    const START: &[u8] = b"!<arch>\n";
    const HEADER: usize = 60;
    let padded = |len: usize| HEADER + len + len % 2;
    let symbols = || members.iter().flat_map(|(_, _, symbols)| *symbols);
    let names: usize = symbols().map(|name| name.len() + 1).sum();
    let index_len = 4 + 4 * symbols().count() + names;
    let metadata = b"rust";
    let mut at = START.len() + padded(index_len) + padded(metadata.len());
    let mut index = (symbols().count() as u32).to_be_bytes().to_vec();
    for (_, data, symbols) in members {
        for _ in *symbols {
            index.extend((at as u32).to_be_bytes());
        }
        at += padded(data.len());
    }
    for name in symbols() {
        index.extend(name.bytes().chain([0]));
    }
    let mut bytes = START.to_vec();
    append(&mut bytes, "", &index);
    append(&mut bytes, "lib.rmeta", metadata);
    for (name, data, _) in members {
        append(&mut bytes, name, data);
    }
    bytes
}

fn append(archive: &mut Vec<u8>, name: &str, data: &[u8]) {
    let header = format!(
        "{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n",
        format!("{name}/"),
        0,
        0,
        0,
        644,
        data.len()
    );
    archive.extend(header.as_bytes());
    archive.extend(data);
    if data.len() % 2 == 1 {
        archive.push(b'\n');
    }
}

/// An object file with bitcode in it, as rustc makes with `-C embed-bitcode`.
pub(crate) fn object_with_bitcode(bitcode: &[u8]) -> Vec<u8> {
    object_with(".llvmbc", bitcode)
}

/// An object file with one section; `.text` is code.
pub(crate) fn object_with(section: &str, bytes: &[u8]) -> Vec<u8> {
    use object::write::Object;
    let mut object = Object::new(
        object::BinaryFormat::Elf,
        object::Architecture::Bpf,
        object::Endianness::Little,
    );
    let kind = match section {
        ".text" => object::SectionKind::Text,
        _ => object::SectionKind::Other,
    };
    let section = object.add_section(Vec::new(), section.into(), kind);
    object.append_section_data(section, bytes, 1);
    match object.write() {
        Ok(bytes) => bytes,
        Err(error) => panic!("{error}"),
    }
}
