//! Logs of loaders and verifiers, and the objects that they are about.
#![no_main]

use std::sync::LazyLock;

use bpf_core_btf::object::Object;
use bpf_core_refusal::{Log, Sites};
use libfuzzer_sys::fuzz_target;

static OBJECTS: LazyLock<[Object<'static>; 2]> = LazyLock::new(|| {
    let logs: [&[u8]; 2] = [
        include_bytes!("../../../refusal/tests/logs/absent_field.bpf.o"),
        include_bytes!("../../../refusal/tests/logs/absent_in_function.bpf.o"),
    ];
    logs.map(|bytes| Object::parse(bytes).unwrap())
});

fuzz_target!(|data: &[u8]| {
    let log = Log::read(data);
    for refusal in log.refusals.iter().take(8) {
        for object in OBJECTS.iter() {
            let _ = Sites::find(object, refusal);
        }
    }
});
