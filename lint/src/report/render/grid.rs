//! Programs by kernels, with the kernels on which all programs do the same in one column.

use std::collections::BTreeMap;

use bpf_core_catalogue::{Kernel, KernelSet};
use bpf_core_portability::Verdict;

use crate::front::object::Matrix;
use crate::known::phrase;

/// Programs by kernels.
#[derive(Debug)]
pub(super) struct Grid<'m> {
    /// Oldest kernels first.
    pub(super) columns: Vec<Column>,
    /// The programs that do not work on every kernel.
    pub(super) rows: Vec<Row<'m>>,
    /// How many others there are.
    pub(super) others: usize,
}

/// Kernels on which every program does the same.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) kernels: KernelSet,
    /// `5.14.0 and later on amd64`.
    pub(super) title: String,
}

/// A program, and what it does on each column.
#[derive(Debug)]
pub(super) struct Row<'m> {
    /// Of [`Matrix::programs`].
    pub(super) index: usize,
    pub(super) name: &'m str,
    pub(super) section: &'m str,
    pub(super) cells: Vec<Verdict>,
}

impl<'m> Grid<'m> {
    pub(super) fn new(matrix: &'m Matrix, kernels: &[Kernel]) -> Self {
        let mut columns: BTreeMap<Vec<Option<Verdict>>, KernelSet> = BTreeMap::new();
        for kernel in matrix.shown().iter() {
            let verdicts = matrix.programs.iter().map(|program| program.on(kernel));
            columns
                .entry(verdicts.collect())
                .or_default()
                .insert(kernel);
        }
        let mut columns: Vec<(Vec<Option<Verdict>>, KernelSet)> = columns.into_iter().collect();
        let oldest = |set: &KernelSet| {
            set.iter()
                .filter_map(|at| Some((kernels.get(at)?.numbers(), at)))
                .min()
        };
        columns.sort_by_key(|(_, set)| oldest(set));
        let works = |verdict: &Verdict| *verdict == Verdict::Works;
        let rows = matrix.programs.iter().enumerate().map(|(at, program)| Row {
            index: at,
            name: &program.name,
            section: &program.section,
            cells: columns
                .iter()
                .map(|(verdicts, _)| verdicts[at].unwrap_or(Verdict::Unknown))
                .collect(),
        });
        let (others, rows): (Vec<Row<'_>>, Vec<Row<'_>>) =
            rows.partition(|row| row.cells.iter().all(works));
        Self {
            rows,
            others: others.len(),
            columns: columns
                .into_iter()
                .map(|(_, set)| Column {
                    title: phrase(kernels, &matrix.kernels, &set),
                    kernels: set,
                })
                .collect(),
        }
    }
}

/// Every verdict, the best first.
pub(super) const VERDICTS: [Verdict; 6] = [
    Verdict::Works,
    Verdict::Unknown,
    Verdict::Depends,
    Verdict::WrongValue,
    Verdict::NotAttached,
    Verdict::Refused,
];

/// The sign of a verdict, and the words for the legend.
pub(super) fn sign(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Works => ("✓", "works"),
        Verdict::Unknown => ("?", "not known"),
        Verdict::Depends => ("~", "refused if a variable is set"),
        Verdict::WrongValue => ("!", "wrong values"),
        Verdict::NotAttached => ("○", "cannot be attached"),
        Verdict::Refused => ("✗", "refused"),
    }
}

/// `34 kernels`; `2 of 34 kernels`, where only these are new; `21 kernels (13 of other architectures left
/// out)`; `no kernel (34 of other architectures left out)`.
pub(super) fn on_kernels(matrix: &Matrix) -> String {
    let all = match matrix.kernels.len() {
        0 => "no kernel".to_owned(),
        count => counted(count, "kernel"),
    };
    let all = match &matrix.new {
        Some(new) => format!("{} of {all}", new.len()),
        None => all,
    };
    match matrix.left_out.len() {
        0 => all,
        count => format!("{all} ({count} of other architectures left out)"),
    }
}

/// `1 program`, `3 programs`
pub(super) fn counted(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    }
}
