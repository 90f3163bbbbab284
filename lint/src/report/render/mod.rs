//! Findings to text. Renderers decide nothing: they get reports in the order in which they are
//! shown.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;

use bpf_core_catalogue::Kernel;

use crate::report::sink::Results;
use crate::rules::Level;
use crate::span::{Source, Span};

mod github;
mod grid;
mod html;
mod human;
pub(crate) mod in_part;
mod json;
mod markdown;
mod matrix;
mod record;
mod sarif;
mod short;

/// How findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// With the code that they are about
    Human,
    /// A line each
    Short,
    /// Cargo's `compiler-message` lines
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// Annotations of GitHub's workflows
    Github,
    /// Markdown, for summaries of jobs and notes of releases
    Markdown,
    /// One page of HTML with everything in it
    Html,
}

/// What is needed to show findings.
#[derive(Debug)]
pub(crate) struct Page {
    /// Paths are shown relative to this.
    pub root: PathBuf,
    /// Whether the reader sees colours.
    pub color: bool,
    /// Whether the reader is an editor, which takes Cargo's messages and no others.
    pub is_editor: bool,
    /// How many characters a line of the reader has.
    pub width: usize,
    kernels: Arc<[Kernel]>,
    texts: HashMap<Arc<str>, Arc<Text>>,
}

impl Page {
    /// A page for a reader.
    #[must_use]
    pub(crate) fn new(root: PathBuf, color: bool, width: usize) -> Self {
        Self {
            root,
            color,
            is_editor: false,
            width,
            kernels: Arc::from([]),
            texts: HashMap::new(),
        }
    }

    /// What was found, in a format.
    #[must_use]
    pub(crate) fn render(&mut self, format: Format, results: &Results) -> String {
        self.kernels = Arc::clone(&results.kernels);
        let reports = &results.reports[..];
        match format {
            Format::Human => {
                let mut out = human::render(self, reports);
                let matrices = results.matrices.iter();
                let matrices: Vec<String> = matrices.map(|one| matrix::render(self, one)).collect();
                out.push_str(&matrices.join("\n"));
                out
            }
            Format::Short => short::render(self, reports),
            Format::Json => json::render(self, results),
            Format::Sarif => sarif::render(self, results),
            Format::Github => github::render(self, results),
            Format::Html => html::render(self, results),
            Format::Markdown => markdown::render(self, results),
        }
    }

    /// The path as the reader sees it.
    fn shown<'a>(&self, path: &'a str) -> &'a str {
        let inside = Path::new(path).strip_prefix(&self.root).ok();
        inside.and_then(Path::to_str).unwrap_or(path)
    }

    /// The text that a span counts in. A file that cannot be read is empty.
    fn text(&mut self, source: &Source) -> Arc<Text> {
        match source {
            Source::Rendered {
                text, first_line, ..
            } => Arc::new(Text::new(text.as_ref().into(), first_line.unwrap_or(1))),
            Source::File(path) => {
                if let Some(text) = self.texts.get(path) {
                    return Arc::clone(text);
                }
                // Reports are sorted by file: older ones do not come back, but as other places.
                if self.texts.len() > 32 {
                    self.texts.clear();
                }
                let bytes = fs::read(path.as_ref()).unwrap_or_default();
                let text = String::from_utf8(bytes).unwrap_or_default();
                let text = Arc::new(Text::new(text, 1));
                self.texts.insert(Arc::clone(path), Arc::clone(&text));
                text
            }
        }
    }

    /// The line of a span in its file, if it has one.
    fn line(&mut self, span: &Span) -> Option<usize> {
        self.region(span).map(|region| region.start.line)
    }

    /// Where a span is in its file. `None` if it is in a text that is not the file's.
    fn region(&mut self, span: &Span) -> Option<Region> {
        if let Source::Rendered {
            first_line: None, ..
        } = span.source
        {
            return None;
        }
        let text = self.text(&span.source);
        let range = text.clamp(span);
        Some(Region {
            start: text.position(range.start),
            end: text.position(range.end),
        })
    }
}

/// Lines and columns of a span.
#[derive(Clone, Copy, Debug)]
struct Region {
    start: Position,
    end: Position,
}

/// Counted from 1; columns are characters.
#[derive(Clone, Copy, Debug)]
struct Position {
    line: usize,
    column: usize,
}

/// A text with its lines.
#[derive(Debug)]
struct Text {
    text: String,
    first_line: usize,
    /// The offset of each line.
    lines: Vec<usize>,
}

impl Text {
    fn new(text: String, first_line: u32) -> Self {
        let ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let starts = ends.map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        Self {
            text,
            first_line: first_line as usize,
            lines,
        }
    }

    /// A range that is inside, at borders of characters: the file may have changed.
    fn clamp(&self, span: &Span) -> std::ops::Range<usize> {
        let start = floor(&self.text, span.start as usize);
        let end = floor(&self.text, span.end as usize);
        start..end.max(start)
    }

    /// The line, counted from 0, that has this offset.
    fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|&start| start <= offset) - 1
    }

    fn position(&self, offset: usize) -> Position {
        let line = self.line(offset);
        Position {
            line: line + self.first_line,
            column: self.text[self.lines[line]..offset].chars().count() + 1,
        }
    }

    /// The text of a line counted from 0, without its end.
    fn of_line(&self, line: usize) -> &str {
        let start = self.lines.get(line).copied().unwrap_or(self.text.len());
        self.text[start..].lines().next().unwrap_or_default()
    }
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The compiler's word for a level.
fn severity(level: Level) -> &'static str {
    match level {
        Level::Deny | Level::Forbid => "error",
        Level::Warn | Level::Allow => "warning",
    }
}
