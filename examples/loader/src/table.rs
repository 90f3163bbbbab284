//! Events as lines of text, safe to print.

use std::fmt::Display;

use example_events::{COMM_LEN, Reading};

/// Columns: of each the name and the width. Numbers stand to the right.
pub struct Table(pub &'static [Column]);

/// A column of a table.
pub struct Column {
    name: &'static str,
    width: usize,
    is_text: bool,
}

impl Column {
    /// Of numbers.
    pub const fn number(name: &'static str, width: usize) -> Self {
        Self {
            name,
            width,
            is_text: false,
        }
    }

    /// Of words.
    pub const fn text(name: &'static str, width: usize) -> Self {
        Self {
            name,
            width,
            is_text: true,
        }
    }
}

impl Table {
    /// The names of the columns.
    pub fn head(&self) -> String {
        self.row(self.0.iter().map(|column| column.name.to_owned()))
    }

    /// A line, of a cell for each column.
    pub fn row(&self, cells: impl IntoIterator<Item = String>) -> String {
        let mut row = String::new();
        for (cell, column) in cells.into_iter().zip(self.0) {
            let width = column.width;
            row += &if column.is_text {
                format!("{cell:<width$}  ")
            } else {
                format!("{cell:>width$}  ")
            };
        }
        row.truncate(row.trim_end().len());
        row
    }
}

/// `?` with the errno for what could not be read, `-` for what is not there.
pub fn shown<T: Copy + Default, D: Display>(
    reading: &Reading<T>,
    show: impl FnOnce(T) -> D,
) -> String {
    match reading.get() {
        Ok(Some(value)) => show(value).to_string(),
        Ok(None) => "-".to_owned(),
        Err(errno) => format!("?{errno}"),
    }
}

/// The name of a process, which the NUL ends.
pub fn name(comm: &[u8; COMM_LEN]) -> String {
    let name = comm.split(|byte| *byte == 0).next();
    name.unwrap_or_default().escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_read_is_neither_zero_nor_absent() {
        let cell = |read| shown(&Reading::<u64>::new(read), |value| value);
        assert_eq!(cell(Err(14)), "?14");
        assert_eq!(cell(Ok(None)), "-");
        assert_eq!(cell(Ok(Some(0))), "0");
    }

    #[test]
    fn a_name_cannot_move_the_cursor() {
        assert_eq!(name(b"a\x1bb\0garbage\0\0\0\0\0"), r"a\x1bb");
    }

    #[test]
    fn numbers_stand_to_the_right() {
        const TABLE: Table = Table(&[Column::number("PID", 5), Column::text("COMM", 6)]);
        assert_eq!(TABLE.head(), "  PID  COMM");
        assert_eq!(TABLE.row(["1", "init"].map(str::to_owned)), "    1  init");
    }
}
