//! Finds kernels on which the verifier goes the same way through a program, and goes it once for each.
//!
//! A walk with one kernel's answers stands for all kernels that have the same answers where the walk came by.
//! Of a record's answer, a way depends on whether there is one, and on the value if it is not just the place
//! of a field. Should a place decide something after all, kernels are told apart by it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use bpf_core_btf::CoreReloKind;
use bpf_core_catalogue::KernelSet;

use super::code::Code;
use super::guard::guard_of;
use super::known::Known;
use super::refers::Refers;
use super::relevance::{Observed, Relevance};
use super::setting::{Setting, Taken};
use super::variables::Variables;
use super::verifier::{Features, Verifier};
use super::walk::{Found, Walk};
use super::{Ground, Reached, Read};
use crate::answers::{Answer, Record};
use crate::program::Program;
use crate::shape::{Shape, ShapeKind};

/// Steps that one walk may take, and that all exact and all joined walks through a program may together. The
/// kernel's verifier takes a million.
const MOST_STEPS: usize = 200_000;
const ALL_STEPS: usize = 600_000;

/// What has no steps left has these few, to tell what is visited in any case.
const FEWEST_STEPS: usize = 1_000;

/// A program, and what its way depends on.
pub(super) struct Classes<'g> {
    pub(super) ground: &'g Ground<'g>,
    pub(super) code: Code,
    pub(super) variables: Variables<'g>,
    pub(super) has_typed_context: bool,
    /// Its records: their numbers in the object.
    pub(super) records: Vec<usize>,
    pub(super) record_of: Vec<Option<u16>>,
    pub(super) is_offset: Vec<bool>,
    pub(super) observed: Observed,
    pub(super) relevance: Relevance,
    walks: Vec<Rc<Walked>>,
    /// Steps that walks through the program may still take together, exact and joined.
    steps_left: usize,
    joined_left: usize,
}

/// A walk, and the kernels on which it goes the same way.
pub(super) struct Walked {
    unset: Vec<u16>,
    kernels: KernelSet,
    pub(super) found: Found,
}

impl<'g> Classes<'g> {
    pub(super) fn new(ground: &'g Ground<'g>, program: &Program<'_>, known: &Known) -> Self {
        let code = Code::of(ground.object, ground.ext, program);
        let observed = known.of(&code);
        let mut records = Vec::new();
        let record_of = code.steps.iter().map(|step| {
            let number = ground.answers.at(step.place)?;
            records.push(number);
            u16::try_from(records.len() - 1).ok()
        });
        let record_of = record_of.collect();
        let all = ground.answers.records();
        let is_offset = |number: &usize| is_offset(all[*number].kind);
        let context = program.kind.map(|kind| kind.context(program.function.name));
        Self {
            ground,
            variables: Variables::of(ground.object),
            has_typed_context: context.is_some_and(|context| context.is_typed()),
            is_offset: records.iter().map(is_offset).collect(),
            records,
            record_of,
            relevance: Relevance::of(&code, &observed),
            observed,
            walks: Vec::new(),
            steps_left: ALL_STEPS,
            joined_left: ALL_STEPS,
            code,
        }
    }

    /// Goes the way of each class.
    pub(super) fn reach(mut self, known: &mut Known) -> Vec<(KernelSet, Reached)> {
        let mut reached: Vec<(KernelSet, Reached)> = Vec::new();
        let mut left = self.ground.kernels.clone();
        loop {
            let Some(kernel) = left.iter().next() else {
                known.add(&self.code, &self.observed);
                return reached;
            };
            let walked = self.walk(kernel, &[]);
            let class = walked.kernels.intersection(&left);
            left = left.difference(&class);
            for class in self.by_hidden(class, &walked.found) {
                let kernel = class.iter().next().unwrap_or(kernel);
                let if_set = self.if_set(kernel, &walked.found);
                let poisoned: Vec<u32> = self.poisoned(kernel).collect();
                reached.push((class, self.reached(&walked.found, &if_set, &poisoned)));
            }
        }
    }

    /// Takes kernels apart that lack different things which are not visited: variables may lead there.
    fn by_hidden(&self, class: KernelSet, found: &Found) -> Vec<KernelSet> {
        if self.variables.is_empty() || found.has_stopped {
            return vec![class];
        }
        let mut parts: BTreeMap<Vec<u32>, KernelSet> = BTreeMap::new();
        for kernel in class.iter() {
            let hidden = self.poisoned(kernel);
            let hidden = hidden.filter(|at| !found.visited[*at as usize]).collect();
            parts.entry(hidden).or_default().insert(kernel);
        }
        parts.into_values().collect()
    }

    /// The kernels that differ from this one in nothing that a walk has met.
    fn alike(&self, kernel: usize, found: &Found) -> KernelSet {
        let ground = self.ground;
        let all = ground.catalogue.kernels();
        let features = |kernel: usize| Features::of(&all[kernel]).among(found.asked);
        let same = |other: &usize| features(*other) == features(kernel);
        let mut alike: KernelSet = ground.kernels.iter().filter(same).collect();
        for (at, step) in self.code.steps.iter().enumerate() {
            let may_visit = |of: &[bool]| of.get(at).copied().unwrap_or(false);
            if !may_visit(&found.visited) && !may_visit(&found.maybe) {
                continue;
            }
            if let Refers::Extern(which) = step.refers {
                let mut sets = ground.externs[usize::from(which)].iter();
                let own = sets.find(|(kernels, _)| kernels.contains(kernel));
                alike = own.map_or(alike.clone(), |(kernels, _)| alike.intersection(kernels));
            }
            if let Some(own) = self.record_of[at] {
                let record = &ground.answers.records()[self.records[usize::from(own)]];
                let by_place = self.is_offset[usize::from(own)]
                    && (found.by_places || found.by_place.contains(&own));
                alike = alike.intersection(&same_answer(record, kernel, by_place));
            }
        }
        alike
    }

    /// Goes the way of a kernel, or gives the walk of a kernel whose way is the same.
    pub(super) fn walk(&mut self, kernel: usize, unset: &[u16]) -> Rc<Walked> {
        let known = |walked: &&Rc<Walked>| walked.unset == unset && walked.kernels.contains(kernel);
        if let Some(walked) = self.walks.iter().find(known) {
            return Rc::clone(walked);
        }
        let found = self.go(kernel, unset);
        let walked = Rc::new(Walked {
            unset: unset.to_vec(),
            kernels: self.alike(kernel, &found),
            found,
        });
        self.walks.push(Rc::clone(&walked));
        walked
    }

    /// Goes the way of a kernel. The walk is repeated as long as it sees memory used in ways that were not
    /// known before, or a branch decided that was not.
    fn go(&mut self, kernel: usize, unset: &[u16]) -> Found {
        let ground = self.ground;
        let taken = self.records.iter().zip(0..).map(|(number, own)| {
            let record = &ground.answers.records()[*number];
            match record.on(kernel) {
                Some(Answer::Value { insn, field }) => Taken::Insn {
                    insn: *insn,
                    is_pointer: is_pointer(field.as_deref()),
                },
                Some(Answer::Poison(_)) => Taken::Poison,
                // The object is refused. What it would do is of no interest any more.
                Some(Answer::Error { .. }) | None => Taken::Insn {
                    insn: self.written(own),
                    is_pointer: false,
                },
            }
        });
        let externs = ground.externs.iter().map(|on| {
            let found = on.iter().find(|(kernels, _)| kernels.contains(kernel));
            found.map_or(crate::externs::External::Address, |(_, external)| *external)
        });
        let setting = Setting {
            object: ground.object,
            verifier: Verifier::with(Features::of(&ground.catalogue.kernels()[kernel])),
            has_typed_context: self.has_typed_context,
            record_of: &self.record_of,
            is_offset: &self.is_offset,
            taken: taken.collect(),
            externs: externs.collect(),
            maps: &self.ground.maps,
            variables: &self.variables,
            unset: unset.to_vec(),
        };
        let mut exact: Option<Found> = None;
        loop {
            let is_joined = exact.is_some();
            let left = if is_joined {
                self.joined_left
            } else {
                self.steps_left
            };
            let most = left.clamp(FEWEST_STEPS, MOST_STEPS);
            let observed = self.observed.clone();
            let found = Walk::through(
                &self.code,
                &setting,
                &self.relevance,
                observed,
                is_joined,
                most,
            );
            let left = if is_joined {
                &mut self.joined_left
            } else {
                &mut self.steps_left
            };
            *left = left.saturating_sub(found.steps);
            if found.observed != self.observed && !(is_joined && found.has_stopped) {
                let relevance = Relevance::of(&self.code, &found.observed);
                self.observed.clone_from(&found.observed);
                if relevance != self.relevance {
                    self.relevance = relevance;
                    continue;
                }
            }
            match exact {
                None if found.has_stopped => exact = Some(found),
                None => return found,
                Some(exact) => return exact.completed(found),
            }
        }
    }

    /// The instruction of a record, as the compiler wrote it.
    fn written(&self, record: u16) -> bpf_core_btf::insn::Insn {
        let of = self
            .record_of
            .iter()
            .position(|found| *found == Some(record));
        self.code.steps[of.unwrap_or(0)].insn
    }

    fn reached(&self, found: &Found, if_set: &BTreeMap<u32, String>, poisoned: &[u32]) -> Reached {
        let place = |at: usize| self.code.steps[at].place;
        let places = |of: &[bool]| {
            let visited = of.iter().enumerate().filter(|(_, visited)| **visited);
            visited.map(|(at, _)| place(at)).collect()
        };
        Reached {
            places: places(&found.visited),
            maybe: places(&found.maybe),
            is_open: found.is_open,
            if_set: if_set
                .iter()
                .map(|(at, names)| (place(*at as usize), names.clone()))
                .collect(),
            one_way: {
                let ways = found.falls.iter().zip(&found.jumps).enumerate();
                let one_way = ways.filter(|(_, (falls, jumps))| falls != jumps);
                one_way
                    .map(|(at, (_, jumps))| (place(at), *jumps))
                    .collect()
            },
            context_loads: surely(&found.context_loads, &found.maybe_context_loads)
                .map(|((at, off, size), is_sure)| ((place(*at as usize), *off, *size), is_sure))
                .collect(),
            reads: surely(&found.reads, &found.maybe_reads)
                .map(|((at, read), is_sure)| {
                    let read = Read {
                        record: self.records[usize::from(read.record)],
                        place: place(*at as usize),
                        size: read.size,
                        is_string: read.is_string,
                    };
                    (read, is_sure)
                })
                .collect(),
            misuses: found
                .misuses
                .iter()
                .map(|(at, misuse)| (place(*at as usize), *misuse))
                .collect(),
            results: if found.has_guessed || found.has_stopped {
                BTreeMap::new()
            } else {
                let results = found.results.iter();
                let results = results.map(|(at, of)| (place(*at as usize), (of.min, of.max)));
                results.collect()
            },
            guards: poisoned
                .iter()
                .filter(|at| found.visited[**at as usize])
                .filter_map(|at| {
                    let guard = guard_of(&self.code, found, *at)?;
                    Some((place(*at as usize), self.records[usize::from(guard)]))
                })
                .collect(),
        }
    }
}

/// What is in one of two sets, and whether that is the first.
fn surely<'f, T>(
    sure: &'f BTreeSet<T>,
    maybe: &'f BTreeSet<T>,
) -> impl Iterator<Item = (&'f T, bool)> {
    let sure = sure.iter().map(|one| (one, true));
    sure.chain(maybe.iter().map(|one| (one, false)))
}

/// Whether what the kernel has for a field is a pointer.
fn is_pointer(field: Option<&(Shape, Shape)>) -> bool {
    field.is_some_and(|(_, target)| target.kind == ShapeKind::Pointer)
}

/// Whether a record asks where something is, which decides no branch.
fn is_offset(kind: CoreReloKind) -> bool {
    use CoreReloKind::{ByteOff, TypeIdLocal, TypeIdTarget};
    matches!(kind, ByteOff | TypeIdLocal | TypeIdTarget)
}

/// The kernels on which a record comes to the same as on this one, as far as a way depends on it.
fn same_answer(record: &Record, kernel: usize, by_place: bool) -> KernelSet {
    #[derive(PartialEq)]
    enum Key {
        Value {
            code: u8,
            is_pointer: bool,
            imm: i64,
        },
        Poison,
        Error,
    }
    let key = |answer: &Answer| match answer {
        Answer::Value { insn, field } => Key::Value {
            code: insn.code,
            is_pointer: is_pointer(field.as_deref()),
            imm: if is_offset(record.kind) { 0 } else { insn.imm },
        },
        Answer::Poison(_) => Key::Poison,
        Answer::Error { .. } => Key::Error,
    };
    let mut on = record.on.iter();
    let Some((kernels, own)) = on.find(|(kernels, _)| kernels.contains(kernel)) else {
        return [kernel].into_iter().collect();
    };
    if by_place {
        return kernels.clone();
    }
    let same = record
        .on
        .iter()
        .filter(|(_, answer)| key(answer) == key(own));
    same.fold(KernelSet::default(), |all, (kernels, _)| all.union(kernels))
}
