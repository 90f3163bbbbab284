//! The result for people: one table, what failed, what was left out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use setup::table;

use crate::verdict::{Failure, Judgement, Verdict};

/// As many lines of what a guest said of a failure are shown from the start, and from the end, where
/// verifiers say why.
const FIRST: usize = 8;
const LAST: usize = 24;

const LEGEND: &str = "\
ok N    N checks hold against /proc and system calls (no N: all that the loader makes)
+M      M were left out, as listed below: the kernel lacks what they need
left out  all were
FAILED  as listed below
-       did not run: the guest had ended
";

/// What came of all kernels.
#[derive(Debug, Default)]
pub(crate) struct Report {
    examples: Vec<String>,
    rows: Vec<Row>,
    failures: Vec<Failure>,
    /// What was left out, and where.
    skipped: BTreeMap<String, Vec<String>>,
}

#[derive(Debug)]
struct Row {
    kernel: String,
    cells: Vec<String>,
    seconds: f64,
}

/// A guest that came up, or did not.
#[derive(Debug)]
pub(crate) struct Guest {
    pub(crate) kernel: String,
    /// For each example.
    pub(crate) judgements: Vec<Judgement>,
    pub(crate) seconds: f64,
    /// What ended it before its time.
    pub(crate) obstacle: Option<Failure>,
}

impl Report {
    pub(crate) fn new(examples: &[String]) -> Self {
        Self {
            examples: examples.to_vec(),
            ..Self::default()
        }
    }

    /// A kernel that is not in the table, and why.
    pub(crate) fn leave_out(&mut self, kernel: &str, why: &str) {
        self.skip(why, kernel);
    }

    pub(crate) fn add(&mut self, guest: Guest) {
        let Guest { kernel, .. } = &guest;
        if let Some(obstacle) = &guest.obstacle {
            self.fail(kernel, obstacle);
        }
        for (example, judgement) in self.examples.clone().iter().zip(&guest.judgements) {
            for failure in &judgement.failures {
                self.fail(&format!("{kernel}: {example}"), failure);
            }
            for skipped in &judgement.skipped {
                self.skip(&format!("{example}: {skipped}"), kernel);
            }
        }
        self.rows.push(Row {
            cells: guest.judgements.iter().map(cell).collect(),
            seconds: guest.seconds,
            kernel: guest.kernel,
        });
    }

    fn fail(&mut self, whose: &str, failure: &Failure) {
        self.failures.push(Failure {
            what: format!("{whose}: {}", failure.what),
            said: failure.said.clone(),
        });
    }

    fn skip(&mut self, what: &str, kernel: &str) {
        let kernels = self.skipped.entry(what.to_owned()).or_default();
        kernels.push(kernel.to_owned());
    }

    pub(crate) fn booted(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn failures(&self) -> usize {
        self.failures.len()
    }

    /// Table, legend and lists, each line with its end.
    pub(crate) fn text(&self) -> String {
        let mut text = self.table();
        text += "\n";
        text += LEGEND;
        if !self.failures.is_empty() {
            text += "\nfailed:\n";
            for failure in &self.failures {
                let _ = writeln!(text, "  {}", failure.what);
                for line in shortened(&failure.said) {
                    let _ = writeln!(text, "    | {line}");
                }
            }
        }
        if !self.skipped.is_empty() {
            text += "\nleft out:\n";
            for (what, kernels) in &self.skipped {
                let _ = writeln!(text, "  {what}\n    {}", kernels.join(" "));
            }
        }
        text
    }

    fn table(&self) -> String {
        let examples = self.examples.iter().map(|example| example.to_uppercase());
        let head = ["KERNEL".to_owned()].into_iter().chain(examples);
        let rows = self.rows.iter().map(|row| {
            let cells = [&row.kernel].into_iter().chain(&row.cells).cloned();
            cells.chain([format!("{:.1}", row.seconds)])
        });
        let head = head.chain(["SECONDS".to_owned()]);
        table::text(head, rows, self.examples.len() + 1)
    }
}

/// The lines without the middle of many.
fn shortened(lines: &[String]) -> Vec<String> {
    if lines.len() <= FIRST + LAST + 1 {
        return lines.to_vec();
    }
    let left_out = lines.len() - FIRST - LAST;
    let (first, rest) = lines.split_at(FIRST);
    let middle = [format!("({left_out} lines are left out here)")];
    [first, &middle, &rest[left_out..]].concat()
}

fn cell(judgement: &Judgement) -> String {
    let left_out = match judgement.skipped.len() {
        0 => String::new(),
        count => format!(" +{count}"),
    };
    match judgement.verdict {
        Verdict::Passed { checks: None } => "ok".to_owned(),
        Verdict::Passed {
            checks: Some(checks),
        } => format!("ok {checks}{left_out}"),
        Verdict::Skipped => "left out".to_owned(),
        Verdict::Failed => "FAILED".to_owned(),
        Verdict::NotRun => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(what: &str) -> Failure {
        Failure {
            what: what.to_owned(),
            said: vec![format!("# why of {what}")],
        }
    }

    #[test]
    fn the_table_has_kernels_down_and_examples_across() {
        let judgement = |verdict, skipped: &[&str], failures: &[&str]| Judgement {
            verdict,
            skipped: skipped.iter().map(|&text| text.to_owned()).collect(),
            failures: failures.iter().map(|&text| failure(text)).collect(),
        };
        let mut report = Report::new(&["execsnoop".to_owned(), "lineage".to_owned()]);
        report.add(Guest {
            kernel: "5.10.223-1-arm64-cloud".to_owned(),
            judgements: vec![
                judgement(Verdict::Passed { checks: Some(4) }, &["fentry: none"], &[]),
                judgement(Verdict::Passed { checks: None }, &[], &[]),
            ],
            seconds: 7.04,
            obstacle: None,
        });
        report.add(Guest {
            kernel: "6.1.176-1-amd64-rt".to_owned(),
            judgements: vec![
                judgement(Verdict::Failed, &["fentry: none"], &["pid"]),
                judgement(Verdict::NotRun, &[], &[]),
            ],
            seconds: 12.0,
            obstacle: Some(failure("it panicked: Oops")),
        });
        report.leave_out("7.3.4-1-amd64-cloud", "the mirror has it no more");
        let expected = format!(
            "KERNEL                  EXECSNOOP  LINEAGE  SECONDS\n\
             5.10.223-1-arm64-cloud  ok 4 +1    ok           7.0\n\
             6.1.176-1-amd64-rt      FAILED     -           12.0\n\
             \n{LEGEND}\n\
             failed:\n  \
               6.1.176-1-amd64-rt: it panicked: Oops\n    | # why of it panicked: Oops\n  \
               6.1.176-1-amd64-rt: execsnoop: pid\n    | # why of pid\n\
             \nleft out:\n  \
               execsnoop: fentry: none\n    5.10.223-1-arm64-cloud 6.1.176-1-amd64-rt\n  \
               the mirror has it no more\n    7.3.4-1-amd64-cloud\n"
        );
        assert_eq!(report.text(), expected);
        assert_eq!((report.booted(), report.failures()), (2, 2));
    }

    #[test]
    fn many_lines_lose_their_middle() {
        let lines: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        assert_eq!(
            shortened(&lines[..FIRST + LAST + 1]).len(),
            FIRST + LAST + 1
        );
        let short = shortened(&lines);
        assert_eq!(short.len(), FIRST + LAST + 1);
        assert_eq!(
            short[FIRST - 1..=FIRST + 1],
            ["7", "(68 lines are left out here)", "76"]
        );
        assert_eq!(short.last(), lines.last());
    }
}
