//! Resolves an object for a kernel by `bpf-core-btf`.

use std::fs;

use bpf_core_btf::insn::Insn;
use bpf_core_btf::{Btf, Resolver, patch};

use super::read_back;
use crate::kernel::Kernel;
use crate::object::Object;
use crate::outcome::Outcome;

pub(super) fn resolve(object: &Object, kernel: &Kernel) -> Vec<Outcome> {
    let object = object.parsed();
    let (local, ext) = (object.btf().unwrap(), object.btf_ext().unwrap().unwrap());
    let target = fs::read(&kernel.btf).unwrap();
    let target = Btf::parse(&target).unwrap();
    let mut resolver = Resolver::new(local, &target);
    let mut outcomes = Vec::new();
    for relos in ext.core_relos() {
        let mut code = object.section(relos.name).unwrap().data.to_vec();
        for relo in &relos.records {
            patch(&mut code, &resolver.resolve(relo).unwrap()).unwrap();
            let insn = Insn::read(&code[relo.insn_off as usize..], object.endian());
            let outcome = read_back(insn.unwrap());
            outcomes.push(((relos.name, relo.insn_off), outcome));
        }
    }
    outcomes.sort_by_key(|(place, _)| *place);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}
