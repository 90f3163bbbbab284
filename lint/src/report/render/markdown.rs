//! Markdown, for summaries of jobs and notes of releases.

use std::fmt::Write as _;

use super::grid::{Grid, VERDICTS, counted, on_kernels, sign};
use super::{Page, in_part, severity};
use crate::front::object::Matrix;
use crate::report::sink::{Report, Results};

/// All of a run.
pub(super) fn render(page: &mut Page, results: &Results) -> String {
    let mut out = String::new();
    for matrix in &results.matrices {
        out.push_str(&table(page, matrix));
    }
    if !results.reports.is_empty() {
        out.push_str("### Findings\n\n");
    }
    for report in &results.reports {
        out.push_str(&finding(page, report));
    }
    if !results.in_part.is_empty() {
        let _ = writeln!(out, "{}.\n", in_part::summary(results));
        for line in in_part::lines(page, &results.in_part) {
            let _ = writeln!(out, "- {}", code(&line));
        }
    }
    if out.is_empty() {
        out.push_str("Nothing found.\n");
    }
    out
}

fn table(page: &Page, matrix: &Matrix) -> String {
    let grid = Grid::new(matrix, &page.kernels);
    let object = code(page.shown(&matrix.object));
    let on = on_kernels(matrix);
    let mut out = format!("### {object} on {on}, {}\n\n", matrix.loader);
    if !grid.rows.is_empty() {
        let titles = grid.columns.iter().map(|column| cell(&column.title));
        let titles: Vec<String> = titles.collect();
        let _ = writeln!(out, "| program | {} |", titles.join(" | "));
        let _ = writeln!(out, "|---|{}", ":-:|".repeat(titles.len()));
        for row in &grid.rows {
            let signs: Vec<&str> = row.cells.iter().map(|one| sign(*one).0).collect();
            let _ = writeln!(out, "| {} | {} |", code(row.name), signs.join(" | "));
        }
        let used = VERDICTS
            .into_iter()
            .filter(|one| grid.rows.iter().any(|row| row.cells.contains(one)));
        let words = used.map(|one| format!("{} {}", sign(one).0, sign(one).1));
        let _ = writeln!(out, "\n{}\n", words.collect::<Vec<_>>().join(", "));
    }
    if grid.others > 0 {
        let programs = counted(grid.others, "program");
        let _ = writeln!(out, "{programs} without a finding.\n");
    }
    out
}

fn finding(page: &mut Page, report: &Report) -> String {
    let finding = &report.finding;
    let span = &finding.primary.span;
    let line = page
        .line(span)
        .map_or(String::new(), |line| format!(":{line}"));
    let place = code(&format!("{}{line}", page.shown(span.source.path())));
    let mut out = format!(
        "- **{}** {} {place}: {}\n",
        severity(report.level),
        code(finding.rule),
        text(&finding.message)
    );
    for note in &finding.notes {
        let _ = writeln!(out, "  - {}", text(note));
    }
    for help in &finding.help {
        let _ = writeln!(out, "  - help: {}", text(help));
    }
    out
}

/// A span of code, whatever is in it.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if longest > 0 { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// The text of a cell: a bar would end it.
fn cell(words: &str) -> String {
    text(words).replace('|', "\\|")
}

/// Words with names in backticks, as messages have them. Outside of these, nothing is Markdown or HTML.
fn text(words: &str) -> String {
    let parts = words.split('`').enumerate().map(|(at, part)| match at % 2 {
        1 => format!("`{part}`"),
        _ => {
            let escaped = part.chars().flat_map(|c| match c {
                '*' | '_' | '[' | ']' | '<' | '>' | '\\' | '#' => vec!['\\', c],
                _ => vec![c],
            });
            escaped.collect()
        }
    });
    parts.collect::<String>().replace('\n', " ")
}
