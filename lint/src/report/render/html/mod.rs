//! One page of HTML without scripts, that needs no network: programs by kernels, each cell with its line,
//! its cause and its cure; where each field is on each kernel.

mod cells;
mod plot;

use std::fmt::Write as _;

use super::grid::{Grid, VERDICTS, counted, on_kernels, sign};
use super::{Page, in_part};
use crate::front::object::Matrix;
use crate::report::record::word;
use crate::report::sink::Results;

const STYLE: &str = include_str!("style.css");

/// All of a run.
pub(super) fn render(page: &mut Page, results: &Results) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Which kernel breaks which line</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>Which kernel breaks which line</h1>\n<p class=\"faint\">{}, cargo corelint {}</p>\n\
         </header>\n<main>\n",
        counted(results.matrices.len(), "object"),
        env!("CARGO_PKG_VERSION"),
    );
    for (number, matrix) in results.matrices.iter().enumerate() {
        out.push_str(&object(page, results, (number, matrix)));
    }
    let others = results
        .reports
        .iter()
        .filter(|report| report.finding.on.is_none());
    let others: Vec<String> = others.map(|report| cells::other(page, report)).collect();
    if !others.is_empty() {
        let _ = write!(
            out,
            "<section>\n<h2>Other findings</h2>\n{}</section>\n",
            others.concat()
        );
    }
    if !results.in_part.is_empty() {
        let lines = in_part::lines(page, &results.in_part);
        let lines = lines
            .iter()
            .map(|line| format!("<li><code>{}</code></li>\n", escaped(line)));
        let _ = write!(
            out,
            "<section>\n<h2>{}</h2>\n<ul>\n{}</ul>\n</section>\n",
            escaped(&in_part::summary(results)),
            lines.collect::<String>(),
        );
    }
    if results.matrices.is_empty() && others.is_empty() {
        out.push_str("<p>Nothing found.</p>\n");
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn object(page: &mut Page, results: &Results, (number, matrix): (usize, &Matrix)) -> String {
    let grid = Grid::new(matrix, &page.kernels);
    let name = escaped(page.shown(&matrix.object));
    let mut out = format!(
        "<section aria-labelledby=\"o{number}\">\n<h2 id=\"o{number}\"><code>{name}</code></h2>\n\
         <p class=\"faint\">{}, {}, {}</p>\n",
        on_kernels(matrix),
        escaped(&matrix.loader),
        counted(matrix.programs.len(), "program"),
    );
    if !grid.rows.is_empty() {
        out.push_str(&table(number, &grid));
        if grid.others > 0 {
            let programs = counted(grid.others, "other program");
            let _ = writeln!(out, "<p>{programs}: nothing found.</p>");
        }
        let _ = write!(
            out,
            "<h3>Why</h3>\n{}",
            cells::explained(page, results, (number, matrix), &grid)
        );
    } else {
        out.push_str("<p class=\"works\">✓ nothing found</p>\n");
    }
    if let Some(known) = &results.known {
        out.push_str(&plot::fields(known, matrix));
    }
    out.push_str("</section>\n");
    out
}

fn table(number: usize, grid: &Grid<'_>) -> String {
    let heads = grid
        .columns
        .iter()
        .map(|column| format!("<th scope=\"col\">{}</th>", escaped(&column.title)));
    let mut out = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"o{number}\">\n<table>\n\
         <thead><tr><th scope=\"col\">Program</th>{}</tr></thead>\n<tbody>\n",
        heads.collect::<String>()
    );
    for row in &grid.rows {
        let (name, section) = (escaped(row.name), escaped(row.section));
        let _ = write!(
            out,
            "<tr><th scope=\"row\"><code>{name}</code><small>{section}</small></th>"
        );
        for (at, (verdict, column)) in row.cells.iter().zip(&grid.columns).enumerate() {
            let (sign, words) = sign(*verdict);
            let class = word(*verdict);
            let what = format!("{name}, {}: {words}", escaped(&column.title));
            let _ = match cells::is_explained(*verdict) {
                true => write!(
                    out,
                    "<td><a class=\"{class}\" href=\"#{}\" title=\"{words}\" aria-label=\"{what}\">{sign}</a></td>",
                    cells::id(number, row.index, at)
                ),
                false => write!(
                    out,
                    "<td><span class=\"{class}\" role=\"img\" title=\"{words}\" aria-label=\"{what}\">{sign}</span></td>"
                ),
            };
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n<ul class=\"legend\">\n");
    for verdict in VERDICTS {
        if grid.rows.iter().any(|row| row.cells.contains(&verdict)) {
            let (sign, words) = sign(verdict);
            let _ = writeln!(
                out,
                "<li><b class=\"{}\">{sign}</b> {words}</li>",
                word(verdict)
            );
        }
    }
    out.push_str("</ul>\n");
    out
}

/// Text as HTML has it, in an attribute too.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// Words with names in backticks, as messages have them.
fn words(text: &str) -> String {
    let parts = text.split('`').enumerate().map(|(at, part)| match at % 2 {
        1 => format!("<code>{}</code>", escaped(part)),
        _ => escaped(part),
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(escaped("<b> & \"'"), "&lt;b&gt; &amp; &quot;&#39;");
        assert_eq!(
            words("not `a<b>` & c"),
            "not <code>a&lt;b&gt;</code> &amp; c"
        );
    }
}
