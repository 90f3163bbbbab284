//! What an object does on many kernels, and the source lines on which they differ.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use bpf_core_btf::BtfExt;
use bpf_core_btf::object::{Function, Object, Place};
use bpf_core_catalogue::KernelSet;
use bpf_core_kernel_facts::context::is_register_of_caller;
use bpf_core_kernel_facts::flavour::essential_name;
use bpf_core_portability::{self as portability, Case, Effect, Verdicts};
use serde::{Deserialize, Serialize};

use super::fields::{self, FieldName};
use super::lines::Lines;
use super::view::{Constant, Object as View};
use crate::known::{Attached, Choice, Known, Supported, shifted};
use crate::span::Span;

/// An object on many kernels. These are numbered through all catalogues.
#[derive(Debug)]
pub struct OnKernels {
    /// Each program on each kernel.
    pub matrix: Matrix,
    /// What kernels do not agree on.
    pub differences: Vec<Difference>,
}

/// Each program on each kernel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Matrix {
    /// The path of the object.
    pub object: Arc<str>,
    /// The loader: `aya 0.14`.
    pub loader: String,
    /// The kernels.
    pub kernels: KernelSet,
    /// Those that were chosen and are none of them: the object names registers of another architecture.
    pub left_out: KernelSet,
    /// Those of them that are shown, if not all: what is new since an earlier run.
    #[serde(skip)]
    pub new: Option<KernelSet>,
    /// The programs, in the order of the object.
    pub programs: Vec<Verdicts>,
    /// The fields that the object reads by name.
    pub fields: Vec<FieldName>,
}

impl Matrix {
    /// The kernels that are shown.
    #[must_use]
    pub fn shown(&self) -> &KernelSet {
        self.new.as_ref().unwrap_or(&self.kernels)
    }
}

/// One thing at one place of the source that kernels do not agree on.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What kind.
    pub rule: portability::Rule,
    /// What it is about: `task_struct.state`, `vfs_unlink`.
    pub subject: String,
    /// Where.
    pub span: Span,
    /// Whether the place is near only, because the instruction is inlined code of a library.
    pub is_inlined: bool,
    /// The language of the source.
    pub language: Language,
    /// The programs in which it is so.
    pub programs: Vec<String>,
    /// Kernels, what happens on them, and what they have.
    pub cases: Vec<Case>,
}

impl Difference {
    /// The kernels of all cases.
    #[must_use]
    pub fn kernels(&self) -> KernelSet {
        let sets = self.cases.iter().map(|case| &case.kernels);
        sets.fold(KernelSet::default(), |all, set| all.union(set))
    }
}

/// The language that a program is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Rust.
    Rust,
    /// C.
    C,
}

/// Adds the fields that constant offsets lead to on the supported kernels.
pub(super) fn answer(view: &mut View, supported: &Supported<'_>) -> Result<()> {
    for address in &mut view.addresses {
        if let Some(argument) = &address.argument {
            if !argument.is_register {
                if let (None, Some(attached)) = (&address.name, &argument.attached) {
                    address.name = record(attached, argument.byte, supported)?;
                }
            } else if !is_known(argument.attached.as_ref(), supported)? {
                // A loader chooses the function, which may be the wrapper of a system call.
                let is_register = |of: &Constant| is_register_of_caller(argument.byte, of.bytes);
                address.constants.retain(|constant| !is_register(constant));
            }
        }
        let Some(name) = address.name.as_deref().map(essential_name) else {
            continue;
        };
        if address.is_start {
            address.first = supported.leads_to(name, 0, &[])?;
        }
        for constant in &mut address.constants {
            constant.leads_to = supported.leads_to(name, constant.bytes, &[])?;
        }
    }
    Ok(())
}

/// Whether a supported kernel has what a program is attached to.
fn is_known(attached: Option<&Attached>, supported: &Supported<'_>) -> Result<bool> {
    let prototypes = attached.map(|attached| supported.prototypes(&attached.hook));
    Ok(prototypes.transpose()?.is_some_and(|of| !of.is_empty()))
}

/// The struct that an argument points to, if all kernels agree.
fn record(attached: &Attached, byte: i64, supported: &Supported<'_>) -> Result<Option<String>> {
    let prototypes = supported.prototypes(&attached.hook)?;
    let number = usize::try_from(byte / 8).ok();
    let records = prototypes
        .iter()
        .map(|(prototype, _)| attached.record(prototype, number));
    let records: BTreeSet<Option<&str>> = records.collect();
    let one = records.first().copied().flatten();
    Ok(one.filter(|_| records.len() == 1).map(str::to_owned))
}

/// Judges an object on the kernels of a choice.
pub(super) fn judge(
    (object, ext): (&Object<'_>, Option<&BtfExt<'_>>),
    known: &Known<'_>,
    choice: &Choice,
    lines: &mut Lines<'_>,
) -> Result<OnKernels> {
    let mut all = OnKernels {
        matrix: Matrix {
            object: lines.object(),
            loader: choice.loader.to_string(),
            kernels: KernelSet::default(),
            left_out: KernelSet::default(),
            new: None,
            programs: Vec::new(),
            fields: fields::read_by_name(object, ext),
        },
        differences: Vec::new(),
    };
    let functions: Vec<&Function<'_>> = object.programs().collect();
    let mut found: Vec<(Option<Place>, Difference)> = Vec::new();
    for (first, catalogue) in known.catalogues() {
        let own = (0..catalogue.kernels().len()).filter(|at| choice.kernels.contains(first + at));
        let own: KernelSet = own.collect();
        if own.is_empty() {
            continue;
        }
        let report = portability::check(object, catalogue, &own, &choice.loader)
            .context("it cannot be judged on kernels")?;
        let judged = shifted(&report.judged, first);
        all.matrix.kernels = all.matrix.kernels.union(&judged);
        add_verdicts(&mut all.matrix.programs, report.programs, first);
        for finding in report.findings {
            let program = finding.program.and_then(|at| functions.get(at).copied());
            let place = finding.place.or_else(|| program.map(start));
            let difference = Difference {
                rule: finding.rule,
                subject: name(&finding.subject).to_owned(),
                span: match (finding.place, program) {
                    (None, Some(program)) => lines.span_of_start(object, program),
                    (place, _) => span(object, lines, place),
                },
                is_inlined: finding.place.is_some() && is_inlined(object, lines, place),
                language: language(object, lines, place),
                programs: match program {
                    Some(program) => vec![program.name.to_owned()],
                    None => functions.iter().map(|one| one.name.to_owned()).collect(),
                },
                cases: moved(finding.cases, first),
            };
            found.push((place, difference));
        }
    }
    all.matrix.left_out = choice.kernels.difference(&all.matrix.kernels);
    // In the order of the code, whichever catalogue knows the kernel.
    found.sort_by_key(|(place, _)| *place);
    all.differences = together(found.into_iter().map(|(_, difference)| difference));
    for one in &mut all.differences {
        leave_out_builds(one, &all.matrix.kernels, known);
    }
    all.differences.retain(|one| !one.cases.is_empty());
    Ok(all)
}

/// What one build of a version lacks as a hook, and another has, is a matter of its configuration: a module may have it.
fn leave_out_builds(one: &mut Difference, judged: &KernelSet, known: &Known<'_>) {
    if one.rule != portability::Rule::AbsentHook {
        return;
    }
    let lacking = one.kernels();
    let series = |at: usize| known.kernels()[at].numbers().first_chunk::<2>().copied();
    let having: HashSet<_> = judged.difference(&lacking).iter().map(series).collect();
    for case in &mut one.cases {
        if case.effect == Effect::NotAttached && case.has.is_empty() {
            let left = case.kernels.iter();
            case.kernels = left.filter(|at| !having.contains(&series(*at))).collect();
        }
    }
    one.cases.retain(|case| !case.kernels.is_empty());
}

/// What a record is about, without its kind, the number of its type and its access:
/// `<byte_off> [8] struct mm_slot.mm (0:0)`.
fn name(subject: &str) -> &str {
    let record = subject
        .strip_prefix('<')
        .and_then(|rest| rest.split_once("] "));
    let name = record.map_or(subject, |(_, name)| name);
    name.split(" (0").next().unwrap_or(name)
}

fn start(function: &Function<'_>) -> Place {
    Place {
        section: function.section,
        at: function.start,
    }
}

fn moved(cases: Vec<Case>, first: usize) -> Vec<Case> {
    let cases = cases.into_iter().map(|mut case| {
        case.kernels = shifted(&case.kernels, first);
        case
    });
    cases.collect()
}

fn add_verdicts(all: &mut Vec<Verdicts>, more: Vec<Verdicts>, first: usize) {
    for (at, mut verdicts) in more.into_iter().enumerate() {
        for (_, kernels) in &mut verdicts.on {
            *kernels = shifted(kernels, first);
        }
        match all.get_mut(at) {
            None => all.push(verdicts),
            Some(known) => {
                for (verdict, kernels) in verdicts.on {
                    match known.on.iter_mut().find(|(other, _)| *other == verdict) {
                        Some((_, set)) => *set = set.union(&kernels),
                        None => known.on.push((verdict, kernels)),
                    }
                }
            }
        }
    }
}

/// One difference for a place of the source: a line becomes several instructions, stands in several
/// programs if it is inlined, and is judged by each catalogue. A program of which nothing is known is not
/// taken together with one of which it is.
fn together(all: impl Iterator<Item = Difference>) -> Vec<Difference> {
    let mut found: Vec<Difference> = Vec::new();
    for one in all {
        match found.iter_mut().find(|other| is_same(other, &one)) {
            Some(other) => {
                let new = one.programs.into_iter();
                let new: Vec<_> = new.filter(|name| !other.programs.contains(name)).collect();
                other.programs.extend(new);
                add_cases(&mut other.cases, one.cases);
            }
            None => found.push(one),
        }
    }
    found
}

fn is_same(a: &Difference, b: &Difference) -> bool {
    let is_open = |one: &Difference| {
        let mut effects = one.cases.iter().map(|case| &case.effect);
        effects.all(|effect| *effect == Effect::Unknown)
    };
    (a.rule, &a.subject, &a.span, is_open(a)) == (b.rule, &b.subject, &b.span, is_open(b))
}

fn add_cases(all: &mut Vec<Case>, more: Vec<Case>) {
    for case in more {
        let what = |case: &Case| (case.effect.clone(), case.has.clone());
        match all.iter_mut().find(|known| what(known) == what(&case)) {
            Some(known) => known.kernels = known.kernels.union(&case.kernels),
            None => all.push(case),
        }
    }
}

fn function<'o, 'd>(object: &'o Object<'d>, place: Option<Place>) -> Option<&'o Function<'d>> {
    let place = place?;
    object.function_at(place.section, place.at)
}

fn span(object: &Object<'_>, lines: &mut Lines<'_>, place: Option<Place>) -> Span {
    match (function(object, place), place) {
        (Some(function), Some(place)) => lines.span(object, function, place.at),
        _ => Span::rendered(&lines.object(), None, &lines.object()),
    }
}

fn is_inlined(object: &Object<'_>, lines: &Lines<'_>, place: Option<Place>) -> bool {
    let function = function(object, place).zip(place);
    function.is_some_and(|(function, place)| lines.is_inlined(object, function, place.at))
}

/// What the source is written in, or else any source of the object.
fn language(object: &Object<'_>, lines: &Lines<'_>, place: Option<Place>) -> Language {
    let line = function(object, place)
        .zip(place)
        .and_then(|(function, place)| lines.line(object, function, place.at));
    let is_rust = match line {
        Some(line) => line.file.ends_with(".rs"),
        None => lines.any_is_rust(),
    };
    if is_rust { Language::Rust } else { Language::C }
}
