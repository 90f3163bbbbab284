//! Decides which findings are shown and how much each matters: the only place where findings,
//! levels and comments that allow meet.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bpf_core_catalogue::{Kernel, KernelSet};

use super::levels::Levels;
use super::on_kernels;
use super::since::Since;
use super::suppressions::Suppressions;
use crate::check::Outcome;
use crate::front::InPart;
use crate::front::object::Matrix;
use crate::input::Owner;
use crate::known::Known;
use crate::rules::{self, Finding, Level};
use crate::span::Source;

/// What was found in a unit, and whose it is.
#[derive(Debug)]
pub struct Found {
    /// The package.
    pub owner: Arc<Owner>,
    /// The levels that its settings give.
    pub levels: Arc<Levels>,
    /// Whether it is a C file.
    pub is_source: bool,
    /// What was found.
    pub outcome: Outcome,
}

/// A finding that is shown.
#[derive(Clone, Debug)]
pub struct Report {
    /// What is wrong.
    pub finding: Finding,
    /// How much it matters. Not `Allow`.
    pub level: Level,
    /// Whose it is.
    pub owner: Arc<Owner>,
}

/// All that is shown of a run.
#[derive(Debug, Default)]
pub struct Results {
    /// The findings, in the order in which they are shown.
    pub reports: Vec<Report>,
    /// The objects that were judged on kernels.
    pub matrices: Vec<Matrix>,
    /// The kernels, by their numbers.
    pub kernels: Vec<Kernel>,
    /// What they have, if objects were judged.
    pub known: Option<Arc<Known<'static>>>,
    /// How many C files were read.
    pub sources: usize,
    /// Those of them that were understood in part.
    pub in_part: Vec<InPart>,
}

/// Drops what is allowed and what is not new, adds suppressions without effect, and sorts.
#[must_use]
pub fn judge(all: Vec<Found>, known: Option<Arc<Known<'static>>>, since: Option<Since>) -> Results {
    let kernels = known.as_ref().map_or(&[][..], |known| known.kernels());
    let in_sources = in_sources(&all);
    let mut matrices: Vec<Matrix> = Vec::new();
    let mut suppressions = Suppressions::default();
    let mut findings = Vec::new();
    let sources = all.iter().filter(|found| found.is_source).count();
    let mut in_part: Vec<InPart> = Vec::new();
    for found in all {
        let (owner, levels) = (found.owner, found.levels);
        suppressions.add(found.outcome.suppressions, &owner, &levels);
        matrices.extend(found.outcome.matrix);
        let is_whole = found.outcome.in_part.is_none();
        in_part.extend(found.outcome.in_part);
        for finding in found.outcome.findings {
            if !found.outcome.compiled || !in_sources.contains(&place(&finding)) {
                findings.push((finding, Arc::clone(&owner), Arc::clone(&levels), is_whole));
            }
        }
    }
    suppressions.settle();

    let mut reports = Vec::new();
    for (finding, owner, levels, is_whole) in findings {
        let Some(rule) = rules::find(finding.rule) else {
            continue;
        };
        let level = match levels.of(rule) {
            // What is not understood may be what makes it right.
            Level::Deny if !is_whole => Level::Warn,
            level => level,
        };
        let allowed = suppressions.allows(&finding);
        if level != Level::Allow && (level == Level::Forbid || !allowed) {
            reports.push(Report {
                finding,
                level,
                owner,
            });
        }
    }
    reports.extend(suppressions.unused());
    reports.sort_by(|a, b| key(a).cmp(&key(b)));
    reports.dedup_by(|a, b| key(a) == key(b));
    let judged = matrices
        .iter()
        .map(|one| (Arc::clone(&one.object), one.kernels.clone()));
    let judged: HashMap<Arc<str>, KernelSet> = judged.collect();
    if let Some(mut since) = since {
        reports.retain_mut(|report| since.keep(&mut report.finding, kernels));
        matrices.retain_mut(|matrix| since.keep_kernels(matrix, kernels));
    }
    for report in &mut reports {
        on_kernels::describe(&mut report.finding, kernels, &judged);
    }
    Results {
        reports,
        matrices,
        kernels: kernels.to_vec(),
        known,
        sources,
        in_part,
    }
}

/// What rules find in sources. They find it in the program that is made of the sources too, where
/// it would be said a second time.
fn in_sources(all: &[Found]) -> HashSet<(&'static str, Arc<str>)> {
    let sources = all.iter().filter(|found| !found.outcome.compiled);
    sources
        .flat_map(|found| &found.outcome.findings)
        .map(place)
        .collect()
}

fn place(finding: &Finding) -> (&'static str, Arc<str>) {
    (finding.rule, finding.primary.span.source.path().into())
}

/// What tells reports apart, and their order. Offsets count in the text that is shown, so two lines of one
/// wording that are not at hand have the same ones: their numbers come first.
fn key(report: &Report) -> impl Ord + '_ {
    let finding = &report.finding;
    let span = &finding.primary.span;
    let (line, text) = match &span.source {
        Source::File(_) => (None, ""),
        Source::Rendered {
            first_line, text, ..
        } => (*first_line, &**text),
    };
    (
        span.source.path(),
        line,
        span.start,
        span.end,
        finding.rule,
        &*finding.message,
        text,
        finding.on.as_ref().map(|on| (&on.object, &on.programs)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::hardcoded_offset;
    use crate::span::Span;

    /// A line of a program whose source is not at hand, as an object tells it.
    fn finding(line: u32, text: &str) -> Finding {
        let span = Span::rendered(&"/src/prog.c".into(), Some(line), text);
        Finding::new(hardcoded_offset::RULE.name, span, "constant offset 8")
    }

    fn shown(findings: Vec<Finding>) -> Vec<Option<u32>> {
        let found = |finding| Found {
            owner: Arc::default(),
            levels: Arc::default(),
            is_source: false,
            outcome: Outcome {
                findings: vec![finding],
                compiled: true,
                ..Outcome::default()
            },
        };
        let line = |report: Report| match report.finding.primary.span.source {
            Source::Rendered { first_line, .. } => first_line,
            Source::File(_) => None,
        };
        let results = judge(findings.into_iter().map(found).collect(), None, None);
        results.reports.into_iter().map(line).collect()
    }

    #[test]
    fn lines_of_one_wording_are_two() {
        let text = "pid = read(task + 8);";
        let lines = shown(vec![finding(90, text), finding(7, text)]);
        assert_eq!(lines, [Some(7), Some(90)]);
    }

    #[test]
    fn a_line_in_two_objects_is_one() {
        let text = "pid = read(task + 8);";
        assert_eq!(shown(vec![finding(7, text), finding(7, text)]), [Some(7)]);
    }

    #[test]
    fn instructions_without_lines_are_told_apart() {
        let at = |text| {
            let span = Span::rendered(&"/prog.o".into(), None, text);
            Finding::new(hardcoded_offset::RULE.name, span, "constant offset 8")
        };
        // As long as each other.
        let reports = shown(vec![at("kprobe/a+0x10"), at("kprobe/a+0x18")]);
        assert_eq!(reports.len(), 2);
    }
}
