//! Each function of an object has a `func_info` with a prototype that the kernel takes, whatever the
//! debug info of the crate that it is from.

use bpf_core_btf::{Btf, Kind, TypeId, insn::Op};
use inkwell::{context::Context, memory_buffer::MemoryBuffer};

use crate::{
    linking::{Folder, parsed, records, said},
    program::{LINE, program},
};

pub(crate) const REQUEST: &str = "byte_off struct task_struct.pid:i32";

/// `linux/btf.h`
const STATIC: u32 = 0;
const GLOBAL: u32 = 1;

/// A program with a relocation that calls `callee` with the address of a buffer.
pub(crate) fn calls(callee: &str) -> String {
    let call = format!(
        "  call void @\"{callee}\"(ptr %context, i32 7, i64 %v0), !dbg !21\n  ret i32 0, !dbg !21\n"
    );
    program("prog", "raw_tp/x", &[REQUEST]).replace("  ret i32 0, !dbg !21\n", &call)
        + &format!("declare void @\"{callee}\"(ptr, i32, i64)\n")
}

/// A module of a crate with `debug = 0`, as `compiler_builtins` is.
fn without_debug_info(function: &str) -> String {
    format!(
        "target datalayout = \"e-m:e-p:64:64-i64:64-i128:128-n32:64-S128\"\n\
         target triple = \"bpfel\"\n@sink = internal global i64 0\n{function}"
    )
}

pub(crate) fn stores(head: &str) -> String {
    without_debug_info(&format!(
        "define {head} {{\n  store volatile i64 1, ptr @sink\n  ret void\n}}\n"
    ))
}

/// The functions of the object, each as `LINKAGE RESULT NAME(TYPE NAME, ...)`: what the kernel would
/// refuse is told.
fn functions(object: &[u8]) -> Vec<String> {
    let object = parsed(object);
    let ext = object.btf_ext().unwrap_or_else(|error| panic!("{error}"));
    let (Some(btf), Some(ext)) = (object.btf(), ext) else {
        panic!("no types");
    };
    let mut functions = Vec::new();
    for function in object.functions() {
        let info = ext
            .func_at(object.section_of(function).name, function.start)
            .filter(|info| info.insn_off == function.start)
            .unwrap_or_else(|| panic!("no func_info of {}", function.name));
        functions.push(spelt(btf, info.type_id));
    }
    functions.sort();
    functions
}

fn spelt(btf: &Btf<'_>, id: TypeId) -> String {
    let of = |id| {
        btf.type_by_id(id)
            .unwrap_or_else(|| panic!("no type {id:?}"))
    };
    let name = |id: TypeId| match id {
        TypeId(0) => "void".to_owned(),
        id if of(id).kind() == Kind::Ptr => "*".to_owned(),
        id => of(id).name().to_owned(),
    };
    let function = of(id);
    let linkage = match function.linkage() {
        Some(STATIC) => "static",
        Some(GLOBAL) => "global",
        linkage => panic!("{linkage:?}"),
    };
    let prototype = of(function.referenced().unwrap_or(TypeId(0)));
    assert_eq!(prototype.kind(), Kind::FuncProto);
    let parameters: Vec<String> = prototype
        .params()
        .into_iter()
        .map(|parameter| {
            assert!(is_identifier(parameter.name), "{}", parameter.name);
            format!("{} {}", name(parameter.type_id), parameter.name)
        })
        .collect();
    assert!(is_identifier(function.name()), "{}", function.name());
    let result = name(prototype.referenced().unwrap_or(TypeId(0)));
    format!(
        "{linkage} {result} {}({})",
        function.name(),
        parameters.join(", ")
    )
}

/// `btf_name_valid_identifier`
pub(crate) fn is_identifier(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.starts_with(|c: char| c.is_ascii_digit())
        && (1..=127).contains(&name.len())
        && name.chars().all(is_part)
}

/// Links two modules in both orders; both objects have the same functions.
pub(crate) fn linked(test: &str, one: &str, two: &str, arguments: &[&str]) -> Vec<String> {
    let folder = Folder::new(test);
    let (one, two) = (folder.file("a.ll", one), folder.file("b.ll", two));
    let mut found: Vec<Vec<String>> = Vec::new();
    for inputs in [[&*one, &two], [&*two, &one]] {
        let arguments = [&inputs, &["--export", "prog"], arguments].concat();
        found.push(functions(&folder.link(&arguments)));
        // As any tool that reads it would.
        let bitcode = folder.link(&[&*arguments, &["--emit", "llvm-bc"]].concat());
        let context = Context::create();
        let buffer = MemoryBuffer::create_from_memory_range_copy(&bitcode, "test");
        let module = context.create_module_from_ir(buffer);
        let verified = module.map(|module| module.verify());
        assert_eq!(verified, Ok(Ok(())));
    }
    assert_eq!(found[0], found[1]);
    found.swap_remove(0)
}

const PROG: &str = "global i32 prog()";
/// Of the linker's making.
const MADE: &str = "global u32 prog(* arg1)";

#[test]
fn what_is_defined_nowhere_is_named() {
    // By a program with relocations, and by one without.
    let reads = calls("elsewhere");
    let plain = without_markers(&reads.replace("%v0 = call i64 @prog_0()", "%v0 = add i64 0, 1"));
    for program in [reads, plain] {
        let folder = Folder::new("undefined");
        let input = folder.file("a.ll", &program);
        let arguments = [&*input, "--export", "prog", "--btf"];
        let message = folder.fail(&arguments);
        for part in [
            "`elsewhere` is used, but nothing defines it",
            LINE,
            "`prog`",
            "kfuncs!",
        ] {
            assert!(message.contains(part), "no `{part}` in:\n{message}");
        }
        // To be joined with other objects, as `bpftool gen object` does.
        let object = folder.link(&[&arguments[..], &["--fatal-errors", "false"]].concat());
        assert_eq!(functions(&object), [PROG]);
    }
}

#[test]
fn a_callee_without_debug_info() {
    // bpf-linker exports these, which makes them no program: the verifier is to check them
    // where they are called.
    let callee = stores("weak hidden void @memset(ptr %p, i32 %c, i64 %n) noinline");
    let found = linked("callee", &calls("memset"), &callee, &[]);
    let memset = "static void memset(* arg1, u32 arg2, u64 arg3)";
    assert_eq!(found, [PROG, memset]);
}

#[test]
fn a_name_that_is_none_in_c() {
    let symbol = "_ZN4core3ptr13drop$LT$T$GT$17h0E.llvm.7";
    let callee = stores(&format!(
        "void @\"{symbol}\"(ptr %p, i32 %c, i64 %n) noinline"
    ));
    let found = linked("callee_name", &calls(symbol), &callee, &[]);
    let name = "_ZN4core3ptr13drop_24_LT_24_T_24_GT_24_17h0E_2E_llvm_2E_7";
    assert_eq!(found, [PROG, &format!("static void {name}()")]);
}

#[test]
fn types_as_the_registers_hold_them() {
    for (result, parameters, prototype) in [
        (
            "i1",
            "i1, i8, i16, i24",
            "bool f(bool arg1, u8 arg2, u16 arg3, u32 arg4)",
        ),
        (
            "i64",
            "i128, {i32, i32}",
            "u64 f(u64 arg1, u64 arg2, u64 arg3)",
        ),
        ("i32", "[2 x i64], ptr", "u32 f(u64 arg1, u64 arg2, * arg3)"),
        ("ptr", "", "* f()"),
    ] {
        // What is exported keeps its parameters.
        let callee = without_debug_info(&format!(
            "define {result} @f({parameters}) noinline {{\n  \
             store volatile i64 1, ptr @sink\n  ret {result} zeroinitializer\n}}\n"
        ));
        let caller = program("prog", "raw_tp/x", &[REQUEST]);
        let folder = Folder::new("callee_types");
        let inputs = [folder.file("a.ll", caller), folder.file("b.ll", callee)];
        let object = folder.link(&[&inputs[0], &inputs[1], "--export", "prog,f"]);
        let function = format!("static {prototype}");
        assert_eq!(functions(&object), [PROG, &function]);
    }
}

#[test]
fn a_program_without_debug_info_around_a_read_with_it() {
    let caller = program("prog", "raw_tp/x", &[REQUEST])
        .replace("section \"raw_tp/x\" !dbg !20", "section \"raw_tp/x\"")
        .replace(", !dbg !21", "");
    let folder = Folder::new("caller");
    let input = folder.file("a.ll", &caller);
    let object = folder.link(&[&input, "--export", "prog"]);
    assert_eq!(said(&records(&object)), ["byte_off task_struct.pid"]);
    let other = stores("void @other() noinline");
    let found = linked("caller", &caller, &other, &[]);
    assert_eq!(found, [MADE]);
}

#[test]
fn a_read_without_debug_info_in_a_program_with_it() {
    let read = program("prog", "raw_tp/x", &[REQUEST])
        .replace("noinline !dbg !100", "noinline")
        .replace(", !dbg !101", "");
    let none = read
        .replace("section \"raw_tp/x\" !dbg !20", "section \"raw_tp/x\"")
        .replace(", !dbg !21", "");
    for (program, prog) in [(read, PROG), (none, MADE)] {
        let folder = Folder::new("read");
        let input = folder.file("a.ll", &program);
        let object = folder.link(&[&input, "--export", "prog"]);
        assert_eq!(said(&records(&object)), ["byte_off task_struct.pid"]);
        assert_eq!(functions(&object), [prog]);
    }
}

#[test]
fn debug_info_without_types() {
    // `debug = 1`: rustc writes units of all kinds, and subprograms without types.
    for kind in ["FullDebug", "LineTablesOnly", "DebugDirectivesOnly"] {
        let program = calls("memset")
            .replace("!4 = !{!8}", "!4 = !{}")
            .replace("emissionKind: FullDebug", &format!("emissionKind: {kind}"));
        let callee = stores("weak hidden void @memset(ptr %p, i32 %c, i64 %n) noinline");
        let found = linked("no_types", &program, &callee, &[]);
        let memset = "static void memset(* arg1, u32 arg2, u64 arg3)";
        assert_eq!(found, [MADE, memset], "{kind}");
    }
}

#[test]
fn parameters_without_names() {
    // As rustc writes `fn prog(_: i32, context: i32, (a, b): (i32, i32))`.
    let program = calls("memset").replace("!4 = !{!8}", "!4 = !{!8, !8, !8, !8}")
        + "!30 = !{!31, !32, !33}\n\
           !31 = !DILocalVariable(name: \"context\", arg: 2, scope: !20, file: !2, type: !8)\n\
           !32 = !DILocalVariable(name: \"a\", scope: !20, file: !2, type: !8)\n\
           !33 = !DILocalVariable(arg: 1, scope: !20, file: !2, type: !8)\n";
    let program = program.replace(
        "spFlags: DISPFlagDefinition)",
        "spFlags: DISPFlagDefinition, retainedNodes: !30)",
    );
    let callee = stores("weak hidden void @memset(ptr %p, i32 %c, i64 %n) noinline");
    let found = linked("no_names", &program, &callee, &[]);
    assert_eq!(found[0], "global i32 prog(i32 arg1, i32 context, i32 arg3)");
}

#[test]
fn debug_info_switched_off_in_another_unit() {
    let callee = stores("void @callee(ptr %p, i32 %c, i64 %n) noinline !dbg !20")
        .replace("sink\n  ret void", "sink, !dbg !21\n  ret void, !dbg !21");
    let unit = program("other", "x", &[]).replace("FullDebug", "NoDebug");
    let metadata = unit.split("\n}\n").nth(1).unwrap_or_default();
    let found = linked("unit_off", &calls("callee"), &(callee + metadata), &[]);
    let callee = found.iter().find(|found| found.contains(" other("));
    assert!(callee.is_some(), "{found:?}");
}

#[test]
fn without_relocations() {
    let program = calls("memset").replace("%v0 = call i64 @prog_0()", "%v0 = add i64 0, 1");
    let program = without_markers(&program);
    let callee = stores("weak hidden void @memset(ptr %p, i32 %c, i64 %n) noinline");
    let found = linked("callee_plain", &program, &callee, &["--btf"]);
    let memset = "static void memset(* arg1, u32 arg2, u64 arg3)";
    assert_eq!(found, [PROG, memset]);
}

/// The module without the function that calls a marker.
pub(crate) fn without_markers(module: &str) -> String {
    let (front, back) = module
        .split_once("define internal i64 @prog_0")
        .unwrap_or((module, ""));
    let back = back.split_once("}\n").map_or("", |(_, back)| back);
    let module = format!("{front}{back}");
    let declared = |line: &&str| !line.starts_with("declare ") || !line.contains("__bpf_core");
    module
        .lines()
        .filter(declared)
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn maps_without_types_are_named() {
    let read = program("prog", "raw_tp/x", &[REQUEST]);
    let map = "@EVENTS = global { ptr } zeroinitializer, section \".maps\"";
    let folder = Folder::new("maps");
    let input = folder.file("a.ll", format!("{read}{map}\n"));
    let message = folder.fail(&[&input, "--export", "prog,EVENTS"]);
    for part in ["the map `EVENTS` has no type in BTF", "debug = 2"] {
        assert!(message.contains(part), "no `{part}` in:\n{message}");
    }
    let typed = format!("{read}{map}, !dbg !40\n").replace(
        "emissionKind: FullDebug",
        "emissionKind: FullDebug, globals: !42",
    ) + "!40 = !DIGlobalVariableExpression(var: !41, expr: !DIExpression())\n\
         !41 = distinct !DIGlobalVariable(name: \"EVENTS\", scope: !1, file: !2, line: 1, type: !43, isDefinition: true)\n\
         !42 = !{!40}\n\
         !43 = !DICompositeType(tag: DW_TAG_structure_type, name: \"Map\", size: 64, elements: !44)\n\
         !44 = !{}\n";
    let input = folder.file("a.ll", typed);
    assert_eq!(
        functions(&folder.link(&[&input, "--export", "prog,EVENTS"])),
        [PROG]
    );
}

/// A function that calls itself behind a loop that keeps the optimiser from making one of it.
#[test]
fn recursion_is_named() {
    let recursive = "define i64 @again(i64 %n) noinline !dbg !20 {\n  \
        %less = sub i64 %n, 1\n  %stop = icmp eq i64 %n, 0\n  br i1 %stop, label %end, label %more\n\
        more:\n  %a = call i64 @again(i64 %less), !dbg !21\n  %b = call i64 @again(i64 %a), !dbg !21\n  \
        %s = add i64 %a, %b\n  ret i64 %s\nend:\n  ret i64 1\n}\n";
    let read = program("prog", "raw_tp/x", &[REQUEST])
        .replace("  ret i32 0", "  %r = call i64 @again(i64 %v0), !dbg !22\n  store volatile i64 %r, ptr @prog_out\n  ret i32 0")
        .replace("declare i64 @__bpf", &format!("{}declare i64 @__bpf", recursive.replace("!20", "!23").replace("!21", "!24")))
        + "!22 = !DILocation(line: 92, scope: !20)\n\
           !23 = distinct !DISubprogram(name: \"again\", scope: !2, file: !2, line: 70, type: !3, unit: !1, spFlags: DISPFlagDefinition)\n\
           !24 = !DILocation(line: 71, column: 5, scope: !23)\n";
    let folder = Folder::new("recursion");
    let input = folder.file("a.ll", read);
    let message = folder.fail(&[&input, "--export", "prog"]);
    for part in ["`again` calls itself", "/src/prog.rs:71:5", "loop"] {
        assert!(message.contains(part), "no `{part}` in:\n{message}");
    }
}

#[test]
fn a_call_by_a_pointer_is_named() {
    let read = program("prog", "raw_tp/x", &[REQUEST]).replace(
        "  ret i32 0",
        "  %f = load volatile ptr, ptr %context\n  %r = call i64 %f(i64 %v0), !dbg !21\n  \
         store volatile i64 %r, ptr @prog_out\n  ret i32 0",
    );
    let folder = Folder::new("pointer");
    let input = folder.file("a.ll", read);
    let message = folder.fail(&[&input, "--export", "prog"]);
    for part in [
        "called through a pointer",
        LINE,
        "in function `prog`",
        "match",
    ] {
        assert!(message.contains(part), "no `{part}` in:\n{message}");
    }
}

/// As clang leaves it at `-O0`: the parameter is known at an instruction, and the function does not
/// list it. A second variable for it makes LLVM crash.
#[test]
fn parameters_that_only_instructions_name() {
    let helper = r#"
define internal i32 @helper(ptr %p, i32 %n) noinline !dbg !40 {
    #dbg_value(ptr %p, !42, !DIExpression(), !43)
  %v = load volatile i32, ptr %p, !dbg !43
  %w = mul i32 %v, %n, !dbg !43
  ret i32 %w, !dbg !43
}
!40 = distinct !DISubprogram(name: "helper", scope: !2, file: !2, line: 5, type: !44, unit: !1, spFlags: DISPFlagLocalToUnit | DISPFlagDefinition)
!42 = !DILocalVariable(name: "task", arg: 1, scope: !40, file: !2, line: 5, type: !47)
!43 = !DILocation(line: 6, column: 1, scope: !40)
!44 = !DISubroutineType(types: !45)
!45 = !{!46, !47, !46}
!46 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!47 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !46, size: 64)
"#;
    let call = "  %h = call i32 @helper(ptr %context, i32 7), !dbg !21\n  \
                %i = call i32 @helper(ptr %context, i32 %h), !dbg !21\n  ret i32 %i, !dbg !21\n";
    let ir =
        program("prog", "raw_tp/x", &[REQUEST]).replace("  ret i32 0, !dbg !21\n", call) + helper;
    let folder = Folder::new("recorded_parameters");
    let input = folder.file("a.ll", ir);
    let functions = functions(&folder.link(&[&input, "--export", "prog"]));
    let helper = functions
        .iter()
        .find(|function| function.contains("helper"));
    let helper = helper.unwrap_or_else(|| panic!("{functions:?}"));
    assert!(
        helper.contains("task") && helper.contains("arg2"),
        "{helper}"
    );
    assert!(!helper.contains("arg1"), "{helper}");
}

/// The kernel refuses a function whose last instruction is another one, wherever it is called.
#[test]
fn behind_a_panic_is_an_end() {
    let fail = "\ndefine internal void @fail(ptr %p) noinline noreturn !dbg !40 {\n  \
                store volatile i64 4711, ptr %p, !dbg !43\n  \
                call void @handler(ptr %p), !dbg !43\n  unreachable, !dbg !43\n}\n\
                define internal void @handler(ptr %p) noinline noreturn {\n  br label %loop\n\
                loop:\n  store volatile i64 4712, ptr %p\n  br label %loop\n}\n\
                !40 = distinct !DISubprogram(name: \"fail\", scope: !2, file: !2, line: 5, type: !44, \
                unit: !1, spFlags: DISPFlagLocalToUnit | DISPFlagDefinition)\n\
                !43 = !DILocation(line: 6, column: 1, scope: !40)\n\
                !44 = !DISubroutineType(types: !45)\n!45 = !{null, !47}\n\
                !46 = !DIBasicType(name: \"int\", size: 32, encoding: DW_ATE_signed)\n\
                !47 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !46, size: 64)\n";
    let branch = "  %n = load volatile i64, ptr %context\n  %o = icmp ugt i64 %n, 7\n  \
                  br i1 %o, label %panic, label %fine, !dbg !21\n\
                  fine:\n  ret i32 0, !dbg !21\n\
                  panic:\n  call void @fail(ptr @prog_out), !dbg !21\n  unreachable";
    let ir = program("prog", "raw_tp/x", &[REQUEST]).replace("  ret i32 0, !dbg !21", branch);
    // By a program with relocations, and by one without, which has no BTF unless it is asked for.
    let plain = without_markers(&ir.replace("%v0 = call i64 @prog_0()", "%v0 = add i64 0, 1"));
    for (ir, arguments) in [(&ir, &[][..]), (&plain, &["--btf"]), (&plain, &[])] {
        let folder = Folder::new("panic");
        let input = folder.file("a.ll", format!("{ir}{fail}"));
        let object = folder.link(&[&[&*input, "--export", "prog"], arguments].concat());
        let object = parsed(&object);
        assert_eq!(object.functions().len(), 3);
        for function in object.functions() {
            let insns = object.section_of(function).insns(function.range());
            let last = insns.last().map(|(_, insn)| insn.op());
            let is_end = matches!(last, Some(Op::Exit | Op::Goto { .. }));
            assert!(is_end, "{} ends with {last:?}", function.name);
        }
    }
}
