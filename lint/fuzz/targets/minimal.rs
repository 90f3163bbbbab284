//! The minimal BTF that an object needs of a kernel: its records resolve by it as by the kernel's own.
#![no_main]

use std::sync::LazyLock;

use bpf_core_btf::object::Object;
use bpf_core_btf::{Btf, CoreReloKind, Fault, Resolver};
use bpf_core_portability::minimal;
use libfuzzer_sys::fuzz_target;

static OBJECT: LazyLock<[Object<'static>; 1]> = LazyLock::new(|| {
    let bytes: &[u8] = include_bytes!("../../../btf/tests/fixtures/kernel.bpf.o");
    [Object::parse(bytes).unwrap()]
});

fuzz_target!(|data: &[u8]| {
    let Ok(kernel) = Btf::parse(data) else {
        return;
    };
    let objects: &[Object<'_>] = &*OBJECT;
    // Objects of another byte order need nothing.
    if kernel.endian() != objects[0].endian() {
        return;
    }
    let bytes = minimal(objects, &[&kernel]).unwrap();
    let small = Btf::parse(&bytes).unwrap();
    let local = objects[0].btf().unwrap();
    let ext = objects[0].btf_ext().unwrap().unwrap();
    let [mut by_all, mut by_few] = [Resolver::new(local, &kernel), Resolver::new(local, &small)];
    for (_, relo) in objects[0].records(&ext) {
        let [all, few] = [&mut by_all, &mut by_few].map(|by| by.resolve(relo));
        // What is damaged is not taken over: the small BTF is sound.
        if let Err(error) = &all
            && is_damage(&error.fault)
        {
            continue;
        }
        assert_eq!(all.is_ok(), few.is_ok(), "{relo:?}");
        // Types have other numbers.
        if let (Ok(all), Ok(few)) = (all, few)
            && relo.kind != CoreReloKind::TypeIdTarget
        {
            assert_eq!(all.value, few.value, "{relo:?}");
        }
    }
});

/// Whether no kernel's own BTF has such a type.
fn is_damage(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::BadType(_)
            | Fault::NoSize { .. }
            | Fault::OffsetOverflow
            | Fault::TooDeep
            | Fault::TooComplex
    )
}
