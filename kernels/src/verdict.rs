//! What a loader's run says of its example.

use example_loader::tap::{Check, Document};

use crate::transcript::Run;

/// An example on a kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// What was checked holds. The loader may not say how many checks that were.
    Passed {
        checks: Option<usize>,
    },
    /// The kernel lacks what all of the example needs.
    Skipped,
    Failed,
    /// The guest had ended before.
    NotRun,
}

/// A verdict with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub(crate) verdict: Verdict,
    /// What the loader left out, and why.
    pub(crate) skipped: Vec<String>,
    pub(crate) failures: Vec<String>,
}

impl Judgement {
    pub(crate) fn of(run: Option<&Run>) -> Self {
        let Some(run) = run else {
            return Self {
                verdict: Verdict::NotRun,
                skipped: Vec::new(),
                failures: Vec::new(),
            };
        };
        let tap = Document::parse(&run.output);
        let mut failures = tap.as_ref().map(broken).unwrap_or_default();
        if !run.succeeded() {
            failures.push(
                run.end
                    .clone()
                    .unwrap_or_else(|| "it did not end".to_owned()),
            );
        }
        let skipped = tap.as_ref().map(left_out).unwrap_or_default();
        let passed = tap.map(|tap| {
            let held = |check: &&Check| check.passed && check.skipped.is_none();
            tap.checks.iter().filter(held).count()
        });
        let verdict = match passed {
            _ if !failures.is_empty() => Verdict::Failed,
            Some(0) if !skipped.is_empty() => Verdict::Skipped,
            checks => Verdict::Passed { checks },
        };
        Self {
            verdict,
            skipped,
            failures,
        }
    }
}

fn broken(tap: &Document) -> Vec<String> {
    let failed = tap.checks.iter().filter(|check| !check.passed);
    let mut failures: Vec<String> = failed.map(|check| check.what.clone()).collect();
    match tap.plan {
        Some(plan) if plan == tap.checks.len() => {}
        Some(plan) => failures.push(format!("{} of {plan} checks were made", tap.checks.len())),
        None => failures.push("how many checks there are was not said".to_owned()),
    }
    failures
}

fn left_out(tap: &Document) -> Vec<String> {
    let checks = tap.checks.iter();
    let some =
        checks.filter_map(|check| Some(format!("{}: {}", check.what, check.skipped.as_ref()?)));
    tap.skipped.iter().cloned().chain(some).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(output: &str, end: &str) -> Judgement {
        Judgement::of(Some(&Run {
            example: "x".to_owned(),
            output: output.lines().map(str::to_owned).collect(),
            end: (!end.is_empty()).then(|| end.to_owned()),
        }))
    }

    const GOOD: &str = "exit status: 0";
    const BAD: &str = "exit status: 1";

    #[test]
    fn what_the_kernel_lacks_is_no_failure() {
        let judgement = judge(
            "1..2\nok 1 - pid\nok 2 - fentry # SKIP no trampolines\n",
            GOOD,
        );
        assert_eq!(judgement.verdict, Verdict::Passed { checks: Some(1) });
        assert_eq!(judgement.skipped, ["fentry: no trampolines"]);
        assert_eq!(
            judge("1..0 # SKIP no disk\n", GOOD).verdict,
            Verdict::Skipped
        );
        assert_eq!(
            judge("1..1\nok 1 - a # SKIP b\n", GOOD).verdict,
            Verdict::Skipped
        );
    }

    #[test]
    fn a_failure_is_told_with_its_reasons() {
        let failures = |output, end| {
            let judgement = judge(output, end);
            assert_eq!(judgement.verdict, Verdict::Failed);
            judgement.failures
        };
        assert_eq!(failures("1..1\nnot ok 1 - pid\n", BAD), ["pid", BAD]);
        // A loader that reports a failure and ends well is not believed, nor the reverse.
        assert_eq!(failures("1..1\nnot ok 1 - pid\n", GOOD), ["pid"]);
        assert_eq!(failures("1..1\nok 1 - pid\n", BAD), [BAD]);
        assert_eq!(
            failures("1..2\nok 1 - pid\n", GOOD),
            ["1 of 2 checks were made"]
        );
        assert_eq!(failures("1..1\nok 1 - pid\n", ""), ["it did not end"]);
    }

    #[test]
    fn prose_counts_by_its_exit() {
        assert_eq!(
            judge("PID COMM\n", GOOD).verdict,
            Verdict::Passed { checks: None }
        );
        assert_eq!(judge("PID COMM\n", BAD).verdict, Verdict::Failed);
        assert_eq!(Judgement::of(None).verdict, Verdict::NotRun);
    }
}
