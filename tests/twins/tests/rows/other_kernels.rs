//! Both halves for kernels that do not run: libbpf, aya and the resolver agree on each instruction.
//!
//! `tests/kernels` has the types that the twins need of each, and is to be made again when they
//! need more: `bpftool gen min_core_btf FULL.btf NAME.btf target/bpf/twins.o target/bpf/twins-c.o`.

use std::fs;
use std::path::{Path, PathBuf};

use bpf_core_btf::insn::{Imm64, Op, decode};
use bpf_core_btf::object::Object as Elf;
use bpf_core_btf::{Btf, CoreReloKind, Endian, Resolver};
use bpf_core_conformance::libbpf::{Answer, NEWEST};
use bpf_core_conformance::{Programs, aya, ours};

use bpf_core_portability::minimal;

use crate::kernel::has_enum64;
use crate::machine;
use crate::object::Object;

/// What a resolver makes of an object, given BTF. `None`: it refuses it.
type Relocate<'a> = &'a dyn Fn(&[u8]) -> Option<Programs>;

/// What no kernel has, and what old ones have not.
const OPTIONAL: [&str; 9] = [
    "task_struct.of_no_kernel",
    "task_struct.__state",
    "task_struct.state",
    "task_struct.robust_list",
    "task_struct.futex",
    "task_struct___old.state",
    "of_no_kernel",
    "PIDTYPE_OF_NO_KERNEL",
    "bpf_reg_state.iter",
];

fn kernels() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kernels");
    let entries = fs::read_dir(folder).unwrap();
    let mut kernels: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    kernels.sort();
    assert!(!kernels.is_empty());
    if Path::new(machine::BTF).exists() {
        kernels.push(machine::BTF.into());
    }
    kernels
}

#[test]
fn libbpf_and_the_resolver_agree() {
    for object in ["twins", "twins-c"].map(Object::built) {
        for kernel in kernels() {
            let btf = fs::read(&kernel).unwrap();
            let ours = ours::relocate(&object.bytes, &btf, &[]).unwrap();
            let Answer { programs, log, .. } = NEWEST.relocate(&object.bytes, &btf, &[]);
            let programs = programs.unwrap_or_else(|errno| panic!("{errno}\n{log}"));
            compare(&object, &kernel, &programs, &ours);
        }
    }
}

#[test]
fn aya_and_the_resolver_agree() {
    let object = Object::built("twins");
    for kernel in kernels() {
        let btf = fs::read(&kernel).unwrap();
        let mut ours = ours::relocate(&object.bytes, &btf, &[]).unwrap();
        let mut programs = aya::relocate(&object.bytes, &btf)
            .unwrap_or_else(|failure| panic!("{}: {failure:?}", kernel.display()));
        if !has_enum64(&Btf::parse(&btf).unwrap()) {
            // `differences::ENUM64` and `UNSIGNED_ENUMS` of the conformance suite.
            for known in ["enum_value_64", "enum_value_signed"] {
                let [by_aya, right] = [&mut programs, &mut ours].map(|of| of.remove(known));
                assert_ne!(by_aya, right, "{known} for {}", kernel.display());
            }
        }
        compare(&object, &kernel, &programs, &ours);
    }
}

#[track_caller]
fn compare(object: &Object, kernel: &Path, programs: &Programs, ours: &Programs) {
    assert!(ours.keys().eq(programs.keys()));
    for (name, program) in programs {
        assert_eq!(
            take_maps_back(program, &ours[name]),
            ours[name],
            "{name} of {} for {}",
            object.path.display(),
            kernel.display()
        );
    }
}

/// A loader also puts maps into the programs: 64-bit loads with a source register.
fn take_maps_back(program: &[u8], other: &[u8]) -> Vec<u8> {
    let mut program = program.to_vec();
    for (at, insn) in decode(&program.clone(), Endian::Little) {
        if matches!(insn.op(), Op::LoadImm64(of) if of != Imm64::Number) {
            let whole = at as usize..at as usize + 16;
            program[whole.clone()].copy_from_slice(&other[whole]);
        }
    }
    program
}

/// By minimal BTF for both halves together, libbpf and aya make of each program what they make of it by the
/// whole. Programs that ask for the id of a type get another one.
#[test]
fn minimal_btf_gives_the_same() {
    let objects = ["twins", "twins-c"].map(Object::built);
    let parsed = objects.each_ref().map(Object::parsed);
    for kernel in kernels() {
        let btf = fs::read(&kernel).unwrap();
        let whole = Btf::parse(&btf).unwrap();
        let few = minimal(&parsed, &[&whole]).unwrap();
        for (object, parsed) in objects.iter().zip(&parsed) {
            let by_libbpf = |btf: &[u8]| NEWEST.relocate(&object.bytes, btf, &[]).programs.ok();
            let by_aya = |btf: &[u8]| aya::relocate(&object.bytes, btf).ok();
            let all: [Relocate<'_>; 2] = [&by_libbpf, &by_aya];
            for relocate in all {
                let [few, whole] = [&few, &btf].map(|btf| {
                    let mut programs = relocate(btf);
                    programs.iter_mut().for_each(|programs| {
                        programs.retain(|name, _| !asks_for_an_id(parsed, name))
                    });
                    programs
                });
                assert_eq!(
                    few,
                    whole,
                    "{} for {}",
                    object.path.display(),
                    kernel.display()
                );
            }
        }
    }
}

fn asks_for_an_id(object: &Elf<'_>, program: &str) -> bool {
    let mut programs = object.programs();
    let program = programs.find(|function| function.name == program).unwrap();
    let ext = object.btf_ext().unwrap().unwrap();
    object.reachable(program).into_iter().any(|function| {
        let section = object.section_of(function).name;
        ext.core_relos_in(section, function.range())
            .any(|relo| relo.kind == CoreReloKind::TypeIdTarget)
    })
}

/// So that the comparison is of values, and not of what every resolver misses.
#[test]
fn all_that_is_required_is_there() {
    for object in ["twins", "twins-c"].map(Object::built) {
        for kernel in kernels() {
            let object = object.parsed();
            let (local, ext) = (object.btf().unwrap(), object.btf_ext().unwrap().unwrap());
            let target = fs::read(&kernel).unwrap();
            let target = Btf::parse(&target).unwrap();
            let mut resolver = Resolver::new(local, &target);
            for relo in ext.core_relos().iter().flat_map(|relos| &relos.records) {
                let resolution = resolver.resolve(relo).unwrap();
                let of = resolution.local.path();
                let is_optional =
                    OPTIONAL.iter().any(|optional| of.contains(optional)) || of.contains("pt_regs");
                assert!(
                    resolution.value.is_some() || is_optional,
                    "{of} for {}",
                    kernel.display()
                );
            }
        }
    }
}
