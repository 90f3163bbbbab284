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
    pub(crate) failures: Vec<Failure>,
}

/// What failed, and what the guest said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) what: String,
    pub(crate) said: Vec<String>,
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
            let end = run.end.clone();
            failures.push(Failure {
                what: end.unwrap_or_else(|| "it did not end".to_owned()),
                // What it said of its checks stands with them.
                said: tap.as_ref().map_or(&run.output, |tap| &tap.said).clone(),
            });
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

fn broken(tap: &Document) -> Vec<Failure> {
    let failed = tap.checks.iter().filter(|check| !check.passed);
    let failed = failed.map(|check| Failure {
        what: check.what.clone(),
        said: check.said.clone(),
    });
    let plan = match tap.plan {
        Some(plan) if plan == tap.checks.len() => None,
        Some(plan) => Some(format!("{} of {plan} checks were made", tap.checks.len())),
        None => Some("how many checks there are was not said".to_owned()),
    };
    let plan = plan.map(|what| Failure {
        what,
        said: Vec::new(),
    });
    failed.chain(plan).collect()
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
            let failures = judgement.failures.into_iter();
            failures.map(|failure| failure.what).collect::<Vec<_>>()
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
    fn a_failure_has_what_was_said_of_it() {
        let said = |output, end| {
            let failures = judge(output, end).failures.into_iter();
            failures.map(|failure| failure.said).collect::<Vec<_>>()
        };
        let output = "1..2\n# good\nok 1 - comm\n# R1 invalid\nnot ok 2 - pid\nx: error: lost\n";
        assert_eq!(
            said(output, BAD),
            [
                vec!["# R1 invalid".to_owned()],
                vec!["x: error: lost".to_owned()]
            ]
        );
        assert_eq!(said("x: error: no BTF\n", BAD), [["x: error: no BTF"]]);
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
