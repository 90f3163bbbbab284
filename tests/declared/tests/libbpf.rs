//! Generated declarations in Rust: libbpf finds each field where the catalogue has it, on every known kernel.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use bpf_core_bindings::{Kernels, Model, Want};
use bpf_core_btf::object::Object;
use bpf_core_btf::{CoreReloKind, Kind, Spec, essential_name};
use bpf_core_catalogue::{Ask, Catalogue, History, KernelSet};
use bpf_core_conformance::libbpf::NEWEST;

/// What the object asks for, and the programs that do.
const TYPES: &str = include_str!("../../../bindings/tests/types.txt");

/// A struct or union, and a field of it, by the names that the kernel has.
type Field = (String, String);

/// The instruction of a program that gets an answer.
struct Asking {
    field: Field,
    kind: CoreReloKind,
    program: String,
    /// In the program, in bytes.
    at: usize,
}

fn asking(object: &Object<'_>) -> Vec<Asking> {
    let (local, ext) = (object.btf().unwrap(), object.btf_ext().unwrap().unwrap());
    let mut all = Vec::new();
    for (place, relo) in object.records(&ext) {
        let spec = Spec::parse(local, relo).unwrap();
        let root = local.type_by_id(spec.root).unwrap();
        if !matches!(root.kind(), Kind::Struct | Kind::Union) {
            continue;
        }
        let field = spec.accessors.last().unwrap().name.unwrap();
        let program = object.function_at(place.section, place.at).unwrap();
        all.push(Asking {
            field: (essential_name(root.name()).to_owned(), field.to_owned()),
            kind: relo.kind,
            program: program.name.to_owned(),
            at: (place.at - program.start) as usize,
        });
    }
    all
}

/// The number that libbpf puts into an instruction. `None` if it poisons it.
fn answer(insn: &[u8]) -> Option<u32> {
    const CALL: u8 = 0x85;
    let imm = u32::from_le_bytes(insn[4..8].try_into().unwrap());
    (insn[0] != CALL).then_some(imm)
}

/// The fields that are left out for some kernels, and those that Rust cannot declare.
fn left_out(model: &Model, chosen: &KernelSet) -> BTreeSet<Field> {
    let json = model.json(chosen, &|_| String::new());
    let mut all = BTreeSet::new();
    for of in json.as_array().unwrap() {
        for field in of["fields"].as_array().into_iter().flatten() {
            let is_left_out = field["left_out"]
                .as_array()
                .is_some_and(|all| !all.is_empty());
            if is_left_out {
                let text = |value: &str| value.to_owned();
                all.insert((
                    text(of["name"].as_str().unwrap()),
                    text(field["name"].as_str().unwrap()),
                ));
            }
        }
    }
    all
}

#[test]
fn each_field_is_found_where_the_catalogue_has_it() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let chosen = KernelSet::first(catalogue.kernels().len());
    let wants = TYPES.lines().map(|text| Want::parse(text).unwrap());
    let kernels = Kernels::new(vec![(0, &catalogue)], chosen.clone());
    let model = Model::new(&kernels, &wants.collect::<Vec<_>>()).unwrap();
    let left_out = left_out(&model, &chosen);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bpf/declared.o");
    let bytes = fs::read(&path)
        .unwrap_or_else(|error| panic!("{error}: {}: `cargo xtask test` makes it", path.display()));
    let object = Object::parse(&bytes).unwrap();
    let asking = asking(&object);
    let history = |(of, field): &Field| catalogue.field(of, &[field], &chosen).unwrap();
    let histories: BTreeMap<&Field, History<_>> = asking
        .iter()
        .map(|one| (&one.field, history(&one.field)))
        .collect();
    let (local, ext) = (object.btf().unwrap(), object.btf_ext().unwrap().unwrap());
    let mut ask = Ask::new();
    for (_, relo) in object.records(&ext) {
        ask.add_relocation(local, relo);
    }
    let (mut judged, mut offsets) = (0, 0);
    for group in catalogue.types(&ask, &chosen).unwrap() {
        let modules: Vec<Vec<u8>> = group.modules.iter().map(|(_, btf)| btf.clone()).collect();
        let relocated = NEWEST.relocate(&bytes, &group.vmlinux, &modules);
        let kernel = group.kernels.iter().next().unwrap();
        let name = catalogue.kernels()[kernel].to_string();
        let programs = relocated.programs;
        let programs =
            programs.unwrap_or_else(|errno| panic!("{errno} on {name}: {}", relocated.log));
        judged += group.kernels.len();
        let mut found = BTreeSet::new();
        for one in &asking {
            let history = &histories[&one.field];
            let there = history.values.iter().find(|(_, set)| set.contains(kernel));
            let there = there.map(|(field, _)| field.bit_offset / 8);
            let given = answer(&programs[&one.program][one.at..]);
            match (one.kind, given) {
                (CoreReloKind::ByteOff, Some(byte)) => {
                    assert_eq!(Some(byte), there, "{:?} on {name}", one.field);
                    found.insert(&one.field);
                    offsets += 1;
                }
                (CoreReloKind::FieldExists, Some(1)) => {
                    assert!(there.is_some(), "{:?} on {name}", one.field);
                    found.insert(&one.field);
                }
                (CoreReloKind::ByteOff, None) | (CoreReloKind::FieldExists, Some(0)) => {}
                given => panic!("{:?} on {name}: {given:?}", one.field),
            }
        }
        for (of, field, on) in model.fields() {
            let field = (of, field);
            let is_right =
                found.contains(&field) || !on.contains(kernel) || left_out.contains(&field);
            assert!(is_right, "{field:?} is not found on {name}");
        }
    }
    assert_eq!(judged, catalogue.kernels().len());
    assert!(offsets > 50_000, "{offsets}");
}
