//! Minimal BTF of the catalogue: the examples' relocations become by it what the kernels state.

use std::fs;
use std::path::Path;

use bpf_core_btf::Btf;
use bpf_core_btf::object::Object as Elf;
use bpf_core_catalogue::{Catalogue, KernelSet};
use bpf_core_conformance::libbpf::SYSTEM;
use bpf_core_conformance::{Programs, aya, ours};
use bpf_core_portability::{minimal, minimal_of_catalogue};
use example_proof::{Example, Kernel, Object, complaints, machine, resolvers};

/// What a resolver makes of an object, given BTF.
type Relocate<'a> = &'a dyn Fn(&[u8]) -> Programs;

const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

/// The number of a kernel in the catalogue, by a name such as `6.12.117-1-amd64-cloud`.
fn number(catalogue: &Catalogue<'_>, name: &str) -> Option<usize> {
    let mut kernels = catalogue.kernels().iter();
    kernels.position(|kernel| {
        let flavour = match kernel.flavour.as_str() {
            "" => "default",
            flavour => flavour,
        };
        name == format!("{}-{}-{flavour}", kernel.version, kernel.architecture)
    })
}

#[test]
fn every_relocation_becomes_what_the_kernel_states() {
    let catalogue = Catalogue::open(bpf_core_kernels_debian::CATALOGUE).unwrap();
    let kernels = Kernel::all().into_iter();
    let kernels = kernels.filter_map(|kernel| Some((number(&catalogue, &kernel.name)?, kernel)));
    let kernels: Vec<(usize, Kernel)> = kernels.collect();
    assert!(kernels.len() > 12, "{}", kernels.len());
    let asked: KernelSet = kernels.iter().map(|(number, _)| *number).collect();
    let examples = Example::all();
    let objects: Vec<Object> = examples.iter().map(Example::object).collect();
    let parsed = objects
        .iter()
        .map(|object| Elf::parse(&object.bytes).unwrap());
    let parsed: Vec<Elf<'_>> = parsed.collect();
    // One BTF for all examples together.
    let minimals = minimal_of_catalogue(&parsed, &catalogue, &asked).unwrap();
    let mut wrong = Vec::new();
    for (number, kernel) in kernels {
        let mut of_kernel = minimals.iter().filter(|(set, _)| set.contains(number));
        let (_, btf) = of_kernel.next().unwrap();
        assert!(of_kernel.next().is_none(), "{}", kernel.name);
        let file = Path::new(FOLDER).join(format!("{}.btf", kernel.name));
        fs::write(&file, btf).unwrap();
        let kernel = kernel.with_btf(&file);
        for (example, object) in examples.iter().zip(&objects) {
            let records = object.records();
            for (resolver, resolve) in &resolvers() {
                let outcomes = resolve(object, &kernel);
                let complaints = complaints(&example.accesses, &kernel, &records, &outcomes);
                let of = |complaint| {
                    format!("{}, {resolver}, {}: {complaint}", example.name, kernel.name)
                };
                wrong.extend(complaints.iter().map(of));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// By the running kernel's whole BTF, each example alone.
#[test]
fn the_running_kernel_gives_the_same() {
    let Ok(whole) = fs::read("/sys/kernel/btf/vmlinux") else {
        machine::leave_out("minimal BTF of the running kernel", "it has no BTF");
        return;
    };
    let kernel = Btf::parse(&whole).unwrap();
    for example in Example::all() {
        let object = example.object();
        let parsed = [Elf::parse(&object.bytes).unwrap()];
        let few = minimal(&parsed, &[&kernel]).unwrap();
        assert!(
            few.len() * 100 < whole.len(),
            "{}: {}",
            example.name,
            few.len()
        );
        let by_libbpf = |btf: &[u8]| SYSTEM.relocate(&object.bytes, btf, &[]).programs.unwrap();
        let by_aya = |btf: &[u8]| aya::relocate(&object.bytes, btf).unwrap();
        let by_us = |btf: &[u8]| ours::relocate(&object.bytes, btf, &[]).unwrap();
        let all: [Relocate<'_>; 3] = [&by_libbpf, &by_aya, &by_us];
        for relocate in all {
            assert_eq!(relocate(&few), relocate(&whole), "{}", example.name);
        }
    }
}
