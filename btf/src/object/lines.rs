//! The source lines of an object, and the one that a person means by the line of an instruction.

use core::iter::Rev;
use core::slice::Iter;
use std::collections::HashMap;

use super::{Function, Object, Section};
use crate::ext::{BtfExt, LineInfo};
use crate::insn::{INSN_SIZE, Op};

/// The line records of an object.
#[derive(Debug, Default)]
pub struct Lines<'b> {
    /// By section, in the order of the code.
    sections: HashMap<&'b str, Vec<LineInfo<'b>>>,
    /// By section and instruction of a CO-RE record: the last name in it, as the source has it.
    names: HashMap<(&'b str, u32), String>,
}

/// So many bytes behind and before a record, its line is looked for: the compiler moves instructions.
const BEHIND: u32 = 16 * INSN_SIZE as u32;
const BEFORE: u32 = 8 * INSN_SIZE as u32;

impl<'b> Lines<'b> {
    /// Sorts the records.
    pub fn new(object: &Object<'_>, ext: Option<&BtfExt<'b>>) -> Self {
        let mut sections: HashMap<&'b str, Vec<LineInfo<'b>>> = HashMap::new();
        for section in ext.into_iter().flat_map(BtfExt::line_info) {
            let lines = sections.entry(section.name).or_default();
            lines.extend(&section.records);
        }
        for lines in sections.values_mut() {
            lines.sort_by_key(|line| line.insn_off);
        }
        let records = ext.into_iter().flat_map(BtfExt::core_relos);
        let records = records.flat_map(|section| {
            let relos = section.records.iter();
            relos.map(|relo| ((section.name, relo.insn_off), relo))
        });
        let names = records.filter_map(|(place, relo)| {
            let name = relo.name(object.btf()?);
            Some((place, words(&name).next_back()?.to_owned()))
        });
        Self {
            sections,
            names: names.collect(),
        }
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
        section: &Section<'_>,
        function: &Function<'_>,
        at: u32,
        is_own: impl Fn(&str) -> bool,
    ) -> Option<LineInfo<'b>> {
        let (before, behind) = self.around(section, function, at + 1)?;
        let useful = |line: &&LineInfo<'_>| line.line != 0;
        let own = |line: &&LineInfo<'_>| useful(line) && is_own(line.file);
        let nearest = before.clone().chain(behind).find(own);
        nearest.or_else(|| before.clone().find(useful)).copied()
    }

    /// The line of the user's source that an instruction with a CO-RE record was made from: near it, with the
    /// record's name. `None`: there is no such record, or no such line.
    ///
    /// LLVM gives an instruction that holds an offset as a number no line. Its line is then that of the
    /// access, which follows, if no line has the name. `bpf-core-linker` gives it one, so Rust has no need of
    /// names.
    pub fn own_of_record(
        &self,
        section: &Section<'_>,
        function: &Function<'_>,
        at: u32,
        is_own: impl Fn(&str) -> bool,
    ) -> Option<LineInfo<'b>> {
        let name = self.names.get(&(section.name, at))?;
        let own = |line: &&LineInfo<'_>| line.line != 0 && is_own(line.file);
        let covering = self.at(section.name, at);
        if let Some(line) = covering.filter(|line| own(line) && line.file.ends_with(".rs")) {
            return Some(*line);
        }
        let op = section.insn_at(at).map(|insn| insn.op());
        let is_number = matches!(op, Some(Op::Alu { .. } | Op::LoadImm64(_)));
        let covering = covering.filter(|_| !is_number);
        let start = covering.map_or(at, |line| line.insn_off);
        let (before, behind) = self.around(section, function, start)?;
        let next = behind.clone().next().filter(|line| is_number && own(line));
        let behind = behind.take_while(|line| line.insn_off.saturating_sub(at) <= BEHIND);
        let before = before.take_while(|line| at.saturating_sub(line.insn_off) <= BEFORE);
        let has_name = |line: &&LineInfo<'_>| words(line.text).any(|word| word == name);
        let mut lines = behind.chain(before);
        let named = lines.find(|line| own(line) && has_name(line));
        named.or(next).copied()
    }

    /// The records of a function before a place, the nearest first, and those from there on.
    fn around(
        &self,
        section: &Section<'_>,
        function: &Function<'_>,
        at: u32,
    ) -> Option<(Rev<Iter<'_, LineInfo<'b>>>, Iter<'_, LineInfo<'b>>)> {
        let lines = self.sections.get(section.name)?;
        let before = |place: u32| lines.partition_point(|line| line.insn_off < place);
        let (first, end) = (before(function.range().start), before(function.range().end));
        let at = before(at).clamp(first, end.max(first));
        Some((
            lines.get(first..at)?.iter().rev(),
            lines.get(at..end)?.iter(),
        ))
    }
}

/// The words of a text: `struct`, `task_struct` and `pid` of `struct task_struct.pid`.
fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with(|c: char| !c.is_ascii_digit()))
}
