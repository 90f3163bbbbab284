//! The source lines of instructions: the user's own, if code of a library is inlined there.

use bpf_core_btf::object::{Lines, Object, Place};
use bpf_core_btf::{BtfExt, LineInfo};
use bpf_core_flow::library::is_library;
use serde::Serialize;

/// A line of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Source {
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) column: u32,
    /// Empty if the object does not have it.
    pub(super) text: String,
}

/// The lines of an object.
pub(super) struct Sources<'b> {
    object: &'b Object<'b>,
    lines: Lines<'b>,
}

impl<'b> Sources<'b> {
    pub(super) fn of(object: &'b Object<'b>, ext: Option<&BtfExt<'b>>) -> Self {
        let lines = Lines::new(object, ext);
        Self { object, lines }
    }

    /// The line that a person means by that of a record.
    pub(super) fn of_record(&self, place: Place) -> Option<Source> {
        let function = self.object.function_at(place.section, place.at)?;
        let section = self.object.section_of(function);
        let is_own = |file: &str| !is_library(file);
        let lines = &self.lines;
        let line = lines.own_of_record(section, function, place.at, is_own);
        let line = line.or_else(|| lines.own(section, function, place.at, is_own))?;
        Some(source(&line))
    }

    /// The line of the record that starts at this very instruction, a library's too.
    pub(super) fn starting_at(&self, place: Place) -> Option<Source> {
        let section = self.object.sections().get(place.section)?.name;
        let line = self.lines.at(section, place.at)?;
        (line.insn_off == place.at && line.line != 0).then(|| source(line))
    }
}

fn source(line: &LineInfo<'_>) -> Source {
    Source {
        file: line.file.to_owned(),
        line: line.line,
        column: line.column,
        text: line.text.trim().to_owned(),
    }
}
