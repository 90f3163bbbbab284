//! Programs, and the functions that they call.

use core::ops::Range;
use std::collections::BTreeSet;

use super::{Function, Object, Section, TEXT, Target};
use crate::insn::{Callee, INSN_SIZE, Imm64, Insn, Op};

impl Function<'_> {
    /// Its bytes in its section.
    pub fn range(&self) -> Range<u32> {
        self.start..self.start + self.len
    }
}

impl<'d> Object<'d> {
    /// The section that a function is in.
    ///
    /// # Panics
    /// The function is of another object, which has more sections.
    pub fn section_of(&self, function: &Function<'_>) -> &Section<'d> {
        &self.sections[function.section]
    }

    /// The functions that a loader loads as programs: those in sections of their own. One in
    /// `.text` is a program only if it is the one function of the object (`prog_is_subprog` of
    /// libbpf).
    pub fn programs(&self) -> impl Iterator<Item = &Function<'d>> {
        let alone = self.functions.len() == 1;
        self.functions
            .iter()
            .filter(move |function| alone || self.section_of(function).name != TEXT)
    }

    /// The function that the byte at this offset of a section belongs to.
    pub fn function_at(&self, section: usize, offset: u32) -> Option<&Function<'d>> {
        let behind = self
            .functions
            .partition_point(|one| (one.section, one.start) <= (section, offset));
        let found = &self.functions[behind.checked_sub(1)?];
        (found.section == section && found.range().contains(&offset)).then_some(found)
    }

    /// Where a function calls others of the object, or takes their address: the offset of each
    /// such instruction in the section, and the function.
    pub fn calls(&self, function: &Function<'_>) -> impl Iterator<Item = (u32, &Function<'d>)> {
        let section = function.section;
        let insns = self.sections[section].insns(function.range());
        insns.filter_map(move |(at, insn)| {
            let (section, start) = self.callee(section, at, &insn)?;
            let found = self.function_at(section, start)?;
            (found.start == start).then_some((at, found))
        })
    }

    /// Where the code is that an instruction calls or takes the address of.
    pub fn callee(&self, section: usize, at: u32, insn: &Insn) -> Option<(usize, u32)> {
        let distance = match insn.op() {
            Op::Call(Callee::Helper | Callee::Local)
            | Op::LoadImm64(Imm64::Func | Imm64::Number) => insn.imm.checked_add(1)?,
            _ => return None,
        };
        match self.sections.get(section)?.target_at(at) {
            Some(Target::Code { section, offset }) => Some((section, offset)),
            None if insn.src != 0 => {
                let bytes = distance.checked_mul(INSN_SIZE as i64)?;
                let start = i64::from(at).checked_add(bytes)?;
                Some((section, u32::try_from(start).ok()?))
            }
            _ => None,
        }
    }

    /// A function and all that it calls, directly or not: what a loader puts into one program.
    pub fn reachable(&self, function: &Function<'_>) -> Vec<&Function<'d>> {
        let place = |one: &Function<'_>| (one.section, one.start);
        let mut found = Vec::from_iter(self.function_at(function.section, function.start));
        let mut known = BTreeSet::from([place(function)]);
        let mut next = 0;
        while let Some(&caller) = found.get(next) {
            next += 1;
            let callees = self.calls(caller).map(|(_, callee)| callee);
            found.extend(callees.filter(|callee| known.insert(place(callee))));
        }
        found
    }
}
