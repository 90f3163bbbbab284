use aya_obj::btf::Btf;

use super::{Outcome, read_back};
use crate::kernel::Kernel;
use crate::object::Object;

pub(super) fn resolve(object: &Object, kernel: &Kernel) -> Vec<Outcome> {
    let mut parsed = aya_obj::Object::parse(&object.bytes).unwrap();
    let target = Btf::parse_file(&kernel.btf, parsed.endianness).unwrap();
    parsed.relocate_btf(&target).unwrap();
    let program = parsed.programs.values().next().unwrap();
    let instructions = &parsed.functions[&program.function_key()].instructions;
    let records = object.records();
    let outcomes = records.iter().map(|record| {
        let at = record.offset as usize / 8;
        let insn = instructions[at];
        let next = instructions.get(at + 1).map_or(0, |next| next.imm);
        read_back(insn.code, insn.off, insn.imm, next)
    });
    outcomes.collect()
}
