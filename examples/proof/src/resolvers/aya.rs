//! Resolves an object for a kernel by aya.

use aya_obj::btf::Btf;
use object::{Object as _, ObjectSection as _};

use super::{Outcome, read_back};
use crate::kernel::Kernel;
use crate::object::Object;

pub(super) fn resolve(object: &Object, kernel: &Kernel) -> Vec<Outcome> {
    let mut parsed = aya_obj::Object::parse(&object.bytes).unwrap();
    let target = Btf::parse_file(&kernel.btf, parsed.endianness).unwrap();
    parsed.relocate_btf(&target).unwrap();
    let file = object::File::parse(&*object.bytes).unwrap();
    let outcomes = object.records().into_iter().map(|record| {
        let section = file.section_by_name(&record.section).unwrap().index().0;
        // Those of a section are one behind the other.
        let until = (section, u64::from(record.offset));
        let (&(_, start), function) = parsed.functions.range(..=until).next_back().unwrap();
        let at = (u64::from(record.offset) - start) as usize / 8;
        let insn = function.instructions[at];
        let next = function.instructions.get(at + 1).map_or(0, |next| next.imm);
        read_back(insn.code, insn.off, insn.imm, next)
    });
    outcomes.collect()
}
