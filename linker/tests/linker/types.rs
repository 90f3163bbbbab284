//! Types of Rust that readers of BTF refuse are other types in the object.

use bpf_core_btf::{Btf, Kind};

use crate::{
    functions::{REQUEST, calls, is_identifier, linked, stores},
    linking::{Folder, parsed, section},
    program::program,
};

#[test]
fn characters_are_integers() {
    // `char`, as a parameter and as a member behind one.
    let program = calls("memset").replace("!4 = !{!8}", "!4 = !{!8, !60, !61}")
        + "!60 = !DIBasicType(name: \"char\", size: 32, encoding: DW_ATE_UTF)\n\
           !61 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !62, size: 64)\n\
           !62 = !DICompositeType(tag: DW_TAG_structure_type, name: \"Letter\", size: 32, elements: !63)\n\
           !63 = !{!64}\n\
           !64 = !DIDerivedType(tag: DW_TAG_member, name: \"of\", baseType: !60, size: 32)\n";
    let callee = stores("weak hidden void @memset(ptr %p, i32 %c, i64 %n) noinline");
    let found = linked("characters", &program, &callee, &[]);
    assert_eq!(found[0], "global i32 prog(char arg1, * arg2)");
    let folder = Folder::new("characters");
    let inputs = [folder.file("a.ll", &program), folder.file("b.ll", &callee)];
    let object = folder.link(&[&inputs[0], &inputs[1], "--export", "prog"]);
    let object = parsed(&object);
    let btf = object.btf().unwrap_or_else(|| panic!("no types"));
    let letter = btf.find_by_name_kind("Letter", Kind::Struct);
    let member = letter.and_then(|of| btf.type_by_id(of.members().get(0)?.type_id));
    assert_eq!(
        member.map(|of| (of.name(), of.kind())),
        Some(("char", Kind::Int))
    );
}

/// `()` and `!` are integers without a bit in rustc's debug info. libbpf-cargo refuses these (`Invalid integer
/// width`), and libbpf refuses a map's key that is `void`.
#[test]
fn types_without_bytes_are_empty_structs() {
    let program = calls("memset").replace("!4 = !{!8}", "!4 = !{!8, !61}")
        + "!60 = !DIBasicType(name: \"()\", encoding: DW_ATE_unsigned)\n\
           !61 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !60, size: 64)\n";
    let callee = stores("weak hidden void @memset(ptr %p, i32 %c, i64 %n) noinline");
    let folder = Folder::new("units");
    let inputs = [folder.file("a.ll", &program), folder.file("b.ll", &callee)];
    let object = folder.link(&[&inputs[0], &inputs[1], "--export", "prog"]);
    let object = parsed(&object);
    let btf = object.btf().unwrap_or_else(|| panic!("no types"));
    let prog = btf.find_by_name_kind("prog", Kind::Func);
    let pointee = prog
        .and_then(|prog| btf.type_by_id(prog.referenced()?))
        .and_then(|prototype| btf.type_by_id(prototype.params().get(0)?.type_id))
        .and_then(|pointer| btf.type_by_id(pointer.referenced()?));
    assert_eq!(
        pointee.map(|unit| (unit.name(), unit.kind(), unit.size())),
        Some(("", Kind::Struct, Some(0)))
    );
}

#[test]
fn names_in_types_are_names_in_c() {
    let read = program("prog", "raw_tp/x", &[REQUEST])
        .replace("!4 = !{!8}", "!4 = !{!8, !50}")
        .replace(
            "spFlags: DISPFlagDefinition)",
            "spFlags: DISPFlagDefinition, retainedNodes: !57)",
        );
    let read = format!(
        "{read}!50 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !51, size: 64)\n\
         !51 = !DICompositeType(tag: DW_TAG_structure_type, name: \"Ma\u{df}<u32>\", size: 64, elements: !52)\n\
         !52 = !{{!53, !54}}\n\
         !53 = !DIDerivedType(tag: DW_TAG_member, name: \"gr\u{f6}\u{df}e\", baseType: !8, size: 32)\n\
         !54 = !DIDerivedType(tag: DW_TAG_member, name: \"art\", baseType: !55, size: 32, offset: 32)\n\
         !55 = !DICompositeType(tag: DW_TAG_enumeration_type, name: \"Art<7>\", baseType: !8, size: 32, elements: !56)\n\
         !56 = !{{!58}}\n\
         !57 = !{{!59}}\n\
         !58 = !DIEnumerator(name: \"L\u{e4}nge\", value: 1)\n\
         !59 = !DILocalVariable(name: \"ma\u{df}\", arg: 1, scope: !20, file: !2, type: !50)\n"
    );
    let folder = Folder::new("names");
    let input = folder.file("a.ll", read);
    let object = folder.link(&[&input, "--export", "prog"]);
    let btf = section(&object, ".BTF");
    let btf = Btf::parse(&btf).unwrap_or_else(|error| panic!("{error}"));
    let mut names: Vec<&str> = Vec::new();
    for of in btf.types() {
        let is_int = matches!(of.kind(), Kind::Int);
        names.extend(Some(of.name()).filter(|_| !is_int));
        names.extend(of.members().into_iter().map(|member| member.name));
        names.extend(of.enumerators().into_iter().map(|one| one.name));
        names.extend(of.params().into_iter().map(|one| one.name));
    }
    names.retain(|name| !name.is_empty());
    for name in &names {
        assert!(is_identifier(name), "{name}");
    }
    for name in [
        "gr_C3__B6__C3__9F_e",
        "Art_3C_7_3E_",
        "L_C3__A4_nge",
        "ma_C3__9F_",
    ] {
        assert!(names.contains(&name), "no {name} in {names:?}");
    }
}
