//! Events as lines of text.

use std::fmt::Display;

use lineage_common::{COMM_LEN, Event, Reading};

const COLUMNS: [(&str, usize); 10] = [
    ("PID", 7),
    ("COMM", 15),
    ("PPID", 7),
    ("PARENT", 15),
    ("GPID", 7),
    ("GRANDPARENT", 15),
    ("VRUNTIME ms", 16),
    ("START s", 13),
    ("CGROUP", 8),
    ("EXE INODE", 10),
];

pub(crate) fn head() -> String {
    line(COLUMNS.map(|(name, _)| name.to_owned()))
}

pub(crate) fn row(event: &Event) -> String {
    let id = |reading: &Reading<u64>| shown(reading, |id| id.to_string());
    let [process, parent, grandparent] =
        [&event.process, &event.parent, &event.grandparent].map(|process| {
            [
                shown(&process.pid, |pid| pid.to_string()),
                shown(&process.comm, |comm| text(&comm)),
            ]
        });
    let [pid, name] = process;
    let [parent_pid, parent_name] = parent;
    let [grandparent_pid, grandparent_name] = grandparent;
    line([
        pid,
        name,
        parent_pid,
        parent_name,
        grandparent_pid,
        grandparent_name,
        // It starts below zero.
        shown(&event.vruntime, |ns| decimal(ns.cast_signed(), 6)),
        shown(&event.start, |ns| decimal(ns.cast_signed() / 1_000_000, 3)),
        id(&event.cgroup),
        id(&event.exe),
    ])
}

/// The name of a process, which the NUL ends, safe to print.
pub(crate) fn text(comm: &[u8; COMM_LEN]) -> String {
    let name = comm.split(|byte| *byte == 0).next();
    name.unwrap_or_default().escape_ascii().to_string()
}

/// `?` with the errno for what could not be read, `-` for what is not there.
fn shown<T: Copy + Default, D: Display>(reading: &Reading<T>, show: impl Fn(T) -> D) -> String {
    match reading.get() {
        Ok(Some(value)) => show(value).to_string(),
        Ok(None) => "-".to_owned(),
        Err(errno) => format!("?{errno}"),
    }
}

/// `number` divided by 10 to the power of `places`.
fn decimal(number: i64, places: usize) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let digits = format!("{:0>1$}", number.unsigned_abs(), places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    format!("{sign}{whole}.{fraction}")
}

fn line(cells: [String; COLUMNS.len()]) -> String {
    let mut line = String::new();
    for (cell, (name, width)) in cells.iter().zip(COLUMNS) {
        let is_text = matches!(name, "COMM" | "PARENT" | "GRANDPARENT");
        line += &if is_text {
            format!("{cell:<width$}  ")
        } else {
            format!("{cell:>width$}  ")
        };
    }
    line.truncate(line.trim_end().len());
    line
}

#[cfg(test)]
mod tests {
    use lineage_common::Process;

    use super::*;

    fn event(vruntime: Result<Option<u64>, i32>, exe: Result<Option<u64>, i32>) -> Event {
        let process = Process {
            pid: Reading::new(Ok(Some(7))),
            comm: Reading::new(Ok(Some(*b"a\x1bb\0garbage\0\0\0\0\0"))),
        };
        Event {
            process,
            parent: process,
            grandparent: process,
            vruntime: Reading::new(vruntime),
            start: Reading::new(Ok(Some(12_345_678_901))),
            cgroup: Reading::new(Ok(Some(0))),
            exe: Reading::new(exe),
        }
    }

    #[test]
    fn a_failed_read_is_neither_zero_nor_absent() {
        let last = |exe| {
            let row = row(&event(Ok(Some(0)), exe));
            row.rsplit(' ').next().map(str::to_owned)
        };
        assert_eq!(last(Err(14)).as_deref(), Some("?14"));
        assert_eq!(last(Ok(None)).as_deref(), Some("-"));
        assert_eq!(last(Ok(Some(0))).as_deref(), Some("0"));
    }

    #[test]
    fn times_are_exact() {
        let row = row(&event(Ok(Some(1_000_000_u64.wrapping_neg() - 5)), Ok(None)));
        assert!(row.contains(" -1.000005 "), "{row}");
        assert!(row.contains(" 12.345 "), "{row}");
    }

    #[test]
    fn a_name_cannot_move_the_cursor() {
        let row = row(&event(Ok(None), Ok(None)));
        assert!(row.contains(r" a\x1bb "), "{row}");
        assert!(!row.contains("garbage"), "{row}");
    }
}
