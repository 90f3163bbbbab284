//! Resolves an object for a kernel by aya.

use aya_obj::btf::Btf;
use bpf_core_btf::insn::Insn;

use super::read_back;
use crate::kernel::Kernel;
use crate::object::Object;
use crate::outcome::Outcome;

pub(super) fn resolve(object: &Object, kernel: &Kernel) -> Vec<Outcome> {
    let mut parsed = aya_obj::Object::parse(&object.bytes).unwrap();
    let target = Btf::parse_file(&kernel.btf, parsed.endianness).unwrap();
    parsed.relocate_btf(&target).unwrap();
    let file = object.parsed();
    let outcomes = object.records().into_iter().map(|record| {
        let mut sections = file.sections().iter();
        let section = sections.position(|section| section.name == record.section);
        // aya counts the empty section in front too.
        let section = section.unwrap() + 1;
        // Those of a section are one behind the other.
        let until = (section, u64::from(record.offset));
        let (&(_, start), function) = parsed.functions.range(..=until).next_back().unwrap();
        let at = (u64::from(record.offset) - start) as usize / 8;
        let insn = function.instructions[at];
        let mut read = Insn {
            code: insn.code,
            dst: insn.dst_reg(),
            src: insn.src_reg(),
            off: insn.off,
            imm: insn.imm.into(),
        };
        if read.slots() == 2 {
            read.imm &= 0xffff_ffff;
            read.imm |= i64::from(function.instructions[at + 1].imm) << 32;
        }
        read_back(read)
    });
    outcomes.collect()
}
