//! Objects as LLVM writes them: see `fixtures/object.bpf.c`. Both byte orders say the same.

use bpf_core_btf::Endian;
use bpf_core_btf::object::{
    ExternKind, Function, HEAD, Object, ObjectError, Target, btf_bytes, is_object,
};

static LITTLE: &[u8] = include_bytes!("fixtures/object.bpf.o");
static BIG: &[u8] = include_bytes!("fixtures/object.bpfeb.o");

fn both(check: impl Fn(&Object<'_>)) {
    for bytes in [LITTLE, BIG] {
        check(&Object::parse(bytes).unwrap());
    }
}

fn function<'o>(object: &'o Object<'_>, name: &str) -> &'o Function<'o> {
    let found = object.functions().iter().find(|one| one.name == name);
    found.unwrap_or_else(|| panic!("no function {name}"))
}

fn names<'o>(functions: impl IntoIterator<Item = &'o Function<'o>>) -> Vec<&'o str> {
    functions.into_iter().map(|one| one.name).collect()
}

#[test]
fn the_byte_order_is_that_of_the_file() {
    assert_eq!(Object::parse(LITTLE).unwrap().endian(), Endian::Little);
    assert_eq!(Object::parse(BIG).unwrap().endian(), Endian::Big);
}

#[test]
fn functions_and_programs() {
    both(|object| {
        let all = [
            "shared",
            "parent_of",
            "callback",
            "first",
            "second",
            "third",
        ];
        assert_eq!(names(object.functions()), all);
        assert_eq!(names(object.programs()), ["first", "second", "third"]);
        let second = function(object, "second");
        assert_eq!(object.section_of(second).name, "tp_btf/sched_switch");
        assert_eq!((second.range(), second.is_global), (192..440, true));
        assert!(!function(object, "callback").is_global);
        assert!(!object.functions().iter().any(|one| one.is_hidden));
        let variables = object.variables().iter().map(|one| {
            let section = object.sections()[one.section].name;
            (one.name, section, one.offset, one.size)
        });
        let mut variables: Vec<_> = variables.collect();
        variables.sort_unstable();
        let expected = [
            ("LICENSE", "license", 0, 13),
            ("limit", ".rodata", 0, 4),
            ("total", ".bss", 0, 4),
        ];
        assert_eq!(variables, expected);
        let at = |offset| {
            object
                .function_at(second.section, offset)
                .map(|one| one.name)
        };
        assert_eq!(at(191), Some("first"));
        assert_eq!(at(192), Some("second"));
        assert_eq!(at(439), Some("second"));
        assert_eq!(at(440), None);
        assert_eq!(object.license(), Some("Dual MIT/GPL"));
    });
}

/// By distance within a section, by the symbol of a function, and as an address.
#[test]
fn calls() {
    both(|object| {
        let calls = |name| {
            let calls = object.calls(function(object, name));
            calls
                .map(|(at, callee)| (at, callee.name))
                .collect::<Vec<_>>()
        };
        assert_eq!(calls("first"), [(0x30, "callback"), (0x88, "shared")]);
        assert_eq!(calls("shared"), [(8, "parent_of")]);
        assert_eq!(calls("second"), []);
        let reachable = |name| names(object.reachable(function(object, name)));
        assert_eq!(
            reachable("first"),
            ["first", "callback", "shared", "parent_of"]
        );
        assert_eq!(reachable("third"), ["third"]);
    });
}

#[test]
fn what_instructions_refer_to() {
    both(|object| {
        let section = object.section("tp_btf/sched_switch").unwrap();
        let index = |name| {
            let mut sections = object.sections().iter();
            sections.position(|section| section.name == name).unwrap()
        };
        let data = |name| Target::Data {
            section: index(name),
            offset: 0,
        };
        let code = |offset| Target::Code {
            section: index(".text"),
            offset,
        };
        let targets: Vec<_> = section
            .relocations
            .iter()
            .map(|one| (one.offset, one.target))
            .collect();
        let expected = [
            (0x30, code(0x48)),
            (0x58, data(".bss")),
            (0x88, code(0)),
            (0x90, data(".rodata")),
            (0xe8, Target::Map("counts")),
            (0x108, Target::Extern("CONFIG_HZ")),
            (0x120, Target::Extern("missing_kfunc")),
            (0x138, Target::Extern("missing_kfunc")),
            (0x178, Target::Extern("bpf_kfunc")),
            (0x188, Target::Extern("runqueues")),
        ];
        assert_eq!(targets, expected);
        assert_eq!(section.target_at(0xe8), Some(Target::Map("counts")));
        assert_eq!(section.target_at(0xf0), None);
        assert_eq!(object.maps()[0].name, "counts");
    });
}

#[test]
fn externs() {
    both(|object| {
        let externs: Vec<_> = object
            .externs()
            .iter()
            .map(|one| (one.name, one.kind, one.is_weak))
            .collect();
        let expected = [
            ("CONFIG_HZ", ExternKind::Kconfig, false),
            ("missing_kfunc", ExternKind::Kfunc, true),
            ("bpf_kfunc", ExternKind::Kfunc, false),
            ("runqueues", ExternKind::Ksym, false),
        ];
        assert_eq!(externs, expected);
    });
}

/// The records of a program are those of the functions that it calls, too.
#[test]
fn records_and_lines_by_function() {
    both(|object| {
        let ext = object.btf_ext().unwrap().unwrap();
        let records = |name| {
            let function = function(object, name);
            let section = object.section_of(function);
            let relos = ext.core_relos_in(section.name, function.range());
            let relos = relos.map(|relo| {
                let insn = section.insn_at(relo.insn_off).unwrap();
                let line = ext.line_at(section.name, relo.insn_off).unwrap();
                (relo.access, insn.to_string(), line.text.trim())
            });
            relos.collect::<Vec<_>>()
        };
        let shared = "noinline int shared(struct task_struct *task) \
                      { return parent_of(task) + task->pid; }";
        let parent_of = "static noinline int parent_of(struct task_struct *task) \
                         { return task->parent->pid; }";
        assert_eq!(
            records("shared"),
            [("0:0", "w1 = *(u32 *)(r6 + 0)".to_owned(), shared)]
        );
        let expected = [
            ("0:1", "r1 = *(u64 *)(r1 + 8)".to_owned(), parent_of),
            ("0:0", "w0 = *(u32 *)(r1 + 0)".to_owned(), parent_of),
        ];
        assert_eq!(records("parent_of"), expected);
        assert_eq!(records("second"), []);
    });
}

/// Compilers copy source text as it is; libbpf and the kernel do not read it.
#[test]
fn source_text_may_be_latin1() {
    let object = Object::parse(include_bytes!("fixtures/latin1.bpf.o")).unwrap();
    let ext = object.btf_ext().unwrap().unwrap();
    let lines = ext.line_info().iter().flat_map(|lines| &lines.records);
    let found = lines
        .map(|line| line.text.trim())
        .find(|text| text.contains("pid"));
    assert_eq!(
        found,
        Some("return task->pid; /* num\u{e9}ro du processus */")
    );
}

fn with(bytes: &[u8], at: usize, half: u16) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at..at + 2].copy_from_slice(&half.to_le_bytes());
    bytes
}

const E_TYPE: usize = 16;
const E_MACHINE: usize = 18;

/// LLVM 3.9 wrote objects before BPF had a number. libbpf takes both.
#[test]
fn the_machine_is_bpf_or_none() {
    let none = with(LITTLE, E_MACHINE, 0);
    let object = Object::parse(&none).unwrap();
    assert_eq!(names(object.programs()), ["first", "second", "third"]);
    let other = Object::parse(&with(LITTLE, E_MACHINE, 62)).unwrap_err();
    assert_eq!(
        other.to_string(),
        "no eBPF object: `e_machine` is 62 and `e_type` 1, not 247 and 1"
    );
    let program = Object::parse(&with(LITTLE, E_TYPE, 2)).unwrap_err();
    let (machine, kind) = (247, 2);
    assert_eq!(program, ObjectError::Foreign { machine, kind });
}

#[test]
fn the_head_tells_an_object() {
    let none = with(LITTLE, E_MACHINE, 0);
    for object in [LITTLE, BIG, &none] {
        assert!(is_object(object) && is_object(&object[..HEAD]));
        assert!(!is_object(&object[..HEAD - 1]));
    }
    let host = with(LITTLE, E_MACHINE, 62);
    let linked = with(LITTLE, E_TYPE, 2);
    for other in [&host[..], &linked, b"BC\xc0\xde", b""] {
        assert!(!is_object(other));
    }
}

#[test]
fn errors_name_the_section_and_the_offset() {
    let object = Object::parse(LITTLE).unwrap();
    let at = |data: &[u8]| data.as_ptr().addr() - LITTLE.as_ptr().addr();
    let error = |at: usize, bytes: &[u8]| {
        let mut damaged = LITTLE.to_vec();
        damaged[at..at + bytes.len()].copy_from_slice(bytes);
        Object::parse(&damaged).unwrap_err().to_string()
    };
    let big = Object::parse(BIG).unwrap();
    let big = big.section(".BTF").unwrap().data;
    let btf = at(object.section(".BTF").unwrap().data);
    assert_eq!(
        error(btf, &[0, 0]),
        "damaged `.BTF`: magic is 0x0000, not 0xeb9f at byte 0x0"
    );
    assert_eq!(
        error(btf, big),
        "damaged `.BTF`: byte order is not that of the file at byte 0x0"
    );
    // The second relocation of the section, which is of 16 bytes: its place, and its symbol.
    let relocations = at(object.section(".reltp_btf/sched_switch").unwrap().data) + 16;
    assert_eq!(
        error(relocations, &[0x59]),
        "damaged section `tp_btf/sched_switch`: a relocation is at no instruction at byte 0x59"
    );
    assert_eq!(
        error(relocations + 12, &[99]),
        "damaged section `tp_btf/sched_switch`: a relocation names symbol 99, which does not exist \
         at byte 0x58"
    );
}

#[test]
fn every_prefix_is_refused() {
    // The table of sections is at the end.
    for len in 0..LITTLE.len() {
        Object::parse(&LITTLE[..len]).unwrap_err();
    }
}

/// Wherever a bit is flipped, there is an error, or an object whose parts lie within each other.
#[test]
fn flipped_bits() {
    let mut refused = 0;
    for bytes in [LITTLE, BIG] {
        for at in (0..bytes.len()).step_by(3) {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= 1 << (at % 8);
            let Ok(object) = Object::parse(&bytes) else {
                refused += 1;
                continue;
            };
            let _ = object.btf_ext();
            for function in object.functions() {
                let section = object.section_of(function);
                assert!(function.range().end as usize <= section.data.len(), "{at}");
                assert!(object.reachable(function).len() <= object.functions().len());
                let insns = section.insns(function.range());
                assert!(insns.count() <= function.len as usize / 8, "{at}");
            }
            for section in object.sections() {
                for relocation in &section.relocations {
                    assert!((relocation.offset as usize) < section.data.len(), "{at}");
                    assert!(section.target_at(relocation.offset).is_some(), "{at}");
                }
            }
        }
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn types_of_a_kernel_are_in_elf_or_alone() {
    let section = Object::parse(LITTLE).unwrap();
    let section = section.section(".BTF").unwrap().data;
    assert_eq!(btf_bytes(section), Ok(section));
    // For another machine, as a kernel image is.
    assert_eq!(btf_bytes(&with(LITTLE, E_MACHINE, 62)), Ok(section));
    let error = btf_bytes(include_bytes!("fixtures/insns.txt")).map(<[u8]>::len);
    assert_eq!(error, Ok(include_bytes!("fixtures/insns.txt").len()));
    btf_bytes(b"\x7fELF and no more").unwrap_err();
}
