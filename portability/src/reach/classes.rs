//! Finds kernels on which the verifier goes the same way through a program, and goes it once for each.
//!
//! Of a record's answer, a way depends on whether there is one, and on the value if it is not just the place
//! of a field. Should a place decide a branch after all, kernels are told apart by it.

use std::collections::BTreeMap;

use bpf_core_btf::CoreReloKind;
use bpf_core_catalogue::KernelSet;

use super::code::{Code, Refers};
use super::guard::guard_of;
use super::relevance::{Observed, Relevance};
use super::setting::{Setting, Taken};
use super::variables::Variables;
use super::verifier::Verifier;
use super::walk::{Found, Walk};
use super::{Ground, Reached, Read};
use crate::answers::{Answer, Record};
use crate::program::Program;
use crate::shape::{Shape, ShapeKind};

/// Steps after which a walk is given up. The kernel takes a million; a program that needs so many is
/// followed less exactly instead.
const MOST_STEPS: usize = 20_000;

/// As many for all walks through one program together. After that, each has few.
const ALL_STEPS: usize = 100_000;
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
    /// Steps that walks through the program may still take together.
    steps_left: usize,
}

impl<'g> Classes<'g> {
    pub(super) fn new(ground: &'g Ground<'g>, program: &Program<'_>) -> Self {
        let code = Code::of(ground.object, ground.ext, program);
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
            relevance: Relevance::of(&code, &Observed::default()),
            observed: Observed::default(),
            steps_left: ALL_STEPS,
            code,
        }
    }

    /// Goes the way of each class.
    pub(super) fn reach(mut self) -> Vec<(KernelSet, Reached)> {
        let mut reached: Vec<(KernelSet, Reached)> = Vec::new();
        let mut classes = self.split(vec![self.ground.kernels.clone()], false);
        let mut exact = Vec::new();
        while let Some(class) = classes.pop() {
            let found = self.walk(&class, &[]);
            if found.uses_offsets && !exact.contains(&class) {
                let parts = self.split(vec![class], true);
                exact.extend(parts.iter().cloned());
                classes.extend(parts);
                continue;
            }
            let if_set = self.if_set(&class, &found);
            let poisoned: Vec<u32> = self.poisoned(&class).collect();
            reached.push((class, self.reached(found, &if_set, &poisoned)));
        }
        reached
    }

    /// Takes kernels apart whose answers differ.
    fn split(&self, mut classes: Vec<KernelSet>, with_offsets: bool) -> Vec<KernelSet> {
        let ground = self.ground;
        if !with_offsets {
            let mut by_verifier: BTreeMap<Verifier, KernelSet> = BTreeMap::new();
            for kernel in ground.kernels.iter() {
                let verifier = Verifier::of(&ground.catalogue.kernels()[kernel]);
                by_verifier.entry(verifier).or_default().insert(kernel);
            }
            classes = apart(classes, by_verifier.values());
            for which in self.externs() {
                let sets = ground.externs[usize::from(which)].iter();
                classes = apart(classes, sets.map(|(kernels, _)| kernels));
            }
        }
        for number in &self.records {
            let record = &ground.answers.records()[*number];
            if record.on.len() > 1 {
                let sets = if with_offsets {
                    record
                        .on
                        .iter()
                        .map(|(kernels, _)| kernels.clone())
                        .collect()
                } else {
                    differing(record)
                };
                classes = apart(classes, sets.iter());
            }
        }
        classes
    }

    /// The externs that the program uses.
    fn externs(&self) -> impl Iterator<Item = u16> {
        let steps = self.code.steps.iter();
        steps.filter_map(|step| match step.refers {
            Refers::Extern(which) => Some(which),
            _ => None,
        })
    }

    /// Goes the way of a kernel of this class. The walk is repeated as long as it sees memory used in ways
    /// that were not known before.
    pub(super) fn walk(&mut self, class: &KernelSet, unset: &[u16]) -> Found {
        let Some(kernel) = class.iter().next() else {
            return Found::default();
        };
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
            verifier: Verifier::of(&ground.catalogue.kernels()[kernel]),
            has_typed_context: self.has_typed_context,
            record_of: &self.record_of,
            is_offset: &self.is_offset,
            taken: taken.collect(),
            externs: externs.collect(),
            variables: &self.variables,
            unset: unset.to_vec(),
        };
        let mut is_joined = false;
        let mut exact: Option<Found> = None;
        loop {
            let observed = self.observed.clone();
            let most = (!is_joined).then(|| self.steps_left.clamp(FEWEST_STEPS, MOST_STEPS));
            let found = Walk::through(&self.code, &setting, &self.relevance, observed, most);
            if !is_joined {
                self.steps_left = self.steps_left.saturating_sub(found.steps);
            }
            if found.observed != self.observed {
                self.relevance = Relevance::of(&self.code, &found.observed);
                self.observed = found.observed;
                continue;
            }
            match exact {
                None if found.has_stopped => {
                    exact = Some(found);
                    is_joined = true;
                }
                None => return found,
                Some(exact) => {
                    return Found {
                        maybe: found.visited,
                        ..exact
                    };
                }
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

    fn reached(&self, found: Found, if_set: &BTreeMap<u32, String>, poisoned: &[u32]) -> Reached {
        let place = |at: usize| self.code.steps[at].place;
        let places = |of: &[bool]| {
            let visited = of.iter().enumerate().filter(|(_, visited)| **visited);
            visited.map(|(at, _)| place(at)).collect()
        };
        Reached {
            places: places(&found.visited),
            maybe: places(&found.maybe),
            if_set: if_set
                .iter()
                .map(|(at, names)| (place(*at as usize), names.clone()))
                .collect(),
            one_way: {
                let falls = found.falls.difference(&found.jumps).map(|at| (*at, false));
                let jumps = found.jumps.difference(&found.falls).map(|at| (*at, true));
                let all = falls.chain(jumps);
                all.map(|(at, jumps)| (place(at as usize), jumps)).collect()
            },
            context_loads: found
                .context_loads
                .iter()
                .map(|(at, off, size)| (place(*at as usize), *off, *size))
                .collect(),
            reads: found
                .reads
                .iter()
                .map(|(at, read)| Read {
                    record: self.records[usize::from(read.record)],
                    place: place(*at as usize),
                    size: read.size,
                    is_string: read.is_string,
                })
                .collect(),
            guards: poisoned
                .iter()
                .filter(|at| found.visited[**at as usize])
                .filter_map(|at| {
                    let guard = guard_of(&self.code, &found, *at)?;
                    Some((place(*at as usize), self.records[usize::from(guard)]))
                })
                .collect(),
        }
    }
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

/// The kernels of a record by what a way depends on.
fn differing(record: &Record) -> Vec<KernelSet> {
    let key = |answer: &Answer| match answer {
        Answer::Value { insn, field } => {
            let imm = if is_offset(record.kind) { 0 } else { insn.imm };
            Some((insn.code, is_pointer(field.as_deref()), imm))
        }
        _ => None,
    };
    let mut sets = BTreeMap::new();
    for (kernels, answer) in &record.on {
        let set: &mut KernelSet = sets.entry(key(answer)).or_default();
        *set = set.union(kernels);
    }
    sets.into_values().collect()
}

/// Parts of the classes that lie in one of the sets each.
fn apart<'s>(
    classes: Vec<KernelSet>,
    sets: impl Iterator<Item = &'s KernelSet> + Clone,
) -> Vec<KernelSet> {
    let parts = classes.into_iter().flat_map(|class| {
        let sets = sets.clone();
        let parts = sets.map(move |set| class.intersection(set));
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>()
    });
    parts.collect()
}
