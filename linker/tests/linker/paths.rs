//! Each shape of path and each kind of relocation, and that optimising keeps them.

use bpf_core_btf::{Btf, BtfExt, Patched, Resolver, patch};

use crate::{
    linking::{Folder, instruction, records, records_of, said, section},
    program::{module, program},
};

const SHAPES: [(&str, &str); 16] = [
    (
        "byte_off struct task_struct.pid:i32",
        "byte_off task_struct.pid",
    ),
    (
        "byte_off struct task_struct.se:struct sched_entity.load:struct load_weight.weight:u64",
        "byte_off task_struct.se.load.weight",
    ),
    (
        "byte_off struct task_struct.comm:[16]u8[3]",
        "byte_off task_struct.comm[3]",
    ),
    (
        "byte_off struct task_struct.comm:[16]u8",
        "byte_off task_struct.comm",
    ),
    (
        "byte_off struct grid.cell:[4][8]u16[3][7]",
        "byte_off grid.cell[3][7]",
    ),
    (
        "byte_off struct grid.cell:[4][8]u16[3]",
        "byte_off grid.cell[3]",
    ),
    (
        "byte_off struct list.entry:[3]struct entry[2].key:u32",
        "byte_off list.entry[2].key",
    ),
    ("byte_off union value.wide:u128", "byte_off value.wide"),
    (
        "byte_off struct holder.value:union value.narrow:bool",
        "byte_off holder.value.narrow",
    ),
    (
        "byte_off typedef struct atomic_t.counter:i32",
        "byte_off atomic_t.counter",
    ),
    (
        "byte_off struct page.refs:typedef struct atomic_t.counter:i32",
        "byte_off page.refs.counter",
    ),
    (
        "byte_off struct task_struct.parent:*struct task_struct",
        "byte_off task_struct.parent",
    ),
    (
        "byte_off struct file.private:*void",
        "byte_off file.private",
    ),
    (
        "byte_off struct message.tail:[0]u8[5]",
        "byte_off message.tail[5]",
    ),
    ("byte_off struct message.len:u64", "byte_off message.len"),
    (
        "byte_off struct task_struct___old.state:i64",
        "byte_off task_struct___old.state",
    ),
];

const KINDS: [(&str, &str); 13] = [
    ("byte_off struct s.x:i16", "byte_off s.x"),
    ("byte_sz struct s.x:i16", "byte_sz s.x"),
    ("field_exists struct s.x:i16", "field_exists s.x"),
    ("signed struct s.x:i16", "signed s.x"),
    ("lshift_u64 struct s.x:i16", "lshift_u64 s.x"),
    ("rshift_u64 struct s.x:i16", "rshift_u64 s.x"),
    ("local_type_id struct s", "local_type_id s"),
    ("target_type_id struct s", "target_type_id s"),
    ("type_exists enum e/u32", "type_exists e"),
    ("type_size typedef union t", "type_size t"),
    ("enumval_exists enum e/u32.B=2", "enumval_exists e.B=2"),
    ("enumval_value enum e/u32.A=1", "enumval_value e.A=1"),
    ("type_matches struct m{x:i32,}", "type_matches m"),
];

#[test]
fn every_shape_names_its_field() {
    let requests = SHAPES.map(|(request, _)| request);
    let records = records_of("shapes", &program("prog", "raw_tp/x", &requests), &[]);
    assert_eq!(said(&records), SHAPES.map(|(_, what)| what));
}

#[test]
fn every_kind_makes_its_record() {
    let requests = KINDS.map(|(request, _)| request);
    let records = records_of("kinds", &program("prog", "raw_tp/x", &requests), &[]);
    assert_eq!(said(&records), KINDS.map(|(_, what)| what));
}

#[test]
fn answers_before_a_loader_patches_them() {
    let requests = [
        ("byte_sz struct s.x:i16", 2),
        ("signed struct s.x:i16", 1),
        ("signed struct s.u:u16", 0),
        ("signed struct s.b:bool", 0),
        ("lshift_u64 struct s.x:i16", 48),
        ("byte_sz struct s.a:[3]u64", 24),
        ("enumval_value enum e/i32.A=-5", -5),
        ("enumval_value enum big/u64.A=7", 7),
    ];
    let folder = Folder::new("answers");
    let input = folder.file(
        "a.ll",
        program("prog", "raw_tp/x", &requests.map(|(request, _)| request)),
    );
    let object = folder.link(&[&input, "--export", "prog"]);
    let immediates: Vec<i32> = records(&object)
        .iter()
        .map(|record| {
            let [.., a, b, c, d] = instruction(&object, record);
            i32::from_le_bytes([a, b, c, d])
        })
        .collect();
    assert_eq!(immediates, requests.map(|(_, answer)| answer));
}

#[test]
fn enumerators_hold_what_libbpf_expects() {
    let requests = [
        ("enumval_value enum e/u32.A=4294967280", -16),
        ("enumval_value enum e/u32.B=2147483647", 0x7fff_ffff),
        ("enumval_value enum f/i32.A=-16", -16),
        ("enumval_value enum g/u8.A=240", 240),
        ("enumval_value enum h/u64.A=4294967280", 0xffff_fff0),
    ];
    let folder = Folder::new("enumerators");
    let ir = program("prog", "raw_tp/x", &requests.map(|(request, _)| request));
    let object = folder.link(&[&folder.file("a.ll", ir), "--export", "prog"]);
    let (btf, ext) = (section(&object, ".BTF"), section(&object, ".BTF.ext"));
    let btf = Btf::parse(&btf).unwrap_or_else(|error| panic!("{error}"));
    let ext = BtfExt::parse(&ext, &btf).unwrap_or_else(|error| panic!("{error}"));
    let mut code = section(&object, "raw_tp/x");
    let mut resolver = Resolver::new(&btf, &btf);
    let values: Vec<Patched> = ext.core_relos()[0]
        .records
        .iter()
        .map(|record| {
            let resolution = resolver
                .resolve(record)
                .unwrap_or_else(|error| panic!("{error}"));
            patch(&mut code, &resolution).unwrap_or_else(|error| panic!("{error}"))
        })
        .collect();
    let kept = |(_, value): (&str, i64)| {
        let value = value.cast_unsigned();
        Patched::Value {
            old: value,
            new: value,
        }
    };
    assert_eq!(values, requests.map(kept));
}

/// rustc makes this of a question whose answer is dropped.
#[test]
fn an_answer_that_nobody_wants() {
    let requests = [
        "byte_off struct task_struct.pid:i32",
        "field_exists struct task_struct.tgid:i32",
        "type_exists struct task_struct",
        "enumval_value enum pid_type/u32.PIDTYPE_PID=0",
        "&byte_off struct task_struct.flags:u32",
    ];
    let mut ir = program(
        "prog",
        "raw_tp",
        &["byte_off struct task_struct.comm:[16]u8"],
    );
    for (index, request) in requests.iter().enumerate() {
        let text = request.trim_start_matches('&');
        let (name, base) = match request.starts_with('&') {
            true => ("ptr @__bpf_core_v1_field_ptr", ", ptr null"),
            false => ("i64 @__bpf_core_v1_info", ""),
        };
        let len = text.len();
        ir += &format!(
            "@dropped{index} = private constant [{len} x i8] c\"{text}\"\n\
             define void @drop{index}() section \"raw_tp\" !dbg !{} {{\n  \
             call {name}(ptr @dropped{index}, i64 {len}{base}), !dbg !{}\n  ret void\n}}\n\
             !{0} = distinct !DISubprogram(name: \"drop{index}\", scope: !2, file: !2, line: 1, \
             type: !3, unit: !1, spFlags: DISPFlagDefinition)\n\
             !{1} = !DILocation(line: 2, column: 1, scope: !{0})\n",
            900 + 2 * index,
            901 + 2 * index,
        );
    }
    let exports = "--export=prog,drop0,drop1,drop2,drop3,drop4";
    let records = records_of("nobody", &ir, &[exports]);
    assert_eq!(said(&records), ["byte_off task_struct.comm"]);
}

/// The same, where the answer is dropped behind the function that asks: a whole struct that is
/// read member by member.
#[test]
fn an_address_that_nobody_wants() {
    let ir = module(
        "prog",
        &[
            "&byte_off struct task_struct.se:struct sched_entity",
            "&byte_off struct task_struct.pid:i32",
        ],
        "define i32 @prog(ptr %context) section \"raw_tp\" !dbg !20 {\n  \
         %dropped = call ptr @prog_0(ptr %context), !dbg !21\n  \
         %kept = call ptr @prog_1(ptr %context), !dbg !21\n  \
         %pid = load volatile i32, ptr %kept, !dbg !21\n  ret i32 %pid, !dbg !21\n}\n",
    );
    for level in ["-O1", "-O2", "-O3", "-Os", "-Oz"] {
        let records = records_of("dropped", &ir, &["--export=prog", level]);
        assert_eq!(said(&records), ["byte_off task_struct.pid"], "{level}");
    }
}

#[test]
fn an_address_folds_into_the_load() {
    const LOAD_U32: u8 = 0x61;
    let folder = Folder::new("fold");
    let input = folder.file(
        "a.ll",
        program("prog", "raw_tp/x", &["&byte_off struct s.x:i32"]),
    );
    let object = folder.link(&[&input, "--export", "prog"]);
    let records = records(&object);
    assert_eq!(said(&records), ["byte_off s.x"]);
    assert_eq!(instruction(&object, &records[0])[0], LOAD_U32);
}

#[test]
fn every_level_keeps_every_record() {
    let requests: Vec<&str> = SHAPES
        .iter()
        .chain(&KINDS)
        .map(|(request, _)| *request)
        .chain(["&byte_off struct s.x:i16"])
        .collect();
    let ir = program("prog", "raw_tp/x", &requests);
    let mut expected: Vec<String> = Vec::new();
    for level in ["0", "1", "2", "3", "s", "z"] {
        let records = records_of(&format!("level_{level}"), &ir, &["-O", level]);
        let mut said: Vec<String> = said(&records).into_iter().map(str::to_owned).collect();
        said.sort();
        if expected.is_empty() {
            expected.clone_from(&said);
        }
        assert_eq!(said.len(), requests.len(), "-O {level}");
        assert_eq!(said, expected, "-O {level}");
    }
}

#[test]
fn a_flexible_array_is_the_last_member() {
    // Loaders take an index into it for out of bounds otherwise.
    let requests = [
        "byte_off struct m.a:[0]u8[1]",
        "byte_off struct m.b:u32",
        "byte_off struct m.c:u8",
    ];
    let folder = Folder::new("flexible");
    let input = folder.file("a.ll", program("prog", "raw_tp/x", &requests));
    let object = folder.link(&[&input, "--export", "prog"]);
    let btf = crate::linking::section(&object, ".BTF");
    let btf = bpf_core_btf::Btf::parse(&btf).unwrap_or_else(|error| panic!("{error}"));
    let of = btf
        .types()
        .find(|of| of.name() == "m")
        .unwrap_or_else(|| panic!("no type m"));
    let members: Vec<(&str, u32)> = of.members().map(|m| (m.name, m.bit_offset)).collect();
    assert_eq!(members, [("b", 0), ("c", 32), ("a", 40)]);
}

#[test]
fn deep_paths() {
    let inner: String = (0..12).map(|n| format!(".m{n}:struct s{n}")).collect();
    let request = format!("byte_off struct root{inner}.end:u8");
    let path: String = (0..12).map(|n| format!(".m{n}")).collect();
    let records = records_of("deep", &program("prog", "raw_tp/x", &[&request]), &[]);
    assert_eq!(said(&records), [format!("byte_off root{path}.end")]);
}
