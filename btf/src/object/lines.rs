//! The source lines of an object, and the one that a person means by the line of an instruction.

use std::collections::HashMap;

use super::{Function, Section};
use crate::ext::{BtfExt, LineInfo};
use crate::insn::Op;

/// The line records of an object.
#[derive(Debug, Default)]
pub struct Lines<'b> {
    /// By section, in the order of the code.
    sections: HashMap<&'b str, Vec<LineInfo<'b>>>,
}

impl<'b> Lines<'b> {
    /// Sorts the records.
    pub fn new(ext: Option<&BtfExt<'b>>) -> Self {
        let mut sections: HashMap<&'b str, Vec<LineInfo<'b>>> = HashMap::new();
        for section in ext.into_iter().flat_map(BtfExt::line_info) {
            let lines = sections.entry(section.name).or_default();
            lines.extend(&section.records);
        }
        for lines in sections.values_mut() {
            lines.sort_by_key(|line| line.insn_off);
        }
        Self { sections }
    }

    /// All records.
    pub fn all(&self) -> impl Iterator<Item = &LineInfo<'b>> {
        self.sections.values().flatten()
    }

    /// The record that covers an instruction of a section: the last one at or before it.
    pub fn at(&self, section: &str, at: u32) -> Option<&LineInfo<'b>> {
        let lines = self.sections.get(section)?;
        let behind = lines.partition_point(|line| line.insn_off <= at);
        lines.get(behind.checked_sub(1)?)
    }

    /// The line of the user's source that an instruction of a function was made from. Code that is
    /// inlined from a library has lines of its own, so this is the nearest line of a file that
    /// `is_own`, or else one of the library.
    pub fn own(
        &self,
        section: &str,
        function: &Function<'_>,
        at: u32,
        is_own: impl Fn(&str) -> bool,
    ) -> Option<LineInfo<'b>> {
        let lines = self.sections.get(section)?;
        let before = |place: u32| lines.partition_point(|line| line.insn_off < place);
        let behind = before(at + 1);
        let (first, end) = (before(function.range().start), before(function.range().end));
        let before = lines.get(first..behind)?.iter().rev();
        let after = lines.get(behind..end).into_iter().flatten();
        let useful = |line: &&LineInfo<'_>| line.line != 0;
        let own = |line: &&LineInfo<'_>| useful(line) && is_own(line.file);
        let nearest = before.clone().chain(after).find(own);
        nearest.or_else(|| before.clone().find(useful)).copied()
    }

    /// As [`Lines::own`], for an instruction that has a CO-RE record.
    ///
    /// LLVM gives an instruction that holds an offset as a number no line. Its line is then that of the
    /// access, which follows: in 1,706 such records of tracing tools, the next line has the name of the
    /// field in 1,572, the line before in 484.
    pub fn own_of_record(
        &self,
        (section, function): (&Section<'_>, &Function<'_>),
        at: u32,
        is_own: impl Fn(&str) -> bool,
    ) -> Option<LineInfo<'b>> {
        let is_number = section
            .insn_at(at)
            .is_some_and(|insn| matches!(insn.op(), Op::Alu { .. } | Op::LoadImm64(_)));
        let lines = self.sections.get(section.name)?;
        let behind = lines.partition_point(|line| line.insn_off < at);
        let next = lines.get(behind).filter(|line| {
            let is_inside = function.range().contains(&line.insn_off);
            is_number && is_inside && line.line != 0 && is_own(line.file)
        });
        let before = || self.own(section.name, function, at, &is_own);
        next.copied().or_else(before)
    }
}
