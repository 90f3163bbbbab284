//! What came of a run, for people and for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use serde::Serialize;
use setup::table;

use super::By;
use super::comparison::{Agreement, Case};
use super::outcome::End;

/// All that a run found.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    pub(crate) cases: Vec<Case>,
    /// Programs of which a guest said nothing.
    pub(crate) unheard: Vec<String>,
    /// Objects that cannot be judged, and why.
    pub(crate) unreadable: Vec<(String, String)>,
    /// Known differences that are none any more.
    pub(crate) stale: Vec<String>,
    /// Kernels that were not booted, and why.
    pub(crate) left_out: Vec<(String, String)>,
}

impl Comparison {
    /// How much of it is wrong: unknown differences, what could not be compared, and entries of the list that
    /// have no difference.
    pub(crate) fn wrong(&self) -> usize {
        let differences = self.cases.iter().filter(|case| case.is_wrong());
        differences.count() + self.unheard.len() + self.unreadable.len() + self.stale.len()
    }

    pub(crate) fn json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)?)
    }

    /// Each program with what kernels made of it, then counts and differences.
    pub(crate) fn text(&self) -> String {
        format!("{}\n{}", self.programs(), self.summary())
    }

    /// Counts and differences.
    pub(crate) fn summary(&self) -> String {
        let mut text = self.counts();
        self.differences(&mut text);
        for program in &self.unheard {
            let _ = writeln!(text, "nothing is said of {program}");
        }
        for (object, why) in &self.unreadable {
            let _ = writeln!(text, "cannot be judged: {object}: {why}");
        }
        for (kernel, why) in &self.left_out {
            let _ = writeln!(text, "left out: {kernel}: {why}");
        }
        for entry in &self.stale {
            let _ = writeln!(text, "{entry}");
        }
        text
    }

    fn programs(&self) -> String {
        let mut programs: BTreeMap<(&str, &str, &str, By), Vec<&Case>> = BTreeMap::new();
        for case in &self.cases {
            let of = &case.outcome;
            let key = (&*of.object, &*of.program, &*of.section, of.by);
            programs.entry(key).or_default().push(case);
        }
        let mut text = String::new();
        for ((object, program, section, by), cases) in programs {
            let _ = writeln!(text, "{object}: {program} ({section}) by {by}");
            let mut ends: BTreeMap<(End, &str), Vec<&str>> = BTreeMap::new();
            for case in &cases {
                let key = (case.outcome.end, &*case.outcome.why);
                ends.entry(key).or_default().push(&case.kernel);
            }
            for ((end, why), kernels) in ends {
                let _ = write!(text, "  {end}: {}", on(&kernels, cases.len()));
                let _ = match why {
                    "" => writeln!(text),
                    why => writeln!(text, ": {why}"),
                };
            }
        }
        text
    }

    /// How many predictions are right, by what kernels did and why.
    fn counts(&self) -> String {
        let mut counts: BTreeMap<&str, BTreeMap<Agreement, usize>> = BTreeMap::new();
        for case in &self.cases {
            let what = match (case.outcome.end, case.kind) {
                (End::Accepted, _) => "accepted",
                (End::Unasked, _) => "unasked",
                (End::Refused, kind) => kind.unwrap_or("refused"),
            };
            for what in [what, "all"] {
                let of = counts.entry(what).or_default();
                *of.entry(case.agreement).or_default() += 1;
            }
        }
        use Agreement::{FalseRefusal, MissedRefusal, NotCompared, Right, Unknown};
        let columns = [Right, FalseRefusal, MissedRefusal, Unknown, NotCompared];
        let head = [
            "KERNEL",
            "RIGHT",
            "FALSE REFUSAL",
            "MISSED REFUSAL",
            "UNKNOWN",
            "NOT COMPARED",
        ];
        let rows = counts.iter().map(|(what, of)| {
            let numbers = columns.map(|column| of.get(&column).unwrap_or(&0).to_string());
            [(*what).to_owned()].into_iter().chain(numbers)
        });
        table::text(head.map(str::to_owned), rows, 1)
    }

    fn differences(&self, text: &mut String) {
        type Key<'a> = (bool, Agreement, &'a str, &'a str, By, &'a str, &'a str);
        let mut differences: BTreeMap<Key<'_>, Vec<&Case>> = BTreeMap::new();
        for case in self
            .cases
            .iter()
            .filter(|case| case.agreement.is_difference())
        {
            let of = &case.outcome;
            let key = (
                case.known.is_some(),
                case.agreement,
                &*of.object,
                &*of.program,
                of.by,
                &*of.why,
                &*case.findings,
            );
            differences.entry(key).or_default().push(case);
        }
        for ((_, agreement, object, program, by, why, findings), cases) in differences {
            let kernels: Vec<&str> = cases.iter().map(|case| &*case.kernel).collect();
            let what = match agreement {
                Agreement::FalseRefusal => {
                    format!("is accepted, and predicted refused ({findings})")
                }
                _ => format!("is refused ({why}), and predicted accepted"),
            };
            let known = cases[0].known.as_ref();
            let known = known.map_or_else(String::new, |reason| format!("; known: {reason}"));
            let _ = writeln!(
                text,
                "difference: {object}: {program} by {by} {what}: {}{known}",
                kernels.join(" ")
            );
        }
    }
}

fn on(kernels: &[&str], all: usize) -> String {
    match kernels.len() {
        1 => kernels[0].to_owned(),
        count if count == all => format!("all {count} kernels"),
        _ => kernels.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::super::comparison::tests::case;
    use super::*;

    #[test]
    fn differences_are_counted_and_told() {
        let mut known = case("p", Agreement::MissedRefusal);
        known.known = Some("why not".to_owned());
        let comparison = Comparison {
            cases: vec![
                case("o", Agreement::Right),
                known,
                case("q", Agreement::MissedRefusal),
            ],
            unheard: vec!["6.1.1-1-amd64-cloud: o: lost by aya".to_owned()],
            unreadable: vec![("p".to_owned(), "no BTF".to_owned())],
            stale: Vec::new(),
            left_out: vec![("7.3.4-1-amd64-rt".to_owned(), "gone".to_owned())],
        };
        assert_eq!(comparison.wrong(), 3);
        let text = comparison.text();
        for line in [
            "o: p (kprobe/f) by libbpf\n  refused: 6.1.1-1-amd64-cloud: unknown func bpf_x#1\n",
            "KERNEL  RIGHT  FALSE REFUSAL  MISSED REFUSAL  UNKNOWN  NOT COMPARED\n",
            "difference: o: q by libbpf is refused (unknown func bpf_x#1), and predicted accepted: \
             6.1.1-1-amd64-cloud\n",
            "6.1.1-1-amd64-cloud; known: why not\n",
            "nothing is said of 6.1.1-1-amd64-cloud: o: lost by aya\n",
            "cannot be judged: p: no BTF\n",
            "left out: 7.3.4-1-amd64-rt: gone\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        let helper = text
            .lines()
            .find(|line| line.starts_with("helper"))
            .unwrap();
        let numbers: Vec<&str> = helper.split_whitespace().collect();
        assert_eq!(numbers, ["helper", "1", "0", "2", "0", "0"]);
        assert!(
            comparison
                .json()
                .unwrap()
                .contains("\"agreement\": \"missed-refusal\"")
        );
    }
}
