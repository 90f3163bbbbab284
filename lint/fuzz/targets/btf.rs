//! `.BTF`, `.BTF.ext` and the resolution of its records: the first two bytes say where the second
//! section starts.
#![no_main]

use bpf_core_btf::{Btf, BtfExt, Resolver};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&[a, b], sections)) = data.split_first_chunk() else {
        return;
    };
    let at = usize::from(u16::from_le_bytes([a, b])).min(sections.len());
    let (btf, ext) = sections.split_at(at);
    let Ok(btf) = Btf::parse(btf) else {
        return;
    };
    for of in btf.types() {
        let _ = btf.resolve_size(of.id());
        let _ = btf.skip_mods_and_typedefs(of.id());
        let _ = (
            of.members().count(),
            of.params().count(),
            of.enumerators().count(),
        );
    }
    let Ok(ext) = BtfExt::parse(ext, &btf) else {
        return;
    };
    let mut resolver = Resolver::new(&btf, &btf);
    for section in ext.core_relos() {
        for record in section.records.iter().take(100) {
            let _ = resolver.resolve(record);
            let _ = ext.line_at(section.name, record.insn_off);
        }
    }
});
