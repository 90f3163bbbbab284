//! Tables for people: columns as wide as their widest cell, and nothing but space between them.

use comfy_table::{CellAlignment, Row, Table};

/// The lines of a table, whose columns from `numbers` on are to the right.
pub fn text<R: Into<Row>>(
    head: impl Into<Row>,
    rows: impl IntoIterator<Item = R>,
    numbers: usize,
) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(head).add_rows(rows);
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if place >= numbers {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines = table.lines();
    lines.map(|line| format!("{}\n", line.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_go_left_and_numbers_right() {
        let rows = [["byte_off", "x", "1234"], ["signed", "yy", "1"]];
        assert_eq!(
            super::text(["kind", "access", "6.1"], rows, 2),
            "kind      access   6.1\n\
             byte_off  x       1234\n\
             signed    yy         1\n"
        );
    }
}
