//! What is behind a cell: the line of the source, what the kernels have, and the cure.

use std::fmt::Write as _;

use bpf_core_catalogue::KernelSet;
use bpf_core_portability::{Case, Verdict};

use super::super::grid::{Grid, sign};
use super::{Page, escaped, words};
use crate::front::object::Matrix;
use crate::report::record::word;
use crate::report::sink::{Report, Results};
use crate::rules::Finding;
use crate::rules::finding::On;
use crate::span::Span;

/// Whether there is something to say about a cell.
pub(super) fn is_explained(verdict: Verdict) -> bool {
    verdict != Verdict::Works
}

/// The name of a cell's explanation in the page.
pub(super) fn id(object: usize, program: usize, column: usize) -> String {
    format!("o{object}p{program}c{column}")
}

/// An explanation for each cell that has one.
pub(super) fn explained(
    page: &mut Page,
    results: &Results,
    (number, matrix): (usize, &Matrix),
    grid: &Grid<'_>,
) -> String {
    let mut out = String::new();
    for row in &grid.rows {
        for (at, (verdict, column)) in row.cells.iter().zip(&grid.columns).enumerate() {
            if !is_explained(*verdict) {
                continue;
            }
            let (sign, what) = sign(*verdict);
            let _ = write!(
                out,
                "<article id=\"{}\" tabindex=\"-1\">\n<h4><span class=\"{}\">{sign} {what}</span>: \
                 <code>{}</code> on {}</h4>\n",
                id(number, row.index, at),
                word(*verdict),
                escaped(row.name),
                escaped(&column.title),
            );
            let about = results.reports.iter().filter_map(|report| {
                let on = report.on(&matrix.object)?;
                let is_about = on.programs.iter().any(|name| name == row.name);
                is_about.then_some((report, on))
            });
            let mut any = false;
            for (report, on) in about {
                let cases = cases(on, &column.kernels);
                if !cases.is_empty() {
                    out.push_str(&finding(page, &report.finding, &cases));
                    any = true;
                }
            }
            if !any {
                out.push_str("<p>The finding is allowed, by a level or a comment.</p>\n");
            }
            out.push_str("</article>\n");
        }
    }
    out
}

/// The cases of a finding that are about some of these kernels.
fn cases<'f>(on: &'f On, kernels: &KernelSet) -> Vec<&'f Case> {
    let cases = on.cases.iter();
    cases
        .filter(|case| !case.kernels.intersection(kernels).is_empty())
        .collect()
}

fn finding(page: &mut Page, finding: &Finding, cases: &[&Case]) -> String {
    let mut out = format!(
        "<div class=\"finding\">\n<p><b>{}</b>: {}</p>\n",
        escaped(finding.rule),
        words(&finding.message)
    );
    let span = &finding.primary.span;
    out.push_str(&source(page, span));
    out.push_str("<dl>\n");
    let line = page
        .line(span)
        .map_or(String::new(), |line| format!(":{line}"));
    let file = escaped(page.shown(span.source.path()));
    let _ = writeln!(out, "<dt>line</dt><dd><code>{file}{line}</code></dd>");
    for case in cases.iter().filter(|case| !case.has.is_empty()) {
        let _ = writeln!(out, "<dt>the kernel has</dt><dd>{}</dd>", words(&case.has));
    }
    for help in &finding.help {
        let _ = writeln!(out, "<dt>cure</dt><dd>{}</dd>", words(help));
    }
    out.push_str("</dl>\n</div>\n");
    out
}

/// A finding that is about no kernel.
pub(super) fn other(page: &mut Page, report: &Report) -> String {
    format!(
        "<article>\n{}</article>\n",
        finding(page, &report.finding, &[])
    )
}

/// The line, and those around it.
fn source(page: &mut Page, span: &Span) -> String {
    let Some(region) = page.region(span) else {
        return String::new();
    };
    let text = page.text(&span.source);
    let here = region.start.line.saturating_sub(text.first_line);
    let last = text.lines.len().saturating_sub(1);
    let lines = here.saturating_sub(1)..=(here + 1).min(last);
    let lines = lines.map(|line| {
        let class = if line == here { "here" } else { "" };
        format!(
            "<span class=\"number\">{:>5}</span>  <span class=\"{class}\">{}</span>",
            line + text.first_line,
            escaped(text.of_line(line))
        )
    });
    format!("<pre>{}</pre>\n", lines.collect::<Vec<_>>().join("\n"))
}
