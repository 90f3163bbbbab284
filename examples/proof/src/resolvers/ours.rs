//! Resolves an object for a kernel by `bpf-core-btf`.

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
    let mut outcomes = Vec::new();
    for relos in ext.core_relos() {
        let mut code = object.section(relos.name).to_vec();
        for relo in &relos.records {
            patch(&mut code, &resolver.resolve(relo).unwrap()).unwrap();
            let insn = &code[relo.insn_off as usize..];
            let int = |at| i32::from_le_bytes([insn[at], insn[at + 1], insn[at + 2], insn[at + 3]]);
            let next = if insn.len() >= 16 { int(12) } else { 0 };
            let off = i16::from_le_bytes([insn[2], insn[3]]);
            let outcome = read_back(insn[0], off, int(4), next);
            outcomes.push(((relos.name, relo.insn_off), outcome));
        }
    }
    outcomes.sort_by_key(|(place, _)| *place);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}
