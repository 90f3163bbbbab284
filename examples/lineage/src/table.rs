//! Events as lines of text.

use example_events::{Lineage, Reading};
use example_loader::table::{Column, Table, name, shown};

pub(crate) const TABLE: Table = Table(&[
    Column::number("PID", 7),
    Column::text("COMM", 15),
    Column::number("PPID", 7),
    Column::text("PARENT", 15),
    Column::number("GPID", 7),
    Column::text("GRANDPARENT", 15),
    Column::number("VRUNTIME ms", 16),
    Column::number("START s", 13),
    Column::number("CGROUP", 8),
    Column::number("EXE INODE", 10),
]);

pub(crate) fn row(event: &Lineage) -> String {
    let id = |reading: &Reading<u64>| shown(reading, |id| id.to_string());
    let processes = [&event.process, &event.parent, &event.grandparent];
    let mut cells: Vec<String> = processes
        .iter()
        .flat_map(|process| {
            [
                shown(&process.pid, |pid| pid),
                shown(&process.comm, |comm| name(&comm)),
            ]
        })
        .collect();
    cells.extend([
        // It starts below zero.
        shown(&event.vruntime, |ns| decimal(ns.cast_signed(), 6)),
        shown(&event.start, |ns| decimal(ns.cast_signed() / 1_000_000, 3)),
        id(&event.cgroup),
        id(&event.exe),
    ]);
    TABLE.row(cells)
}

/// `number` divided by 10 to the power of `places`.
fn decimal(number: i64, places: usize) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let digits = format!("{:0>1$}", number.unsigned_abs(), places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn times_are_exact() {
        assert_eq!(decimal(-1_000_005, 6), "-1.000005");
        assert_eq!(decimal(12_345, 3), "12.345");
        assert_eq!(decimal(-5, 3), "-0.005");
    }
}
