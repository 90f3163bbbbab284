//! A kernel's BTF and a module's, split from it, on their way into a catalogue: the first two bytes say where
//! the second one starts.
#![no_main]

use bpf_core_btf::Btf;
use bpf_core_catalogue::{Ask, Catalogue, Kernel, KernelSet, Writer};
use libfuzzer_sys::fuzz_target;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

fuzz_target!(|data: &[u8]| {
    let Some((&[a, b], both)) = data.split_first_chunk() else {
        return;
    };
    let at = usize::from(u16::from_le_bytes([a, b])).min(both.len());
    let (base, split) = both.split_at(at);
    let Ok(base) = Btf::parse(base) else {
        return;
    };
    let split = Btf::parse_split(split, &base);
    for of in split.iter().flat_map(|split| split.types()) {
        let _ = (of.name(), of.members().count(), of.params().count());
    }
    let modules: Vec<(&str, &Btf<'_>)> = split.iter().map(|split| ("module", split)).collect();
    let mut writer = Writer::new();
    if writer
        .add(Kernel::new("6.1", "amd64"), &base, &modules)
        .is_err()
    {
        return;
    }
    // What was written can be read, and all types of a kernel asked for at once.
    let file = writer.finish(|block| compress_to_vec(block, CompressionLevel::Uncompressed));
    let catalogue = Catalogue::open(&file).unwrap();
    let mut names = Vec::new();
    catalogue.for_each(|entry| names.push(entry.name)).unwrap();
    let ask = Ask::whole(names.iter().take(64).copied());
    for group in catalogue.types(&ask, &KernelSet::first(1)).unwrap() {
        Btf::parse(&group.vmlinux).unwrap();
    }
});
