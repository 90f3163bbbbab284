//! Decides which findings are shown and how much each matters: the only place where findings,
//! levels and comments that allow meet.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use bpf_core_catalogue::{Kernel, KernelSet};
use bpf_core_portability::Effect;

use super::levels::Levels;
use super::on_kernels;
use super::since::Since;
use super::suppressions::Suppressions;
use crate::check::Outcome;
use crate::front::InPart;
use crate::front::object::Matrix;
use crate::input::Owner;
use crate::known::Known;
use crate::rules::finding::On;
use crate::rules::{self, Finding, Level};
use crate::span::Source;

/// What was found in a unit, and whose it is.
#[derive(Debug)]
pub(crate) struct Found {
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
pub(crate) struct Report {
    /// What is wrong.
    pub finding: Finding,
    /// How much it matters. Not `Allow`.
    pub level: Level,
    /// Whose it is.
    pub owner: Arc<Owner>,
    /// The same in other objects of the source, as builds for several architectures have it.
    pub elsewhere: Vec<On>,
}

impl Report {
    fn new((finding, level, owner): (Finding, Level, Arc<Owner>)) -> Self {
        Self {
            finding,
            level,
            owner,
            elsewhere: Vec::new(),
        }
    }

    /// What it says about an object.
    #[must_use]
    pub(crate) fn on(&self, object: &str) -> Option<&On> {
        let all = self.finding.on.iter().chain(&self.elsewhere);
        all.into_iter().find(|on| *on.object == *object)
    }
}

/// All that is shown of a run.
#[derive(Debug, Default)]
pub(crate) struct Results {
    /// The findings, in the order in which they are shown.
    pub reports: Vec<Report>,
    /// The objects that were judged on kernels.
    pub matrices: Vec<Matrix>,
    /// The kernels, by their numbers.
    pub kernels: Arc<[Kernel]>,
    /// What they have, if objects were judged.
    pub known: Option<Arc<Known<'static>>>,
    /// How many C files were read.
    pub sources: usize,
    /// Those of them that were understood in part.
    pub in_part: Vec<InPart>,
}

/// Drops what is allowed and what is not new, adds suppressions without effect, and sorts.
#[must_use]
pub(crate) fn judge(
    all: Vec<Found>,
    known: Option<Arc<Known<'static>>>,
    since: Option<Since>,
) -> Results {
    let none = Arc::from([]);
    let kernels = known.as_ref().map_or(&none, |known| known.kernels());
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
            if !found.outcome.compiled || !repeats(&finding, &in_sources) {
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
            // A program that loads is not denied: its loader may do without it.
            Level::Deny if may_load(&finding) && !levels.is_set(rule) => Level::Warn,
            level => level,
        };
        let allowed = suppressions.allows(&finding);
        if level != Level::Allow && (level == Level::Forbid || !allowed) {
            reports.push(Report::new((finding, level, owner)));
        }
    }
    reports.extend(suppressions.unused().map(Report::new));
    reports.sort_by(|a, b| key(a).cmp(&key(b)));
    reports.dedup_by(|a, b| key(a) == key(b));
    reports.dedup_by(|a, b| {
        let is_same = is_same_offset(&a.finding, &b.finding);
        b.level = if is_same {
            a.level.max(b.level)
        } else {
            b.level
        };
        is_same
    });
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
        reports: folded(reports),
        matrices,
        kernels: Arc::clone(kernels),
        known,
        sources,
        in_part,
    }
}

/// One report for what several objects have alike at one line.
fn folded(reports: Vec<Report>) -> Vec<Report> {
    let mut kept: Vec<Report> = Vec::new();
    for mut report in reports {
        let same_place = kept.iter_mut().rev();
        let mut same_place = same_place.take_while(|other| place_of(other) == place_of(&report));
        let twin = same_place.find(|other| is_twin(other, &report));
        match (twin, report.finding.on.take()) {
            (Some(twin), Some(on)) => twin.elsewhere.push(on),
            (_, on) => {
                report.finding.on = on;
                kept.push(report);
            }
        }
    }
    for report in &mut kept {
        report.finding.notes.extend(elsewhere(&report.elsewhere));
    }
    kept
}

/// Whether both say the same, of two objects.
fn is_twin(one: &Report, other: &Report) -> bool {
    match (&one.finding.on, &other.finding.on) {
        (Some(on), Some(of_other)) => {
            let (of, object) = (&on.programs, &*of_other.object);
            *of == of_other.programs && one.level == other.level && one.on(object).is_none()
        }
        _ => false,
    }
}

/// `the same in ...`
fn elsewhere(objects: &[On]) -> Option<String> {
    let name = |on: &On| {
        let name = Path::new(&*on.object).file_name().unwrap_or_default();
        format!("`{}`", name.display())
    };
    match objects {
        [] => None,
        [one] => Some(format!("the same in {}", name(one))),
        [one, other] => Some(format!("the same in {} and {}", name(one), name(other))),
        [one, more @ ..] => Some(format!(
            "the same in {} and {} more objects",
            name(one),
            more.len()
        )),
    }
}

/// What rules find in sources, by rule and path. They find it in the program that is made of the sources too, where it
/// would be said a second time.
type InSources = HashMap<&'static str, HashMap<Arc<str>, Vec<String>>>;

fn in_sources(all: &[Found]) -> InSources {
    let mut found = InSources::default();
    let sources = all.iter().filter(|found| !found.outcome.compiled);
    for finding in sources.flat_map(|found| &found.outcome.findings) {
        let of_rule = found.entry(finding.rule).or_default();
        let path = finding.primary.span.source.path().into();
        of_rule
            .entry(path)
            .or_default()
            .push(finding.message.clone());
    }
    found
}

/// Whether a finding in a program is one of its sources. An object that was made elsewhere names them by the path that
/// they had there: `./../../bpf/program.c`.
fn repeats(finding: &Finding, in_sources: &InSources) -> bool {
    let path = finding.primary.span.source.path();
    let inside = Path::new(path).components();
    let inside = inside.skip_while(|part| !matches!(part, Component::Normal(_)));
    let inside: PathBuf = inside.collect();
    let is_moved = Path::new(path).is_relative() && inside.components().count() > 1;
    let is_it = |source: &str| source == path || is_moved && Path::new(source).ends_with(&inside);
    let messages = |rule: &str| {
        let of_rule = in_sources.get(rule).into_iter().flatten();
        let here = of_rule.filter(|(source, _)| is_it(source));
        here.flat_map(|(_, messages)| messages)
    };
    let subject = finding
        .on
        .as_ref()
        .and_then(|on| on.subject.rsplit(' ').next());
    let is_of_source = |rule: &str| {
        let name = subject.map(|name| format!("`{name}`"));
        name.is_some_and(|name| messages(rule).any(|text| text.contains(&name)))
    };
    // `struct mm_struct.rss_stat.count` is `rss_stat.count` of `mm_struct`.
    let is_field_of_source = || {
        let field = subject.and_then(|subject| subject.split_once('.'));
        field.is_some_and(|(record, path)| {
            let name = format!("`{path}` of `{record}`");
            messages("unguarded-field").any(|text| text.contains(&name))
        })
    };
    messages(finding.rule).next().is_some()
        || finding.rule == "absent-hook" && is_of_source("unguarded-hook")
        || finding.rule == "absent-field" && is_field_of_source()
        || finding.rule == "hardcoded-offset" && messages("frozen-binding").next().is_some()
}

/// Whether two findings are about one constant in one place of a header: each file that includes it tells another origin
/// of the pointer.
fn is_same_offset(one: &Finding, other: &Finding) -> bool {
    let constant = |finding: &Finding| {
        let constant = finding.message.split_once(" from ");
        constant.map(|(constant, _)| constant.to_owned())
    };
    one.rule == "hardcoded-offset"
        && one.rule == other.rule
        && one.on.is_none()
        && matches!(one.primary.span.source, Source::File(_))
        && one.primary.span == other.primary.span
        && constant(one) == constant(other)
}

/// Whether programs of an object load on all kernels, and are only not attached on some, or no loader is named and
/// another one takes them.
fn may_load(finding: &Finding) -> bool {
    let mut cases = finding.on.iter().flat_map(|on| &on.cases).peekable();
    let may_load = |effect: &Effect| matches!(effect, Effect::NotAttached | Effect::Unknown);
    cases.peek().is_some() && cases.all(|case| may_load(&case.effect))
}

/// What tells reports apart, and their order.
fn key(report: &Report) -> impl Ord + '_ {
    let on = report.finding.on.as_ref();
    (place_of(report), on.map(|on| (&on.object, &on.programs)))
}

/// What is said, and where. Offsets count in the text that is shown, so two lines of one wording that are not at
/// hand have the same ones: their numbers come first.
fn place_of(report: &Report) -> impl Ord + '_ {
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

    fn judged(findings: Vec<Finding>) -> Vec<Report> {
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
        judge(findings.into_iter().map(found).collect(), None, None).reports
    }

    fn shown(findings: Vec<Finding>) -> Vec<Option<u32>> {
        let line = |report: Report| match report.finding.primary.span.source {
            Source::Rendered { first_line, .. } => first_line,
            Source::File(_) => None,
        };
        judged(findings).into_iter().map(line).collect()
    }

    /// A finding of an object about a program.
    fn of_object(object: &str, program: &str) -> Finding {
        let mut found = finding(7, "pid = read(task + 8);");
        found.on = Some(On {
            object: object.into(),
            subject: "task_struct.pid".to_owned(),
            programs: vec![program.to_owned()],
            cases: Vec::new(),
        });
        found
    }

    #[test]
    fn what_several_objects_have_alike_is_one_report() {
        let all =
            ["x86.o", "arm64.o", "s390.o"].map(|object| ["one", "two"].map(|name| (object, name)));
        let findings = all.into_iter().flatten();
        let findings = findings.map(|(object, name)| of_object(object, name));
        let reports = judged(findings.collect());
        assert_eq!(reports.len(), 2);
        for (report, program) in reports.iter().zip(["one", "two"]) {
            let objects = ["x86.o", "arm64.o", "s390.o"].map(|object| report.on(object));
            for on in objects {
                assert_eq!(on.expect("an object").programs, [program]);
            }
            assert_eq!(report.finding.notes, ["the same in `s390.o` and `x86.o`"]);
        }
        // Another line is another report.
        let mut other = of_object("x86.o", "one");
        other.primary.span =
            Span::rendered(&"/src/prog.c".into(), Some(8), "pid = read(task + 8);");
        assert_eq!(judged(vec![of_object("arm64.o", "one"), other]).len(), 2);
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

    #[test]
    fn a_constant_in_a_header_is_one_whoever_includes_it() {
        let at = |text: &str, place: usize| {
            let span = Span::new(&"/src/sock.h".into(), place..place + 8);
            Finding::new(hardcoded_offset::RULE.name, span, text)
        };
        let reports = judged(vec![
            at("constant offset -3 from a kernel pointer", 4),
            at("constant offset -3 from the pointer from the context", 4),
            at("constant offset 8 from a kernel pointer", 4),
            at("constant offset -3 from a kernel pointer", 40),
        ]);
        assert_eq!(reports.len(), 3);
    }

    #[test]
    fn an_object_from_elsewhere_names_its_sources_by_their_end() {
        let mut known = super::InSources::default();
        let of_rule = known.entry("hardcoded-offset").or_default();
        of_rule.insert("/here/bpf/program.c".into(), vec![String::new()]);
        let found = |rule, path: &str| {
            let path: Arc<str> = path.into();
            let span = Span::rendered(&path, Some(7), "read(p + 8)");
            super::repeats(&Finding::new(rule, span, "constant offset 8"), &known)
        };
        assert!(found("hardcoded-offset", "./../../bpf/program.c"));
        assert!(found("hardcoded-offset", "bpf/program.c"));
        assert!(found("hardcoded-offset", "/here/bpf/program.c"));
        assert!(!found("hardcoded-offset", "/there/bpf/program.c"));
        assert!(!found("hardcoded-offset", "../program.c"));
        assert!(!found("hardcoded-offset", "./../../bpf/other.c"));
        assert!(!found("direct-deref", "./../../bpf/program.c"));
    }
}
