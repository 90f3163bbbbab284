//! Programs by kernels, for a terminal.

use std::fmt::Write as _;

use bpf_core_portability::Verdict;

use super::Page;
use super::grid::{Grid, Row, VERDICTS, counted, on_kernels, sign};
use crate::front::object::Matrix;

/// The longest name of a program that is shown whole.
const LONGEST: usize = 32;

/// One object.
pub(super) fn render(page: &Page, matrix: &Matrix) -> String {
    let grid = Grid::new(matrix, &page.kernels);
    let object = page.shown(&matrix.object);
    let on = format!("{}, {}", on_kernels(matrix), matrix.loader);
    if matrix.programs.is_empty() {
        return format!("{object} has no programs\n");
    }
    if grid.rows.is_empty() {
        let programs = counted(grid.others, "program");
        let result = match matrix.kernels.is_empty() {
            true => "judged",
            false => "nothing found",
        };
        return format!("{object}: {programs}, {result} on {on}\n");
    }
    let mut out = format!("{object} on {on}\n\n");
    let name = |row: &Row<'_>| row.name.chars().take(LONGEST).collect::<String>();
    let names = grid.rows.iter().map(|row| name(row).chars().count());
    let width = names.max().unwrap_or(0);
    let cell = grid.columns.len().to_string().len() + 1;
    let fitting = (page.width.saturating_sub(width) / cell).max(1);
    let numbers: Vec<usize> = (0..grid.columns.len()).collect();
    for part in numbers.chunks(fitting) {
        let heads = part.iter().map(|at| format!("{:>cell$}", at + 1));
        let _ = writeln!(out, "{:width$}{}", "", heads.collect::<String>());
        for row in &grid.rows {
            let cells = part.iter().map(|at| cell_text(page, row.cells[*at], cell));
            let _ = writeln!(out, "{:width$}{}", name(row), cells.collect::<String>());
        }
        out.push('\n');
    }
    if grid.others > 0 {
        let programs = counted(grid.others, "other program");
        let _ = writeln!(out, "{programs}: nothing found\n");
    }
    let number = cell - 1;
    for (at, column) in grid.columns.iter().enumerate() {
        let _ = writeln!(out, "{:>number$}  {}", at + 1, column.title);
    }
    out.push('\n');
    out.push_str(&legend(page, &grid));
    out
}

fn cell_text(page: &Page, verdict: Verdict, width: usize) -> String {
    let (sign, _) = sign(verdict);
    let padded = format!("{sign:>width$}");
    if !page.color {
        return padded;
    }
    format!("\x1b[{}m{padded}\x1b[0m", color(verdict))
}

/// The number of the colour on a terminal.
fn color(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Works => 32,
        Verdict::Unknown => 90,
        Verdict::Depends => 36,
        Verdict::WrongValue => 35,
        Verdict::NotAttached => 33,
        Verdict::Refused => 31,
    }
}

/// The signs that are in the grid.
fn legend(page: &Page, grid: &Grid<'_>) -> String {
    let is_used = |verdict: &Verdict| grid.rows.iter().any(|row| row.cells.contains(verdict));
    let used = VERDICTS.into_iter().filter(is_used);
    let words = used.map(|verdict| {
        let (_, words) = sign(verdict);
        format!("{} {words}", cell_text(page, verdict, 1))
    });
    format!("{}\n", words.collect::<Vec<_>>().join("   "))
}
