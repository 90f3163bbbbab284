//! Several modules, and several functions, that ask for fields of one struct.

use crate::{
    linking::{Folder, Record, records, said},
    program::{module, program},
};

fn both_orders(test: &str, first: &str, second: &str) -> [Vec<Record>; 2] {
    let folder = Folder::new(test);
    let (a, b) = (folder.file("a.ll", first), folder.file("b.ll", second));
    [[&a, &b], [&b, &a]].map(|[one, two]| {
        let mut records = records(&folder.link(&[one, two, "--export", "one,two"]));
        records.sort_by(|a, b| a.section.cmp(&b.section));
        records
    })
}

#[test]
fn subsets_of_one_struct_do_not_collide() {
    // Alone, each would be the first member, at offset 0.
    let one = program(
        "one",
        "raw_tp/one",
        &["byte_off struct task_struct.tgid:i32"],
    );
    let two = program(
        "two",
        "raw_tp/two",
        &["byte_off struct task_struct.pid:i32"],
    );
    for records in both_orders("subsets", &one, &two) {
        assert_eq!(
            said(&records),
            ["byte_off task_struct.tgid", "byte_off task_struct.pid"]
        );
    }
}

#[test]
fn one_field_of_two_types_takes_a_flavour() {
    let one = program(
        "one",
        "raw_tp/one",
        &["byte_off struct task_struct.state:i64"],
    );
    let two = program(
        "two",
        "raw_tp/two",
        &["byte_off struct task_struct.state:u32"],
    );
    for records in both_orders("conflict", &one, &two) {
        assert_eq!(
            said(&records),
            [
                "byte_off task_struct.state",
                "byte_off task_struct___2.state"
            ]
        );
    }
}

#[test]
fn a_flavour_of_a_flavour_has_one_separator() {
    let one = program("one", "raw_tp/one", &["byte_off struct t___v5.x:i64"]);
    let two = program("two", "raw_tp/two", &["byte_off struct t___v5.x:[4]u8"]);
    for records in both_orders("flavours", &one, &two) {
        let said = said(&records);
        assert!(
            said.contains(&"byte_off t___v5.x") && said.contains(&"byte_off t___v5_2.x"),
            "{said:?}"
        );
    }
}

#[test]
fn equal_paths_in_two_modules_share_one_type() {
    let requests = ["byte_off struct task_struct.se:struct sched_entity.vruntime:u64"];
    let folder = Folder::new("equal");
    let one = folder.file("a.ll", program("one", "raw_tp/one", &requests));
    let two = folder.file("b.ll", program("two", "raw_tp/two", &requests));
    let object = folder.link(&[&one, &two, "--export", "one,two"]);
    assert_eq!(
        said(&records(&object)),
        ["byte_off task_struct.se.vruntime"; 2]
    );
    let btf = crate::linking::section(&object, ".BTF");
    let btf = bpf_core_btf::Btf::parse(&btf).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        btf.types().filter(|of| of.name() == "task_struct").count(),
        1
    );
}

#[test]
fn one_path_in_two_functions_has_two_records() {
    let functions = r#"
define i32 @one(ptr %context) section "raw_tp/one" !dbg !20 {
  %v = call i64 @p_0(), !dbg !21
  store volatile i64 %v, ptr @p_out, !dbg !21
  ret i32 0, !dbg !21
}
define i32 @two(ptr %context) section "raw_tp/two" !dbg !22 {
  %v = call i64 @p_0(), !dbg !23
  store volatile i64 %v, ptr @p_out, !dbg !23
  ret i32 0, !dbg !23
}
!22 = distinct !DISubprogram(name: "two", scope: !2, file: !2, line: 95, type: !3, unit: !1, spFlags: DISPFlagDefinition)
!23 = !DILocation(line: 96, column: 9, scope: !22)
"#;
    let folder = Folder::new("functions");
    let input = folder.file("a.ll", module("p", &["byte_off struct s.x:u8"], functions));
    let records = records(&folder.link(&[&input, "--export", "one,two"]));
    let sections: Vec<&str> = records
        .iter()
        .map(|record| record.section.as_str())
        .collect();
    assert_eq!(sections, ["raw_tp/one", "raw_tp/two"]);
    assert_eq!(said(&records), ["byte_off s.x"; 2]);
}

/// A function that stays one, because it is not to be inlined, or is cold, or has
/// several callers.
fn through(attribute: &str) -> Vec<Record> {
    let functions = format!(
        r#"
define internal i64 @helper(i64 %n) {attribute} !dbg !22 {{
  %v = call i64 @prog_0(), !dbg !23
  %w = add i64 %v, %n, !dbg !23
  store volatile i64 %w, ptr @prog_out, !dbg !23
  ret i64 %w, !dbg !23
}}
define i32 @prog(ptr %context) section "raw_tp/x" !dbg !20 {{
  %a = call i64 @helper(i64 1), !dbg !21
  %b = call i64 @helper(i64 %a), !dbg !21
  %r = trunc i64 %b to i32
  ret i32 %r, !dbg !21
}}
!22 = distinct !DISubprogram(name: "helper", scope: !2, file: !2, line: 95, type: !3, unit: !1, spFlags: DISPFlagDefinition | DISPFlagLocalToUnit)
!23 = !DILocation(line: 96, column: 9, scope: !22)
"#
    );
    let ir = module("prog", &["byte_off struct s.x:u8"], &functions);
    let name: String = attribute
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    crate::linking::records_of(&format!("through_{name}"), &ir, &[])
}

#[test]
fn paths_in_functions_of_their_own() {
    for attribute in ["noinline", "noinline cold"] {
        let records = through(attribute);
        assert_eq!(said(&records), ["byte_off s.x"], "{attribute}");
        // LLVM adds `.unlikely.` for a cold one.
        assert!(records[0].section.starts_with(".text"), "{attribute}");
    }
}

#[test]
fn paths_in_functions_that_are_inlined() {
    for attribute in ["alwaysinline", "alwaysinline cold"] {
        let records = through(attribute);
        assert!(!records.is_empty(), "{attribute}");
        for record in &records {
            assert_eq!(
                (&*record.section, &*record.what),
                ("raw_tp/x", "byte_off s.x"),
                "{attribute}"
            );
        }
    }
}

#[test]
fn paths_in_another_codegen_unit_are_inlined() {
    // rustc puts the function with the path into one module and the program into
    // another, and forbids inlining at both ends.
    let request = ["byte_off struct s.x:u8"];
    let paths =
        module("p", &request, "").replace("define internal i64 @p_0", "define hidden i64 @p_0");
    let program = program("prog", "raw_tp/x", &[]).replace(
        "  ret i32 0",
        "  %v = call i64 @p_0() noinline, !dbg !21\n  store volatile i64 %v, ptr @prog_out, !dbg !21\n  ret i32 0",
    );
    let program = format!("{program}declare i64 @p_0()\n");
    let marked = program.replace(
        "declare i64 @p_0()",
        &format!("declare i64 @p_0()\n; {}", "__bpf_core_v"),
    );
    let folder = Folder::new("codegen_units");
    let paths = folder.file("paths.ll", paths);
    for program in [program, marked] {
        let program = folder.file("program.ll", program);
        let records = records(&folder.link(&[&program, &paths, "--export", "prog"]));
        assert_eq!(said(&records), ["byte_off s.x"]);
        assert_eq!(records[0].section, "raw_tp/x");
    }
}

/// As clang leaves it: its own types, and accesses that LLVM has yet to see.
const C: &str = r#"source_filename = "c.c"
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"
%struct.task_struct = type { i64, i32 }
declare ptr @llvm.preserve.struct.access.index.p0.p0(ptr, i32 immarg, i32 immarg)
declare i32 @llvm.bpf.preserve.field.info.p0(ptr, i64 immarg)
define i32 @two(ptr %context) section "raw_tp/two" !dbg !8 {
  %f = call ptr @llvm.preserve.struct.access.index.p0.p0(ptr elementtype(%struct.task_struct) null, i32 0, i32 0), !dbg !9, !llvm.preserve.access.index !10
  %i = call i32 @llvm.bpf.preserve.field.info.p0(ptr %f, i64 0), !dbg !9
  ret i32 %i, !dbg !9
}
!llvm.dbg.cu = !{!1}
!llvm.module.flags = !{!5, !6}
!1 = distinct !DICompileUnit(language: DW_LANG_C11, file: !2, producer: "clang", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug)
!2 = !DIFile(filename: "c.c", directory: "/src")
!3 = !DISubroutineType(types: !4)
!4 = !{null}
!5 = !{i32 7, !"Dwarf Version", i32 4}
!6 = !{i32 2, !"Debug Info Version", i32 3}
!8 = distinct !DISubprogram(name: "two", scope: !2, file: !2, line: 9, type: !3, unit: !1, spFlags: DISPFlagDefinition)
!9 = !DILocation(line: 9, column: 9, scope: !8)
!10 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "task_struct", file: !2, line: 1, size: 128, elements: !11)
!11 = !{!12, !13}
!12 = !DIDerivedType(tag: DW_TAG_member, name: "state", scope: !10, file: !2, line: 1, baseType: !14, size: 64)
!13 = !DIDerivedType(tag: DW_TAG_member, name: "pid", scope: !10, file: !2, line: 1, baseType: !14, size: 32, offset: 64)
!14 = !DIBasicType(name: "long", size: 64, encoding: DW_ATE_signed)
"#;

#[test]
fn types_of_c_keep_their_names() {
    let one = program(
        "one",
        "raw_tp/one",
        &["byte_off struct task_struct.tgid:i32"],
    );
    for records in both_orders("beside_c", &one, C) {
        assert_eq!(
            said(&records),
            ["byte_off task_struct.tgid", "byte_off task_struct.state"]
        );
    }
}

/// C that asks nothing but enumerators and types, before LLVM has seen it.
const ASKS_NO_FIELD: &str = r#"source_filename = "c.c"
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"
@name = private unnamed_addr constant [14 x i8] c"PIDTYPE_PID:0\00"
@c_out = global i64 0
declare i64 @llvm.bpf.preserve.enum.value(i32, ptr, i64 immarg)
declare i32 @llvm.bpf.preserve.type.info(i32, i64 immarg)
define i32 @two(ptr %context) section "raw_tp/two" !dbg !8 {
  %e = call i64 @llvm.bpf.preserve.enum.value(i32 0, ptr @name, i64 0), !dbg !9, !llvm.preserve.access.index !10
  store volatile i64 %e, ptr @c_out
  %t = call i32 @llvm.bpf.preserve.type.info(i32 0, i64 1), !dbg !9, !llvm.preserve.access.index !20
  ret i32 %t, !dbg !9
}
!llvm.dbg.cu = !{!1}
!llvm.module.flags = !{!5, !6}
!1 = distinct !DICompileUnit(language: DW_LANG_C11, file: !2, producer: "clang", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug)
!2 = !DIFile(filename: "c.c", directory: "/src")
!3 = !DISubroutineType(types: !4)
!4 = !{null}
!5 = !{i32 7, !"Dwarf Version", i32 4}
!6 = !{i32 2, !"Debug Info Version", i32 3}
!8 = distinct !DISubprogram(name: "two", scope: !2, file: !2, line: 9, type: !3, unit: !1, spFlags: DISPFlagDefinition)
!9 = !DILocation(line: 9, column: 9, scope: !8)
!10 = !DICompositeType(tag: DW_TAG_enumeration_type, name: "pid_type", file: !2, line: 1, baseType: !14, size: 32, elements: !11)
!11 = !{!12, !13}
!12 = !DIEnumerator(name: "PIDTYPE_PID", value: 0, isUnsigned: true)
!13 = !DIEnumerator(name: "PIDTYPE_TGID", value: 1, isUnsigned: true)
!14 = !DIBasicType(name: "unsigned int", size: 32, encoding: DW_ATE_unsigned)
!20 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "list_head", file: !2, line: 1, size: 128, elements: !21)
!21 = !{!22}
!22 = !DIDerivedType(tag: DW_TAG_member, name: "next", scope: !20, file: !2, line: 1, baseType: !14, size: 32)
"#;

#[test]
fn enumerators_and_types_of_c_are_not_those_of_rust() {
    let asks = [
        "enumval_exists enum pid_type/u32.PIDTYPE_MAX=3",
        "type_size struct list_head",
    ];
    let one = program("one", "raw_tp/one", &asks);
    let expected = [
        "enumval_exists pid_type.PIDTYPE_MAX=3",
        "type_size list_head",
        "enumval_exists pid_type.PIDTYPE_PID=0",
        "type_size list_head",
    ];
    for records in both_orders("no_field", &one, ASKS_NO_FIELD) {
        assert_eq!(said(&records), expected);
    }
}

#[test]
fn two_files_of_c_with_one_type_each() {
    let other = C
        .replace("@two", "@one")
        .replace("raw_tp/two", "raw_tp/one")
        .replace("name: \"state\"", "name: \"flags\"");
    for records in both_orders("two_of_c", &other, C) {
        assert_eq!(
            said(&records),
            ["byte_off task_struct.flags", "byte_off task_struct.state"]
        );
    }
    let [one, two] = [&other, C].map(optimised);
    for records in both_orders("two_of_optimised_c", &one, &two) {
        assert_eq!(
            said(&records),
            ["byte_off task_struct.flags", "byte_off task_struct.state"]
        );
    }
    // One of them optimised: LLVM would make a global of a name that is taken.
    for records in both_orders("two_of_mixed_c", &one, C) {
        assert_eq!(
            said(&records),
            ["byte_off task_struct.flags", "byte_off task_struct.state"]
        );
    }
}

#[test]
fn ids_of_types_of_two_files_of_c() {
    let ask = |name: &str, of: &str| {
        let global = "@\"llvm.btf_type_id.0$6\" = external global i64, !llvm.preserve.access.index !10 #0\n\
                      attributes #0 = { \"btf_type_id\" }\n";
        let load =
            "  %l = load i64, ptr @\"llvm.btf_type_id.0$6\", !dbg !9\n  %i = trunc i64 %l to i32\n";
        with_access(C, load, global)
            .replace("@two", &format!("@{name}"))
            .replace("raw_tp/two", &format!("raw_tp/{name}"))
            .replace("\"task_struct\"", &format!("\"{of}\""))
    };
    let (one, two) = (ask("one", "file"), ask("two", "inode"));
    for records in both_orders("type_ids", &one, &two) {
        assert_eq!(
            said(&records),
            ["local_type_id file", "local_type_id inode"]
        );
    }
}

/// As clang's optimiser leaves it.
fn optimised(c: &str) -> String {
    let global = "@\"llvm.task_struct:0:0$0:0\" = external global i32, !llvm.preserve.access.index !10 #0\n\
                  attributes #0 = { \"btf_ama\" }\n";
    let load = "  %i = load i32, ptr @\"llvm.task_struct:0:0$0:0\", !dbg !9\n";
    with_access(c, load, global)
}

/// Another access in place of the one in `c`.
fn with_access(c: &str, access: &str, global: &str) -> String {
    let begin = c.find("  %f = ").unwrap_or_else(|| panic!("no access"));
    let end = c.find("  ret").unwrap_or_else(|| panic!("no return"));
    [&c[..begin], access, &c[end..], global].concat()
}

#[test]
fn types_of_optimised_c_keep_their_names() {
    let c = optimised(C);
    let one = program(
        "one",
        "raw_tp/one",
        &["byte_off struct task_struct.tgid:i32"],
    );
    for records in both_orders("beside_optimised_c", &one, &c) {
        assert_eq!(
            said(&records),
            ["byte_off task_struct.tgid", "byte_off task_struct.state"]
        );
    }
}
