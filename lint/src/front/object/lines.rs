//! Finds the place in the source that an instruction was made from.

use std::path::Path;
use std::sync::Arc;

use bpf_core_btf::object::{self, Function, Object};
use bpf_core_btf::{BtfExt, LineInfo};
use bpf_core_flow::library::is_library;

use crate::front::sources::{Place, Sources};
use crate::span::Span;

/// The source lines of an object.
pub(super) struct Lines<'b> {
    object: Arc<str>,
    lines: object::Lines<'b>,
    pub(super) sources: Sources,
}

impl<'b> Lines<'b> {
    pub(super) fn new(path: &Path, object: &Object<'_>, ext: Option<&BtfExt<'b>>) -> Self {
        Self {
            object: path.to_string_lossy().into(),
            lines: object::Lines::new(object, ext),
            sources: Sources::of(path),
        }
    }

    /// The path of the object.
    pub(super) fn object(&self) -> Arc<str> {
        Arc::clone(&self.object)
    }

    /// Whether a source is written in Rust.
    pub(super) fn any_is_rust(&self) -> bool {
        self.lines.all().any(|line| line.file.ends_with(".rs"))
    }

    /// The line of the user's source that an instruction was made from. Inlined code of libraries
    /// has lines of its own, so this is the nearest one that is not such. A CO-RE record has the line that
    /// names it.
    pub(super) fn line(
        &self,
        object: &Object<'_>,
        function: &Function<'_>,
        at: u32,
    ) -> Option<LineInfo<'b>> {
        self.of_record(object, function, at)
            .or_else(|| self.near(object, function, at))
    }

    fn of_record(
        &self,
        object: &Object<'_>,
        function: &Function<'_>,
        at: u32,
    ) -> Option<LineInfo<'b>> {
        let section = object.section_of(function);
        let is_own = |file: &str| !is_library(file);
        self.lines.own_of_record(section, function, at, is_own)
    }

    fn near(&self, object: &Object<'_>, function: &Function<'_>, at: u32) -> Option<LineInfo<'b>> {
        let section = object.section_of(function);
        self.lines
            .own(section, function, at, |file| !is_library(file))
    }

    /// Whether an instruction is inlined code of a library, so that the line is one near it.
    pub(super) fn is_inlined(&self, object: &Object<'_>, function: &Function<'_>, at: u32) -> bool {
        let line = self.lines.at(object.section_of(function).name, at);
        line.is_some_and(|line| is_library(line.file))
            && self.of_record(object, function, at).is_none()
    }

    /// The same as [`Lines::line`], to point at: a range of the file if it is at hand and unchanged, else the
    /// line as the object has it, else the instruction.
    pub(super) fn span(&mut self, object: &Object<'_>, function: &Function<'_>, at: u32) -> Span {
        let line = self.line(object, function, at);
        self.point_at(line, object, function, at)
    }

    /// Where a function starts, whatever its first instruction is.
    pub(super) fn span_of_start(&mut self, object: &Object<'_>, function: &Function<'_>) -> Span {
        let line = self.near(object, function, function.start);
        self.point_at(line, object, function, function.start)
    }

    fn point_at(
        &mut self,
        line: Option<LineInfo<'_>>,
        object: &Object<'_>,
        function: &Function<'_>,
        at: u32,
    ) -> Span {
        match line {
            Some(line) => self.sources.span(Place {
                file: line.file,
                line: line.line,
                column: line.column,
                text: line.text,
            }),
            None => {
                let section = object.section_of(function);
                let insn = section.insn_at(at);
                let insn = insn.map_or(String::new(), |insn| insn.to_string());
                let name = match function.name {
                    "" => String::new(),
                    name => format!(" ({name})"),
                };
                let text = format!("{}+{at:#x}{name}: {insn}", section.name);
                Span::rendered(&self.object, None, &text)
            }
        }
    }
}
