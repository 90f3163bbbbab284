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
    pub(super) fn new(object: &Path, ext: Option<&BtfExt<'b>>) -> Self {
        Self {
            object: object.to_string_lossy().into(),
            lines: object::Lines::new(ext),
            sources: Sources::of(object),
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
    /// has lines of its own, so this is the nearest one that is not such.
    pub(super) fn line(
        &self,
        section: &str,
        function: &Function<'_>,
        at: u32,
    ) -> Option<LineInfo<'b>> {
        let is_own = |file: &str| !is_library(file);
        self.lines.own(section, function, at, is_own)
    }

    /// Whether an instruction is inlined code of a library, so that the line is one near it.
    pub(super) fn is_inlined(&self, section: &str, at: u32) -> bool {
        let line = self.lines.at(section, at);
        line.is_some_and(|line| is_library(line.file))
    }

    /// The same, to point at: a range of the file if it is at hand and unchanged, else the line as
    /// the object has it, else the instruction.
    pub(super) fn span(&mut self, object: &Object<'_>, function: &Function<'_>, at: u32) -> Span {
        let section = object.section_of(function);
        match self.line(section.name, function, at) {
            Some(line) => self.sources.span(Place {
                file: line.file,
                line: line.line,
                column: line.column,
                text: line.text,
            }),
            None => {
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
