//! For people: with the code that a finding is about.

use std::ops::Range;
use std::sync::Arc;

use codespan_reporting::diagnostic::{Diagnostic, Label, Severity};
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::{self, Config, termcolor::Buffer};

use super::{Page, Text};
use crate::report::sink::Report;
use crate::rules::finding::Applicability;
use crate::span::Source;

pub(super) fn render(page: &mut Page, reports: &[Report]) -> String {
    let mut out = String::new();
    for report in reports {
        out.push_str(&one(page, report, page.color));
        out.push('\n');
    }
    out
}

/// One report, as `rendered` of JSON messages has it too.
pub(super) fn one(page: &mut Page, report: &Report, color: bool) -> String {
    let finding = &report.finding;
    let mut excerpts = Excerpts::default();
    let severity = if report.level.fails() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let primary = excerpts.label(page, &finding.primary.span);
    let mut labels = vec![Label::primary(primary.0, primary.1).with_message(&finding.primary.text)];
    for label in &finding.secondary {
        let (id, range) = excerpts.label(page, &label.span);
        labels.push(Label::secondary(id, range).with_message(&label.text));
    }
    let notes = finding.notes.iter().map(|note| format!("note: {note}"));
    let helps = finding.help.iter().map(|help| format!("help: {help}"));
    let fix = finding.fix.as_ref().map(|fix| match fix.applicability {
        Applicability::MachineApplicable => format!("help: {} (`--fix` does it)", fix.text),
        Applicability::MaybeIncorrect => format!("help: {}", fix.text),
    });
    let diagnostic = Diagnostic::new(severity)
        .with_code(finding.rule)
        .with_message(&finding.message)
        .with_labels(labels)
        .with_notes(notes.chain(helps).chain(fix).collect());
    let mut buffer = if color {
        Buffer::ansi()
    } else {
        Buffer::no_color()
    };
    let config = Config::default();
    // Writing to memory does not fail; a label outside of its text is clamped before.
    if term::emit_to_write_style(&mut buffer, &config, &excerpts, &diagnostic).is_err() {
        return format!("{}: {}\n", finding.rule, finding.message);
    }
    let text = String::from_utf8_lossy(buffer.as_slice());
    format!("{}\n", text.trim_end())
}

/// The texts of one diagnostic.
#[derive(Default)]
struct Excerpts {
    texts: Vec<(Source, String, Arc<Text>)>,
}

impl Excerpts {
    fn label(&mut self, page: &mut Page, span: &crate::span::Span) -> (usize, Range<usize>) {
        let known = self
            .texts
            .iter()
            .position(|(source, ..)| *source == span.source);
        let id = known.unwrap_or_else(|| {
            let name = page.shown(span.source.path()).to_owned();
            let text = page.text(&span.source);
            self.texts.push((span.source.clone(), name, text));
            self.texts.len() - 1
        });
        (id, self.texts[id].2.clamp(span))
    }

    fn text(&self, id: usize) -> Result<&Text, Error> {
        let entry = self.texts.get(id).ok_or(Error::FileMissing)?;
        Ok(&entry.2)
    }
}

impl<'a> Files<'a> for Excerpts {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, Error> {
        let entry = self.texts.get(id).ok_or(Error::FileMissing)?;
        Ok(&entry.1)
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.text(id)?.text)
    }

    fn line_index(&'a self, id: usize, offset: usize) -> Result<usize, Error> {
        Ok(self.text(id)?.line(offset))
    }

    fn line_number(&'a self, id: usize, line: usize) -> Result<usize, Error> {
        Ok(self.text(id)?.first_line + line)
    }

    fn line_range(&'a self, id: usize, line: usize) -> Result<Range<usize>, Error> {
        let text = self.text(id)?;
        let start = text.lines.get(line).copied();
        let start = start.ok_or(Error::LineTooLarge {
            given: line,
            max: text.lines.len() - 1,
        })?;
        let end = text.lines.get(line + 1).copied();
        Ok(start..end.unwrap_or(text.text.len()))
    }
}
