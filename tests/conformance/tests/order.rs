//! In which order loaders append the functions that a program calls, asked of libbpf and aya.

use std::collections::{BTreeMap, HashSet};

use bpf_core_btf::insn::INSN_SIZE;
use bpf_core_btf::object::{Object, Order};
use bpf_core_conformance::libbpf::{NEWEST, SYSTEM};

const OBJECT: &[u8] = include_bytes!("order/calls.bpf.o");
const KERNEL: &[u8] = include_bytes!("../../../btf/tests/fixtures/same.btf");

/// The functions that are appended to a program, in their order, each with its number of instructions.
type Appended = Vec<(String, u32)>;

fn ours(order: Order) -> BTreeMap<String, Appended> {
    let object = Object::parse(OBJECT).unwrap();
    let programs = object.programs().map(|program| {
        let image = object.image(program, order);
        let appended = image.functions().skip(1);
        let appended = appended.map(|(_, function)| {
            let count = function.len / INSN_SIZE as u32;
            (function.name.to_owned(), count)
        });
        (program.name.to_owned(), appended.collect())
    });
    programs.collect()
}

/// `prog 'one': added 9 insns from sub-prog 'zeta'`
#[test]
fn libbpf_appends_at_the_first_call() {
    for libbpf in [NEWEST, SYSTEM] {
        let answer = libbpf.relocate(OBJECT, KERNEL, &[]);
        let programs = answer.programs.expect("libbpf loads it").into_keys();
        let mut said: BTreeMap<String, Appended> =
            programs.map(|name| (name, Vec::new())).collect();
        for line in answer.log.lines() {
            let Some((program, rest)) = line.split_once("': added ") else {
                continue;
            };
            let program = program.strip_prefix("libbpf: prog '").unwrap_or(program);
            let program = program.strip_prefix("prog '").unwrap_or(program);
            let (count, name) = rest.split_once(" insns from sub-prog '").unwrap();
            let name = name.trim_end_matches('\'').to_owned();
            let appended = said.get_mut(program).unwrap();
            appended.push((name, count.parse().unwrap()));
        }
        assert_eq!(ours(Order::DepthFirst), said, "{}", libbpf.name);
    }
}

#[test]
fn aya_appends_at_the_first_call() {
    let mut aya = aya_obj::Object::parse(OBJECT).unwrap();
    let text: HashSet<usize> = aya.functions.keys().map(|(section, _)| *section).collect();
    aya.relocate_calls(&text).unwrap();
    let object = Object::parse(OBJECT).unwrap();
    for program in object.programs() {
        let image = object.image(program, Order::DepthFirst);
        let theirs = &aya.functions[&aya.programs[program.name].function_key()];
        let theirs: Vec<u8> = theirs.instructions.iter().map(|insn| insn.code).collect();
        assert_eq!(theirs.len(), image.len() as usize, "{}", program.name);
        for (index, code) in theirs.into_iter().enumerate() {
            let place = image.place(index as u32).expect("an instruction");
            let section = &object.sections()[place.section];
            // The second half of a 64-bit load has no opcode.
            assert_eq!(
                section.data[place.at as usize], code,
                "{} {index}",
                program.name
            );
        }
        assert_eq!(image.place(image.len()), None);
    }
}

/// Its linker takes names of callees, sorted, and links what those call when their turn comes
/// (`flattenInstructions` and `FunctionReferences` of cilium/ebpf).
#[test]
fn cilium_appends_by_name_and_level() {
    let object = Object::parse(OBJECT).unwrap();
    let names = |program: &str| -> Vec<&str> {
        let program = object.programs().find(|one| one.name == program).unwrap();
        let image = object.image(program, Order::BreadthFirst);
        let names = image.functions().map(|(_, function)| function.name);
        names.collect()
    };
    assert_eq!(names("one"), ["one", "alpha", "middle", "zeta", "delta"]);
    assert_eq!(
        names("two"),
        ["two", "each", "lonely", "middle", "alpha", "delta", "zeta"]
    );
    assert_eq!(names("three"), ["three"]);
    let lengths = object.functions().iter().filter(|one| one.name != "one");
    let lengths: u32 = lengths.map(|one| one.len / INSN_SIZE as u32).sum();
    assert!(lengths > 30, "no function was inlined");
}
