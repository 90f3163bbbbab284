//! `type_matches`: what it compares, and that other relocations do not notice.

use bpf_core_btf::{
    Array, Btf, BtfBuilder, BtfExt, Endian, Enumerator, Int, Kind, Member, Param, Resolver, TypeId,
};

use crate::{
    linking::{Folder, records, records_of, said, section},
    program::program,
};

#[test]
fn a_match_has_types_of_its_own() {
    let requests = [
        "byte_off struct task_struct.pid:i32",
        "byte_off struct task_struct.se:struct sched_entity.vruntime:u64",
        "type_matches struct task_struct{pid:i32,se:struct sched_entity{on_rq:i32,},}",
        "type_matches struct sched_entity{on_rq:i32,}",
        "type_matches enum pid_type/u32{PIDTYPE_PID=0,}",
        "enumval_value enum pid_type/u32.PIDTYPE_TGID=1",
        "type_exists struct sched_entity",
        "type_matches struct only{}",
    ];
    let expected = [
        "byte_off task_struct.pid",
        "byte_off task_struct.se.vruntime",
        "type_matches task_struct___2",
        "type_matches sched_entity___2",
        "type_matches pid_type___2",
        "enumval_value pid_type.PIDTYPE_TGID=1",
        "type_exists sched_entity",
        "type_matches only",
    ];
    let folder = Folder::new("own_types");
    let input = folder.file("a.ll", program("prog", "raw_tp/x", &requests));
    let object = folder.link(&[&input, "--export", "prog"]);
    assert_eq!(said(&records(&object)), expected);
    let btf = section(&object, ".BTF");
    let btf = Btf::parse(&btf).unwrap_or_else(|error| panic!("{error}"));
    let members = |name: &str| -> Vec<&str> {
        let mut of = btf
            .types()
            .filter(|of| of.name() == name && of.kind() == Kind::Struct);
        let (Some(one), None) = (of.next(), of.next()) else {
            panic!("{name}")
        };
        one.members().map(|member| member.name).collect()
    };
    assert_eq!(members("task_struct"), ["pid", "se"]);
    assert_eq!(members("sched_entity"), ["vruntime"]);
    assert_eq!(members("sched_entity___2"), ["on_rq"]);
}

/// A kernel in the words of a compiler.
struct Kernel {
    builder: BtfBuilder,
    clang: bool,
    signed: Vec<&'static str>,
}

impl Kernel {
    fn of_gcc() -> Self {
        Self {
            builder: BtfBuilder::new(Endian::Little),
            clang: false,
            signed: vec!["s8"],
        }
    }

    fn of_clang() -> Self {
        Self {
            clang: true,
            ..Self::of_gcc()
        }
    }

    /// Of one-byte integers, these have a sign.
    fn with_signed(self, signed: &[&'static str]) -> Self {
        let signed = signed.to_vec();
        Self { signed, ..self }
    }

    fn int(&mut self, name: &str) -> TypeId {
        let (gcc, clang, size, encoding) = match name {
            "char" => ("char", "char", 1, self.signed("char")),
            "s8" => ("signed char", "signed char", 1, self.signed("s8")),
            "u8" => ("unsigned char", "unsigned char", 1, 0),
            // `BTF_INT_BOOL`
            "bool" => ("_Bool", "_Bool", 1, 4),
            "s16" => ("short int", "short", 2, Int::SIGNED),
            "u16" => ("short unsigned int", "unsigned short", 2, 0),
            "int" => ("int", "int", 4, Int::SIGNED),
            "u32" => ("unsigned int", "unsigned int", 4, 0),
            "s64" => ("long long int", "long long", 8, Int::SIGNED),
            "u64" => ("long long unsigned int", "unsigned long long", 8, 0),
            "long" => ("long int", "long", 8, Int::SIGNED),
            "ulong" => ("long unsigned int", "unsigned long", 8, 0),
            _ => panic!("{name}"),
        };
        let name = if self.clang { clang } else { gcc };
        self.builder.int(name, size, encoding)
    }

    fn signed(&self, name: &str) -> u8 {
        if self.signed.contains(&name) {
            Int::SIGNED
        } else {
            0
        }
    }

    fn structure(&mut self, name: &str, members: &[(&str, TypeId)]) -> TypeId {
        let members: Vec<Member<'_>> = (0..)
            .zip(members)
            .map(|(at, (name, type_id))| Member {
                name,
                type_id: *type_id,
                bit_offset: at * 64,
                bitfield_size: 0,
            })
            .collect();
        self.builder
            .structure(name, members.len() as u32 * 8, &members)
    }

    fn array(&mut self, element: TypeId, nelems: u32) -> TypeId {
        self.builder.array(Array {
            element,
            index_type: element,
            nelems,
        })
    }
}

/// Whether each of the declarations matches, as a program that asks comes to know: by any of the
/// relocations that are made of it.
fn matching(test: &str, kernel: Kernel, declarations: &[&str]) -> Vec<bool> {
    let kernel = kernel.builder.finish();
    let kernel = Btf::parse(&kernel).unwrap_or_else(|error| panic!("{error}"));
    let folder = Folder::new(test);
    let names: Vec<String> = (0..declarations.len()).map(|at| format!("p{at}")).collect();
    let mut arguments = vec![format!("--export={}", names.join(","))];
    for (name, declaration) in names.iter().zip(declarations) {
        let request = format!("type_matches {declaration}");
        let ir = program(name, &format!("raw_tp/{name}"), &[&request]);
        arguments.push(folder.file(&format!("{name}.ll"), ir));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let object = folder.link(&arguments);
    let (btf, ext) = (section(&object, ".BTF"), section(&object, ".BTF.ext"));
    let btf = Btf::parse(&btf).unwrap_or_else(|error| panic!("{error}"));
    let ext = BtfExt::parse(&ext, &btf).unwrap_or_else(|error| panic!("{error}"));
    let mut resolver = Resolver::new(&btf, &kernel);
    let mut answer = |relo| {
        let resolution = resolver.resolve(relo);
        let resolution = resolution.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(resolution.local_value, 1);
        resolution.value.unwrap_or_else(|| panic!("{relo:?}"))
    };
    names
        .iter()
        .map(|name| {
            let name = format!("raw_tp/{name}");
            let section = ext.core_relos().iter().find(|section| section.name == name);
            let section = section.unwrap_or_else(|| panic!("no records in {name}"));
            let answers: Vec<u64> = section.records.iter().map(&mut answer).collect();
            answers.contains(&1)
        })
        .collect()
}

#[track_caller]
fn check(test: &str, kernel: fn() -> Kernel, cases: &[(&str, bool)]) {
    let declarations: Vec<&str> = cases.iter().map(|(declaration, _)| *declaration).collect();
    for (found, (declaration, expected)) in
        matching(test, kernel(), &declarations).iter().zip(cases)
    {
        assert_eq!(found, expected, "{declaration}");
    }
}

/// `struct ints` with a member of each type, under its name.
fn ints(mut kernel: Kernel) -> Kernel {
    let names = [
        "char", "s8", "u8", "bool", "s16", "u16", "int", "u32", "s64", "u64", "long", "ulong",
    ];
    let members: Vec<(&str, TypeId)> = names.map(|name| (name, kernel.int(name))).to_vec();
    kernel.structure("ints", &members);
    kernel
}

const INTS: [(&str, bool); 8] = [
    (
        "struct ints{char:char,s8:i8,u8:u8,bool:bool,s16:i16,u16:u16,int:i32,u32:u32,s64:i64,\
         u64:u64,long:isize,ulong:usize,}",
        true,
    ),
    ("struct ints{char:u8,}", false),
    ("struct ints{char:i8,}", false),
    ("struct ints{u8:bool,}", false),
    ("struct ints{int:u32,}", false),
    ("struct ints{int:i64,}", false),
    ("struct ints{ulong:u64,}", false),
    ("struct ints{u64:usize,}", false),
];

#[test]
fn integers_of_kernels_that_gcc_built() {
    check("gcc", || ints(Kernel::of_gcc()), &INTS);
    check(
        "gcc_both",
        || ints(Kernel::of_gcc().with_signed(&["char", "s8"])),
        &INTS,
    );
    check(
        "gcc_neither",
        || ints(Kernel::of_gcc().with_signed(&[])),
        &INTS,
    );
}

#[test]
fn integers_of_kernels_that_clang_built() {
    check("clang", || ints(Kernel::of_clang()), &INTS);
    check(
        "clang_both",
        || ints(Kernel::of_clang().with_signed(&["char", "s8"])),
        &INTS,
    );
}

#[test]
fn members_and_what_they_point_to() {
    fn kernel() -> Kernel {
        let mut kernel = Kernel::of_gcc();
        let (int, char) = (kernel.int("int"), kernel.int("char"));
        let inner = kernel.structure("inner", &[("first", int), ("second", int)]);
        let unnamed = kernel.structure("", &[("counter", int)]);
        let atomic = kernel.builder.typedef("atomic_t", unnamed);
        let hidden = kernel.structure("", &[("hidden", int)]);
        let (to_inner, to_void) = (kernel.builder.ptr(inner), kernel.builder.ptr(TypeId::VOID));
        let declared = kernel.builder.fwd("declared", false);
        let (to_declared, to_char) = (kernel.builder.ptr(declared), kernel.builder.ptr(char));
        let to_atomic = kernel.builder.ptr(atomic);
        let (comm, tail) = (kernel.array(char, 16), kernel.array(int, 0));
        let parameter = |type_id| Param { name: "", type_id };
        let call = kernel
            .builder
            .func_proto(int, &[parameter(to_inner), parameter(TypeId::VOID)]);
        let call = kernel.builder.ptr(call);
        kernel.structure(
            "outer",
            &[
                ("inner", inner),
                ("", hidden),
                ("usage", atomic),
                ("to_inner", to_inner),
                ("to_void", to_void),
                ("to_declared", to_declared),
                ("to_char", to_char),
                ("to_atomic", to_atomic),
                ("comm", comm),
                ("call", call),
                ("tail", tail),
            ],
        );
        kernel
    }
    check(
        "members",
        kernel,
        &[
            ("struct outer{}", true),
            ("struct absent{}", false),
            ("union outer{}", false),
            ("typedef struct outer{}", false),
            ("struct outer___v5{inner:struct inner{second:i32,},}", true),
            ("struct outer{inner:struct inner{third:i32,},}", false),
            ("struct outer{inner:struct inner{second:u32,},}", false),
            ("struct outer{inner:union inner{},}", false),
            ("struct outer{inner:struct other{},}", false),
            ("struct outer{hidden:i32,}", false),
            (
                "struct outer{usage:typedef struct atomic_t{counter:i32,},}",
                true,
            ),
            ("typedef struct atomic_t{counter:i32,}", true),
            ("typedef struct atomic_t{counter:u32,}", false),
            ("struct outer{to_inner:*struct inner,}", true),
            ("struct outer{to_inner:*struct inner___old,}", true),
            ("struct outer{to_inner:*struct other,}", false),
            ("struct outer{to_inner:*union inner,}", false),
            ("struct outer{to_inner:*void,}", false),
            ("struct outer{to_inner:**struct inner,}", false),
            ("struct outer{to_void:*void,}", true),
            ("struct outer{to_void:*struct inner,}", false),
            ("struct outer{to_declared:*struct declared,}", true),
            ("struct outer{to_declared:*union declared,}", false),
            ("struct outer{to_char:*char,}", true),
            ("struct outer{to_char:*u8,}", false),
            ("struct outer{to_atomic:*typedef struct atomic_t,}", true),
            ("struct outer{to_atomic:*struct atomic_t,}", false),
            ("struct outer{comm:[16]char,}", true),
            ("struct outer{comm:[15]char,}", false),
            ("struct outer{tail:[0]i32,}", true),
            ("struct outer{call:*fn(*struct inner,void,)i32,}", true),
            ("struct outer{call:*fn(*struct inner,void,)void,}", false),
            ("struct outer{call:*fn(*struct outer,void,)i32,}", false),
            ("struct outer{call:*fn(*struct inner,)i32,}", false),
        ],
    );
}

#[test]
fn enumerators_by_name() {
    fn kernel() -> Kernel {
        let mut kernel = Kernel::of_gcc();
        let value = |name, value| Enumerator { name, value };
        let values = [value("NONE", 0), value("ONE", 1), value("TWO___old", 7)];
        let color = kernel.builder.enumeration("color", 4, false, &values);
        kernel.structure("thing", &[("color", color)]);
        kernel
    }
    check(
        "enumerators",
        kernel,
        &[
            ("enum color/u32{ONE=5,TWO=2,}", true),
            ("enum color/i32{}", true),
            ("enum color/u32{THREE=3,}", false),
            ("enum color/u8{ONE=1,}", false),
            ("struct thing{color:enum color/u32{ONE=1,},}", true),
            ("struct thing{color:enum color/u32{THREE=3,},}", false),
            ("struct thing{color:enum other/u32{},}", false),
            ("struct thing{color:u32,}", false),
        ],
    );
}

/// The types of a match are of a size and at offsets that the kernel takes when the object is
/// loaded (`btf_struct_check_meta`).
#[test]
fn members_do_not_overlap() {
    let folder = Folder::new("overlap");
    let request = "type_matches struct s{a:u8,b:u64,c:[3]u16,d:union u{x:u8,y:u32,},e:u8,}";
    let input = folder.file("a.ll", program("prog", "raw_tp/x", &[request]));
    let object = folder.link(&[&input, "--export", "prog"]);
    let btf = section(&object, ".BTF");
    let btf = Btf::parse(&btf).unwrap_or_else(|error| panic!("{error}"));
    let of = btf.types().find(|of| of.name() == "s");
    let of = of.unwrap_or_else(|| panic!("no type s"));
    let members: Vec<(&str, u32)> = of.members().map(|m| (m.name, m.bit_offset / 8)).collect();
    assert_eq!(
        members,
        [("a", 0), ("b", 8), ("c", 16), ("d", 24), ("e", 28)]
    );
    assert_eq!(of.size(), Some(32));
}

#[test]
fn two_spellings_are_two_records() {
    let requests = ["type_matches struct s{x:usize,y:struct alike{z:i32,},}"];
    for level in ["0", "1", "2", "3", "s", "z"] {
        let ir = program("prog", "raw_tp/x", &requests);
        let records = records_of(&format!("spellings_{level}"), &ir, &["-O", level]);
        assert_eq!(
            said(&records),
            ["type_matches s", "type_matches s___2"],
            "-O {level}"
        );
    }
}
