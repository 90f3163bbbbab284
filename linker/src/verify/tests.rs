//! Spoils a module and an object, and expects each fault to be found.

use std::sync::{Mutex, PoisonError};

use super::*;
use crate::emit;
use crate::input::{Ir, Piece, session::Session};
use crate::ir::metadata::Node;
use crate::optimise;
use bpf_core_btf::CoreReloKind;
use bpf_linker::{Cpu, Linker, LinkerOptions, OptLevel};
use inkwell::{llvm_sys::core::LLVMSetValueName2, targets::FileType};

/// Two functions. `one` asks for two fields of `struct s`, whether an enumerator exists, and
/// for the value of another; `two` asks for a field of a union `s` and for the size of `struct s`.
const IR: &str = r#"
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"
%struct.s = type { i64, i32, i32 }
@out = global i64 0
@a = private constant [4 x i8] c"A:0\00"
@b = private constant [4 x i8] c"B:7\00"
declare ptr @llvm.preserve.struct.access.index.p0.p0(ptr, i32 immarg, i32 immarg)
declare ptr @llvm.preserve.union.access.index.p0.p0(ptr, i32 immarg)
declare i32 @llvm.bpf.preserve.field.info.p0(ptr, i64 immarg)
declare i64 @llvm.bpf.preserve.enum.value(i32, ptr, i64 immarg)
declare i32 @llvm.bpf.preserve.type.info(i32, i64 immarg)
define i32 @one(ptr %context) section "raw_tp/one" !dbg !20 {
  %p = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype(%struct.s) null, i32 1, i32 1), !dbg !21, !llvm.preserve.access.index !30
  %x = call i32 @llvm.bpf.preserve.field.info.p0(ptr %p, i64 0), !dbg !21
  store volatile i32 %x, ptr @out, !dbg !21
  %q = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype(%struct.s) null, i32 2, i32 2), !dbg !21, !llvm.preserve.access.index !30
  %y = call i32 @llvm.bpf.preserve.field.info.p0(ptr %q, i64 0), !dbg !21
  store volatile i32 %y, ptr @out, !dbg !21
  %e = call i64 @llvm.bpf.preserve.enum.value(i32 0, ptr @a, i64 0), !dbg !21, !llvm.preserve.access.index !40
  store volatile i64 %e, ptr @out, !dbg !21
  %f = call i64 @llvm.bpf.preserve.enum.value(i32 1, ptr @b, i64 1), !dbg !21, !llvm.preserve.access.index !40
  store volatile i64 %f, ptr @out, !dbg !21
  ret i32 0, !dbg !21
}
define i32 @two(ptr %context) section "raw_tp/two" !dbg !22 {
  %p = call ptr @llvm.preserve.union.access.index.p0.p0(ptr null, i32 1), !dbg !23, !llvm.preserve.access.index !50
  %x = call i32 @llvm.bpf.preserve.field.info.p0(ptr %p, i64 2), !dbg !23
  store volatile i32 %x, ptr @out, !dbg !23
  %t = call i32 @llvm.bpf.preserve.type.info(i32 2, i64 1), !dbg !23, !llvm.preserve.access.index !30
  store volatile i32 %t, ptr @out, !dbg !23
  ret i32 0, !dbg !23
}
!llvm.dbg.cu = !{!1}
!llvm.module.flags = !{!5, !6}
!1 = distinct !DICompileUnit(language: DW_LANG_C11, file: !2, producer: "c", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug)
!2 = !DIFile(filename: "prog.c", directory: "/src")
!3 = !DISubroutineType(types: !4)
!4 = !{null}
!5 = !{i32 7, !"Dwarf Version", i32 4}
!6 = !{i32 2, !"Debug Info Version", i32 3}
!7 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!8 = !DIBasicType(name: "unsigned int", size: 32, encoding: DW_ATE_unsigned)
!20 = distinct !DISubprogram(name: "one", scope: !2, file: !2, line: 90, type: !3, unit: !1, spFlags: DISPFlagDefinition)
!21 = !DILocation(line: 91, column: 9, scope: !20)
!22 = distinct !DISubprogram(name: "two", scope: !2, file: !2, line: 95, type: !3, unit: !1, spFlags: DISPFlagDefinition)
!23 = !DILocation(line: 96, column: 9, scope: !22)
!30 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "s", file: !2, line: 1, size: 128, elements: !31)
!31 = !{!32, !33, !34}
!32 = !DIDerivedType(tag: DW_TAG_member, name: "first", scope: !30, file: !2, line: 1, baseType: !7, size: 32)
!33 = !DIDerivedType(tag: DW_TAG_member, name: "second", scope: !30, file: !2, line: 1, baseType: !7, size: 32, offset: 64)
!34 = !DIDerivedType(tag: DW_TAG_member, name: "third", scope: !30, file: !2, line: 1, baseType: !7, size: 32, offset: 96)
!40 = !DICompositeType(tag: DW_TAG_enumeration_type, name: "e", file: !2, line: 1, baseType: !8, size: 32, elements: !41)
!41 = !{!42, !43}
!42 = !DIEnumerator(name: "A", value: 0, isUnsigned: true)
!43 = !DIEnumerator(name: "B", value: 7, isUnsigned: true)
!50 = distinct !DICompositeType(tag: DW_TAG_union_type, name: "s", file: !2, line: 1, size: 32, elements: !51)
!51 = !{!52, !53}
!52 = !DIDerivedType(tag: DW_TAG_member, name: "first", scope: !50, file: !2, line: 1, baseType: !7, size: 32)
!53 = !DIDerivedType(tag: DW_TAG_member, name: "second", scope: !50, file: !2, line: 1, baseType: !7, size: 32)
"#;

fn options() -> LinkerOptions {
    LinkerOptions {
        target: None,
        cpu: Cpu::Generic,
        cpu_features: Default::default(),
        optimize: OptLevel::Default,
        unroll_loops: false,
        ignore_inline_never: false,
        llvm_args: Vec::new(),
        disable_expand_memcpy_in_order: false,
        disable_memory_builtins: false,
        btf: true,
        allow_bpf_trap: false,
    }
}

/// Optimises the program, lets `spoil` change the module, and makes an object of it.
///
/// One thread at a time: LLVM has one map for all threads in its pass that makes relocations (`GEPGlobals` in
/// `BPFAbstractMemberAccess.cpp`), and one set of options.
fn linked(spoil: impl FnOnce(&Module<'_>)) -> Result<(Wanted, Vec<u8>)> {
    static ALONE: Mutex<()> = Mutex::new(());
    // A test that fails is no harm to the others.
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    static LLVM: std::sync::Once = std::sync::Once::new();
    LLVM.call_once(|| std::mem::forget(Linker::new(options())));
    let session = Session::new();
    let module = session.parse(&Piece {
        name: "prog.ll".to_owned(),
        ir: Ir::Text(IR.as_bytes()),
        defines: None,
    })?;
    let asked = Asked::of(&module);
    let machine = emit::target_machine(&module, &options())?;
    let exported = ["one", "two"].map(str::to_owned);
    optimise::optimise(&module, &machine, &options(), &exported)?;
    spoil(&module);
    let wanted = wanted(&module, &asked)?;
    let object = machine.write_to_memory_buffer(&module, FileType::Object);
    let object = object.unwrap_or_else(|error| panic!("{error}"));
    Ok((wanted, object.as_slice().to_vec()))
}

/// The object, and what the check says of it once `spoil` has changed it. That gets the object
/// and where the records are in it, in the order of the asks in the program.
fn refusal(spoil: impl FnOnce(&mut Vec<u8>, &[usize])) -> String {
    let (wanted, mut object) = linked(|_| ()).unwrap_or_else(|error| panic!("{error}"));
    let at = places(&object);
    assert_eq!(at.len(), 6);
    spoil(&mut object, &at);
    wanted
        .check(&object)
        .err()
        .map_or(String::new(), |error| error.to_string())
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]))
}

fn put(bytes: &mut [u8], at: usize, word: u32) {
    bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
}

/// The parts of a record (`struct bpf_core_relo`).
const INSN: usize = 0;
const TYPE: usize = 4;
const ACCESS: usize = 8;
const KIND: usize = 12;

/// Where a section is in the file.
fn start_of(object: &[u8], name: &str) -> usize {
    let parsed = Object::parse(object).unwrap_or_else(|error| panic!("{error}"));
    let data = parsed.section(name).map_or(object, |section| section.data);
    data.as_ptr().addr() - object.as_ptr().addr()
}

/// Where the records are in the file (`struct btf_ext_header`, `struct btf_ext_info_sec`).
fn places(object: &[u8]) -> Vec<usize> {
    let start = start_of(object, ".BTF.ext");
    let mut at = start + word(object, start + 4) as usize + word(object, start + 24) as usize;
    let end = at + word(object, start + 28) as usize;
    let mut places = Vec::new();
    at += 4;
    while at < end {
        let count = word(object, at + 4) as usize;
        at += 8;
        places.extend((0..count).map(|index| at + 16 * index));
        at += 16 * count;
    }
    places
}

fn swap(object: &mut [u8], part: usize, one: usize, other: usize) {
    let (a, b) = (word(object, one + part), word(object, other + part));
    put(object, one + part, b);
    put(object, other + part, a);
}

#[test]
fn what_llvm_makes_is_accepted() {
    assert_eq!(refusal(|_, _| ()), "");
    let (wanted, _) = linked(|_| ()).unwrap_or_else(|error| panic!("{error}"));
    let said: Vec<String> = wanted
        .0
        .iter()
        .flat_map(|(function, asks)| asks.keys().map(move |ask| format!("{function}: {ask}")))
        .collect();
    assert_eq!(
        said,
        [
            "one: `byte_off struct s.second`",
            "one: `byte_off struct s.third`",
            "one: `enumval_exists enum e::A`",
            "one: `enumval_value enum e::B`",
            "two: `field_exists union s.second`",
            "two: `type_size struct s`",
        ]
    );
}

#[test]
fn each_change_of_a_record_is_seen() {
    // Two fields of one function: both records are wanted, but the instructions hold 8 and 12.
    let said = refusal(|object, at| swap(object, ACCESS, at[0], at[1]));
    assert!(
        said.contains("record `byte_off struct s.third` in `one`"),
        "{said}"
    );
    let said = refusal(|object, at| swap(object, INSN, at[0], at[1]));
    assert!(
        said.contains("record `byte_off struct s.second` in `one`"),
        "{said}"
    );
    // Another enumerator.
    let said = refusal(|object, at| {
        let b = word(object, at[3] + ACCESS);
        put(object, at[2] + ACCESS, b);
    });
    assert!(
        said.contains("`enumval_exists enum e::A` in function `one` has no record"),
        "{said}"
    );
    // The other type that is called `s`, which has a second member, too.
    let said = refusal(|object, at| {
        let structure = word(object, at[0] + TYPE);
        put(object, at[4] + TYPE, structure);
    });
    assert!(
        said.contains("`field_exists union s.second` in function `two` has no record"),
        "{said}"
    );
    let said = refusal(|object, at| put(object, at[4] + KIND, CoreReloKind::ByteOff as u32));
    assert!(
        said.contains("record `byte_off union s.second` in `two`"),
        "{said}"
    );
    // A record in the other function.
    let said = refusal(|object, at| {
        for part in [TYPE, ACCESS, KIND] {
            swap(object, part, at[2], at[4]);
        }
    });
    assert!(
        said.contains("`enumval_exists enum e::A` in function `one` has no record"),
        "{said}"
    );
    // A path that is none.
    let said = refusal(|object, at| put(object, at[0] + ACCESS, 0));
    assert!(said.contains("`` is no path"), "{said}");
}

#[test]
fn a_change_of_an_instruction_is_seen() {
    let said = refusal(|object, _| {
        let code = start_of(object, "raw_tp/one");
        let first = (code..).step_by(8).find(|at| word(object, at + 4) == 8);
        put(object, first.unwrap_or(0) + 4, 12);
    });
    assert!(
        said.contains("record `byte_off struct s.second` in `one`"),
        "{said}"
    );
}

#[test]
fn a_lost_record_is_seen_and_its_line_told() {
    let (wanted, object) = linked(|_| ()).unwrap_or_else(|error| panic!("{error}"));
    let (mut fewer, _) = linked(|_| ()).unwrap_or_else(|error| panic!("{error}"));
    fewer.0.remove("two");
    let said = fewer
        .check(&object)
        .err()
        .map_or(String::new(), |error| error.to_string());
    assert!(said.contains("that nothing asked for"), "{said}");
    let none = object::write::Object::new(
        object::BinaryFormat::Elf,
        object::Architecture::Bpf,
        object::Endianness::Little,
    );
    let none = none.write().unwrap_or_else(|error| panic!("{error}"));
    let said = wanted
        .check(&none)
        .err()
        .map_or(String::new(), |error| error.to_string());
    assert!(
        said.contains("has no record after code generation"),
        "{said}"
    );
    assert!(said.contains("--> /src/prog.c:91:9"), "{said}");
}

/// The global that stands for this ask.
fn global<'m>(module: &'m Module<'_>, ask: &str) -> Value<'m> {
    let metadata = Metadata::of(module);
    ir::globals(module)
        .find(|global| {
            let found = foreign::ask(metadata, *global);
            found.is_some_and(|found| found.to_string() == ask)
        })
        .unwrap_or_else(|| panic!("nothing asks for {ask}"))
}

#[test]
fn each_change_of_the_module_is_seen() {
    let rename = |ask: &'static str, from: &'static str, to: &'static str| {
        linked(|module| {
            let global = global(module, ask);
            let name = String::from_utf8_lossy(global.name()).replace(from, to);
            // SAFETY: the value is a global of this module.
            unsafe { LLVMSetValueName2(global.raw(), name.as_ptr().cast(), name.len()) };
        })
        .err()
        .map_or(String::new(), |error| error.to_string())
    };
    let said = rename("`byte_off struct s.second`", "$0:1", "$0:0");
    assert!(
        said.contains("function `one` asks for `byte_off struct s.first`"),
        "{said}"
    );
    let said = rename("`enumval_value enum e::B`", "$1", "$0");
    assert!(
        said.contains("asks for `enumval_value enum e::A`"),
        "{said}"
    );
    let said = rename("`type_size struct s`", ":9:", ":8:");
    assert!(said.contains("asks for `type_exists struct s`"), "{said}");
    let said = rename("`byte_off struct s.second`", "$0:1", "$0:9");
    assert!(said.contains("a member that its type lacks"), "{said}");
}

#[test]
fn what_one_function_asks_for_another_may_not() {
    let swapped = linked(|module| {
        let (first, second) = (
            global(module, "`byte_off struct s.second`"),
            global(module, "`type_size struct s`"),
        );
        let names = [first.name().to_vec(), second.name().to_vec()];
        for (global, name) in [(first, &b"x"[..]), (second, &names[0]), (first, &names[1])] {
            // SAFETY: the value is a global of this module.
            unsafe { LLVMSetValueName2(global.raw(), name.as_ptr().cast(), name.len()) };
        }
    });
    let said = swapped
        .err()
        .map_or(String::new(), |error| error.to_string());
    assert!(
        said.contains("no input has this relocation in that function"),
        "{said}"
    );
}

#[test]
fn a_type_of_the_same_name_is_another_type() {
    let other = linked(|module| {
        let metadata = Metadata::of(module);
        let of = metadata.relocated(global(module, "`field_exists union s.second`"));
        // As if LLVM had taken the type of the other `s`.
        for member in of.map_or(Vec::new(), Node::elements).into_iter().flatten() {
            member.rename(b"third");
        }
    });
    let said = other.err().map_or(String::new(), |error| error.to_string());
    assert!(
        said.contains("asks for `field_exists union s.third`"),
        "{said}"
    );
}
