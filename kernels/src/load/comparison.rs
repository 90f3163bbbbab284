//! Predictions beside what kernels did: where they differ, and which differences are known.

use std::collections::BTreeMap;

use bpf_core_portability::Verdict;
use serde::Serialize;

use super::outcome::{End, Outcome, kind};
use super::prediction::{Prediction, Predictions};

/// A program on a kernel, as predicted and as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Case {
    pub(crate) kernel: String,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
    /// The kind of the reason, of a refusal.
    pub(crate) kind: Option<&'static str>,
    /// None if the object is not for this kernel, or cannot be judged.
    pub(crate) predicted: Option<Verdict>,
    /// The findings behind the prediction.
    pub(crate) findings: String,
    pub(crate) agreement: Agreement,
    /// Why a difference is known.
    pub(crate) known: Option<String>,
}

/// Whether a prediction is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Agreement {
    Right,
    /// It was predicted that this cannot be known.
    Unknown,
    /// Nothing was predicted, or the kernel was not asked.
    NotCompared,
    /// Refused by the prediction, accepted by the kernel.
    FalseRefusal,
    /// Accepted by the prediction, refused by the kernel.
    MissedRefusal,
}

impl Agreement {
    fn of(predicted: Option<Verdict>, end: End) -> Self {
        match (predicted, end) {
            (None, _) | (_, End::Unasked) => Self::NotCompared,
            (Some(Verdict::Unknown), _) => Self::Unknown,
            (Some(Verdict::Refused), End::Accepted) => Self::FalseRefusal,
            (Some(Verdict::Refused), End::Refused) | (_, End::Accepted) => Self::Right,
            (_, End::Refused) => Self::MissedRefusal,
        }
    }

    pub(crate) fn is_difference(self) -> bool {
        matches!(self, Self::FalseRefusal | Self::MissedRefusal)
    }
}

impl Case {
    fn new(kernel: &str, outcome: Outcome, prediction: Option<&Prediction>) -> Self {
        let predicted = prediction.map(|one| one.verdict);
        let is_refused = outcome.end == End::Refused;
        Self {
            kernel: kernel.to_owned(),
            kind: is_refused.then(|| kind(&outcome.why)),
            predicted,
            findings: prediction.map(|one| one.why.clone()).unwrap_or_default(),
            agreement: Agreement::of(predicted, outcome.end),
            known: None,
            outcome,
        }
    }

    /// Whether it is a difference that nobody has explained.
    pub(crate) fn is_wrong(&self) -> bool {
        self.agreement.is_difference() && self.known.is_none()
    }
}

/// Compares all that kernels did with what was expected. Gives the programs too that were expected and of which
/// nothing was said, a text for each.
pub(crate) fn compare(
    outcomes: &BTreeMap<String, Vec<Outcome>>,
    predictions: &Predictions,
) -> (Vec<Case>, Vec<String>) {
    let mut cases = Vec::new();
    let mut unheard = Vec::new();
    for (kernel, outcomes) in outcomes {
        let mut expected = predictions.on(kernel);
        for outcome in outcomes {
            let of = (outcome.by, &*outcome.object);
            if !outcome.program.is_empty() {
                let prediction = expected.get_mut(&of);
                let prediction = prediction.and_then(|of| of.remove(&*outcome.program));
                cases.push(Case::new(kernel, outcome.clone(), prediction));
                continue;
            }
            // The loader could not open it: all its programs are refused.
            for (program, prediction) in expected.remove(&of).unwrap_or_default() {
                let outcome = Outcome {
                    program: program.to_owned(),
                    ..outcome.clone()
                };
                cases.push(Case::new(kernel, outcome, Some(prediction)));
            }
        }
        for ((by, object), programs) in expected {
            let programs = programs.into_keys();
            unheard
                .extend(programs.map(|program| format!("{kernel}: {object}: {program} by {by}")));
        }
    }
    (cases, unheard)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::By;
    use super::*;

    pub(crate) fn case(program: &str, agreement: Agreement) -> Case {
        let outcome = Outcome {
            by: By::Libbpf,
            object: "o".to_owned(),
            program: program.to_owned(),
            section: "kprobe/f".to_owned(),
            end: End::Refused,
            why: "unknown func bpf_x#1".to_owned(),
        };
        let mut case = Case::new("6.1.1-1-amd64-cloud", outcome, None);
        case.agreement = agreement;
        case
    }

    #[test]
    fn a_prediction_is_right_or_wrong() {
        use Agreement::{FalseRefusal, MissedRefusal, NotCompared, Right, Unknown};
        for (predicted, end, expected) in [
            (Some(Verdict::Works), End::Accepted, Right),
            (Some(Verdict::Depends), End::Accepted, Right),
            (Some(Verdict::NotAttached), End::Accepted, Right),
            (Some(Verdict::Refused), End::Refused, Right),
            (Some(Verdict::Refused), End::Accepted, FalseRefusal),
            (Some(Verdict::WrongValue), End::Refused, MissedRefusal),
            (Some(Verdict::Unknown), End::Refused, Unknown),
            (Some(Verdict::Refused), End::Unasked, NotCompared),
            (None, End::Refused, NotCompared),
        ] {
            assert_eq!(
                Agreement::of(predicted, end),
                expected,
                "{predicted:?} {end}"
            );
        }
    }

    #[test]
    fn an_object_that_is_not_opened_is_refused_whole() {
        let outcome = Outcome {
            program: String::new(),
            ..case("", Agreement::Right).outcome
        };
        let outcomes = BTreeMap::from([("k".to_owned(), vec![outcome])]);
        let mut predictions = Predictions::default();
        for (program, verdict) in [("a", Verdict::Works), ("b", Verdict::Refused)] {
            predictions.expect("k", "o", program, verdict);
        }
        let (cases, unheard) = compare(&outcomes, &predictions);
        let agreements: Vec<_> = cases.iter().map(|case| case.agreement).collect();
        assert_eq!(agreements, [Agreement::MissedRefusal, Agreement::Right]);
        assert!(unheard.is_empty(), "{unheard:?}");
    }

    #[test]
    fn a_program_that_a_loader_passes_over_is_told() {
        let outcomes =
            BTreeMap::from([("k".to_owned(), vec![case("a", Agreement::Right).outcome])]);
        let mut predictions = Predictions::default();
        for (object, program) in [("o", "a"), ("o", "b"), ("p", "a")] {
            predictions.expect("k", object, program, Verdict::Works);
        }
        let (cases, unheard) = compare(&outcomes, &predictions);
        assert_eq!(cases.len(), 1);
        assert_eq!(unheard, ["k: o: b by libbpf", "k: p: a by libbpf"]);
    }
}
