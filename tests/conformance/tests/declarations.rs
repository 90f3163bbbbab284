//! Declarations are laid out as clang lays them out.

use std::fs;
use std::path::Path;
use std::process::Command;

use bpf_core_btf::{Btf, Type};
use bpf_core_conformance::declarations::Declarations;
use object::{File, Object as _, ObjectSection as _};

const TEXT: &str = "
    typedef unsigned int u32;
    enum small { A, B = 7, C };
    enum negative { D = -1, E };
    enum wide { F = 0x100000000 };
    enum fixed : unsigned long { G };
    struct inner { char c; long l; short s; };
    union either { int i; struct inner inner; char bytes[33]; };
    struct plain { char a; short b; const u32 c; volatile long d; char e; };
    struct rows { short a[2][3]; int *b[4]; int (*c)[5]; void (*d)(int, struct inner *); long e[]; };
    struct bits { int a: 3; unsigned b: 30; char c; u32 d: 9; _Bool e: 1; long f: 40; unsigned: 0; int g: 1; };
    struct packed { char a: 3; unsigned b: 30; long c: 50; char d; int e; } __packed;
    struct nested { char a; struct { char b; union { long c; char d; }; }; enum small e; __int128 f; };
    struct list { struct list *next; struct open *open; float f; double d; };
";

/// The struct, union or enum as text, but for ids.
fn describe(ty: &Type<'_>) -> String {
    let members = ty
        .members()
        .map(|m| (m.name, m.bit_offset, m.bitfield_size));
    let values = ty.enumerators().map(|e| (e.name, e.value));
    let (members, values): (Vec<_>, Vec<_>) = (members.collect(), values.collect());
    format!(
        "{} {} {:?} {members:?} {values:?}",
        ty.kind(),
        ty.name(),
        ty.size()
    )
}

fn described(btf: &Btf<'_>) -> Vec<String> {
    let named = btf.types().filter(|ty| {
        (ty.kind().is_composite() || ty.kind().is_any_enum()) && !ty.name().is_empty()
    });
    let mut all: Vec<String> = named.map(|ty| describe(&ty)).collect();
    all.sort();
    all
}

#[test]
fn as_clang_does() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, object) = (folder.join("declarations.c"), folder.join("declarations.o"));
    let mut text = TEXT.replace("__packed", "__attribute__((packed))");
    let names = [
        "enum small",
        "enum negative",
        "enum wide",
        "enum fixed",
        "union either",
    ];
    let structs =
        ["plain", "rows", "bits", "packed", "nested", "list"].map(|s| format!("struct {s}"));
    for (at, name) in names
        .into_iter()
        .chain(structs.iter().map(String::as_str))
        .enumerate()
    {
        text.push_str(&format!("{name} variable{at};\n"));
    }
    fs::write(&source, text).unwrap();
    let built = Command::new("clang-22")
        .args(["-std=gnu23", "-g", "-O2", "-target", "bpf", "-c", "-o"])
        .arg(&object)
        .arg(&source)
        .status();
    assert!(
        built.is_ok_and(|status| status.success()),
        "`clang-22` is needed"
    );

    let bytes = fs::read(object).unwrap();
    let file = File::parse(&*bytes).unwrap();
    let section = file.section_by_name(".BTF").unwrap();
    let theirs = described(&Btf::parse(section.data().unwrap()).unwrap());
    let ours = Declarations::parse(TEXT).to_btf();
    assert_eq!(described(&Btf::parse(&ours).unwrap()), theirs);
}

#[test]
fn a_name_is_the_last_definition_before_it() {
    let text = "struct s { int a; }; struct t { struct s s; }; struct s { long b; };";
    let mut declarations = Declarations::parse(text);
    let last = declarations.id("struct s");
    let btf = declarations.to_btf();
    let btf = Btf::parse(&btf).unwrap();
    assert_eq!(
        btf.type_by_id(last).unwrap().members().get(0).unwrap().name,
        "b"
    );
    let t = btf.types().find(|ty| ty.name() == "t").unwrap();
    assert_eq!(t.size(), Some(4));
}

#[test]
fn pointers_and_long_of_32_bits() {
    let text = "#pragma m32\nstruct s { char a; long b; int *c; };";
    let btf = Declarations::parse(text).to_btf();
    let btf = Btf::parse(&btf).unwrap();
    let s = btf.types().find(|ty| ty.name() == "s").unwrap();
    assert_eq!((s.size(), btf.pointer_size()), (Some(12), Some(4)));
}
