//! Annotations, as GitHub's runners read them from a job's output.

use std::fmt::Write as _;

use super::{Page, in_part, severity};
use crate::report::sink::Results;

pub(super) fn render(page: &mut Page, results: &Results) -> String {
    let mut out = String::new();
    for one in &results.in_part {
        let (file, line, text) = in_part::told(page, one);
        let (file, text) = (property(&file), data(&text));
        let _ = writeln!(
            out,
            "::notice file={file},line={line},title=corelint::{text}"
        );
    }
    for report in &results.reports {
        let finding = &report.finding;
        let span = &finding.primary.span;
        let place = page.region(span).map_or(String::new(), |region| {
            let mut place = format!(",line={},endLine={}", region.start.line, region.end.line);
            // Columns of a range over several lines make GitHub drop the annotation.
            if region.start.line == region.end.line {
                let (start, end) = (region.start.column, region.end.column);
                let _ = write!(place, ",col={start},endColumn={end}");
            }
            place
        });
        let file = property(page.shown(span.source.path()));
        let mut text = finding.message.clone();
        for help in &finding.help {
            let _ = write!(text, "\nhelp: {help}");
        }
        let _ = writeln!(
            out,
            "::{} file={file}{place},title=corelint {}::{}",
            severity(report.level),
            finding.rule,
            data(&text),
        );
    }
    out
}

/// What `@actions/core` calls `escapeData`.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// What `@actions/core` calls `escapeProperty`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
