//! An object resolved for a kernel: by libbpf, by aya, and by `bpf-core-btf`.

mod aya;
mod libbpf;
mod ours;

use bpf_core_btf::POISON;
use bpf_core_btf::insn::{Insn, Op};

use crate::kernel::Kernel;
use crate::object::Object;
use crate::outcome::Outcome;

/// Gives the outcome of each of the object's records, in their order.
pub type Resolve = fn(&Object, &Kernel) -> Vec<Outcome>;

/// All of them.
pub fn all() -> [(&'static str, Resolve); 3] {
    [
        ("bpf-core-btf", ours::resolve),
        ("aya", aya::resolve),
        ("libbpf", libbpf::resolve),
    ]
}

/// The number that an instruction holds.
fn read_back(insn: Insn) -> Outcome {
    let value = match insn.op() {
        Op::Call(_) if insn.imm == POISON.into() => return Outcome::Poison,
        Op::LoadImm64(_) => insn.imm.cast_unsigned(),
        Op::Load { .. } | Op::Store { .. } => u64::try_from(insn.off).unwrap(),
        Op::Alu { .. } => u64::try_from(insn.imm).unwrap(),
        _ => panic!("no instruction for a relocation: {insn}"),
    };
    Outcome::Value(value)
}
