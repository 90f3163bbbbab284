use std::fs;

use bpf_core_btf::{Btf, BtfExt, Resolver, patch};

use super::{Outcome, read_back};
use crate::kernel::Kernel;
use crate::object::Object;

pub(super) fn resolve(object: &Object, kernel: &Kernel) -> Vec<Outcome> {
    let local = Btf::parse(object.section(".BTF")).unwrap();
    let ext = BtfExt::parse(object.section(".BTF.ext"), &local).unwrap();
    let target = fs::read(&kernel.btf).unwrap();
    let target = Btf::parse(&target).unwrap();
    let mut resolver = Resolver::new(&local, &target);
    let mut program = object.section(&object.program_section()).to_vec();
    for relo in ext.core_relos().iter().flat_map(|relos| &relos.records) {
        patch(&mut program, &resolver.resolve(relo).unwrap()).unwrap();
    }
    let records = object.records();
    let outcomes = records.iter().map(|record| {
        let insn = &program[record.offset as usize..];
        let int = |at| i32::from_le_bytes([insn[at], insn[at + 1], insn[at + 2], insn[at + 3]]);
        let next = if insn.len() >= 16 { int(12) } else { 0 };
        read_back(
            insn[0],
            i16::from_le_bytes([insn[2], insn[3]]),
            int(4),
            next,
        )
    });
    outcomes.collect()
}
