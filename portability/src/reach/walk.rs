//! Follows a program as the verifier does: one way after the other, both ways of a branch that is not
//! decided, and none twice if an earlier one stands for it (`do_check` of the kernel).

use std::collections::{BTreeMap, BTreeSet};

use bpf_core_btf::insn::Op;

use super::Misuse;
use super::code::Code;
use super::relevance::{Observed, Relevance};
use super::scalar::Bounds;
use super::setting::Setting;
use super::state::{Back, Frame, State};
use super::value::{Origin, Reg, Value};
use super::verifier::{Feature, Features};

/// Comparisons for nothing after which a state is not kept any more.
const MOST_MISSES: u32 = 6;

/// Chains of calls that may lead to a step of a joined walk.
const MOST_CHAINS: usize = 1000;

/// Steps that a way may go before a state of it is kept again.
const MOST_STEPS_BETWEEN: usize = 8;

/// What a walk has found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// By step: whether the verifier gets there.
    pub(super) visited: Vec<bool>,
    /// By step: whether the verifier may get there, for all that is known. Empty if `visited` is all.
    pub(super) maybe: Vec<bool>,
    /// Whether `maybe` is not all either.
    pub(super) is_open: bool,
    /// How many steps it took.
    pub(super) steps: usize,
    /// Whether the walk has ended before all was seen.
    pub(super) has_stopped: bool,
    /// Records that ask where something is in the kernel, and whose answer has decided something.
    pub(super) by_place: BTreeSet<u16>,
    /// Whether the sum of several such answers has.
    pub(super) by_places: bool,
    /// Branches that a CO-RE record has decided, by step.
    pub(super) deciders: BTreeMap<u32, BTreeSet<u16>>,
    /// By step: whether a branch goes on, and whether it jumps.
    pub(super) falls: Vec<bool>,
    pub(super) jumps: Vec<bool>,
    /// Loads from the context: step, offset and size.
    pub(super) context_loads: BTreeSet<(u32, i32, u8)>,
    /// Uses of memory that not every verifier permits, by step.
    pub(super) misuses: BTreeSet<(u32, Misuse)>,
    /// What the program may give, by the step that ends it.
    pub(super) results: BTreeMap<u32, Bounds<i32>>,
    /// Whether some arithmetic gave a number of which a verifier may know more.
    pub(super) has_guessed: bool,
    /// Variables of `.rodata` that branches look at.
    pub(super) variables: BTreeSet<u16>,
    /// Reads of fields, by step.
    pub(super) reads: BTreeSet<(u32, FieldRead)>,
    /// The same two, where `maybe` has steps that `visited` has not.
    pub(super) maybe_context_loads: BTreeSet<(u32, i32, u8)>,
    pub(super) maybe_reads: BTreeSet<(u32, FieldRead)>,
    pub(super) observed: Observed,
    /// What it has asked of the verifier.
    pub(super) asked: Features,
}

impl Found {
    /// This walk, which has stopped, with what a joined one says of the rest.
    pub(super) fn completed(mut self, joined: Self) -> Self {
        self.is_open = joined.has_stopped;
        self.asked = joined.asked;
        self.maybe = joined.visited;
        self.maybe_reads = &joined.reads - &self.reads;
        self.maybe_context_loads = &joined.context_loads - &self.context_loads;
        self.by_place.extend(joined.by_place);
        self.by_places |= joined.by_places;
        self
    }
}

/// A read of a field whose place a record tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FieldRead {
    /// The record, by its number in the program.
    pub(super) record: u16,
    /// In bytes.
    pub(super) size: u32,
    pub(super) is_string: bool,
}

/// A walk through a program.
pub(super) struct Walk<'w> {
    pub(super) code: &'w Code,
    pub(super) setting: &'w Setting<'w>,
    pub(super) relevance: &'w Relevance,
    /// Whether all states of a step are taken together: then more is visited than the verifier does.
    pub(super) is_joined: bool,
    most_steps: usize,
    pub(super) found: Found,
    /// By step, what is known of the states that were there.
    seen: BTreeMap<u32, Vec<Seen>>,
    pub(super) next: Vec<State>,
    /// Global functions that wait for their own walk, and those that had it.
    pub(super) functions: Vec<bool>,
    pub(super) last_id: u32,
    /// By the number of a pointer that may be null: the map that it was looked up in.
    pub(super) lookups: BTreeMap<u32, u16>,
}

/// A state that was at a step.
struct Seen {
    state: State,
    /// How often it stood for another one, and how often not.
    hits: u32,
    misses: u32,
}

impl Seen {
    fn of(state: &State) -> Self {
        Self {
            state: state.clone(),
            hits: 0,
            misses: 0,
        }
    }
}

/// What comes after a step.
pub(super) enum After {
    /// The step that the state says.
    On,
    /// The way ends.
    End,
}

impl<'w> Walk<'w> {
    /// Walks through a program and all that it calls.
    pub(super) fn through(
        code: &'w Code,
        setting: &'w Setting<'w>,
        relevance: &'w Relevance,
        observed: Observed,
        is_joined: bool,
        most_steps: usize,
    ) -> Found {
        let mut walk = Self {
            code,
            setting,
            relevance,
            is_joined,
            most_steps,
            found: Found {
                visited: vec![false; code.steps.len()],
                falls: vec![false; code.steps.len()],
                jumps: vec![false; code.steps.len()],
                observed,
                ..Found::default()
            },
            seen: BTreeMap::new(),
            next: Vec::new(),
            functions: vec![false; code.functions.len()],
            last_id: 0,
            lookups: BTreeMap::new(),
        };
        let has_globals = code.functions.iter().skip(1).any(|part| part.is_global);
        if has_globals && !setting.verifier.has(Feature::LazyGlobals) {
            for (number, part) in code.functions.iter().enumerate().skip(1) {
                if part.is_global {
                    walk.begin_global(number as u16);
                }
            }
        }
        walk.begin(0, [Reg::of(Value::Context { off: Some(0) })].into_iter());
        walk.run();
        walk.found.asked = setting.verifier.asked();
        walk.found
    }

    /// Puts a function on the list, with these arguments.
    fn begin(&mut self, function: u16, arguments: impl Iterator<Item = Reg>) {
        let mut frame = Frame::new(function, Back::End);
        for (reg, argument) in frame.regs[1..].iter_mut().zip(arguments) {
            *reg = argument;
        }
        self.next.push(State {
            at: self.code.functions[usize::from(function)].start,
            frames: vec![frame],
        });
    }

    pub(super) fn begin_global(&mut self, function: u16) {
        if std::mem::replace(&mut self.functions[usize::from(function)], true) {
            return;
        }
        let pointees = self.code.functions[usize::from(function)].pointees;
        let first = self.last_id + 1;
        self.last_id += 5;
        let argument = |(size, id): (u32, u32)| match size {
            0 => Reg::UNKNOWN,
            _ => Reg::of(Value::MaybeNull { id }),
        };
        self.begin(function, pointees.into_iter().zip(first..).map(argument));
    }

    fn run(&mut self) {
        while let Some(mut state) = self.next.pop() {
            let mut since_kept = MOST_STEPS_BETWEEN;
            loop {
                let at = state.at as usize;
                let Some(step) = self.code.steps.get(at) else {
                    break;
                };
                let is_join = self.code.is_join[at]
                    || matches!(step.op, Op::Call(_)) && self.is_called_back(&state);
                if is_join && !self.is_new(&mut state, &mut since_kept) {
                    break;
                }
                since_kept += 1;
                self.found.visited[at] = true;
                self.found.steps += 1;
                self.found.has_stopped |= self.found.steps > self.most_steps;
                if self.found.has_stopped {
                    return;
                }
                match self.step(&mut state, step) {
                    After::On => {}
                    After::End => break,
                }
            }
        }
    }

    /// Whether a function of the program is called back from here.
    fn is_called_back(&self, state: &State) -> bool {
        let callbacks = &self.found.observed.callbacks;
        let mut here = callbacks.range((state.at, 0)..=(state.at, u16::MAX));
        here.next().is_some()
    }

    /// Whether no earlier state stands for this one. If so, it is kept.
    fn is_new(&mut self, state: &mut State, since_kept: &mut usize) -> bool {
        let mattering = state.mattering(self.relevance);
        state.trim(&mattering);
        let seen = self.seen.entry(state.at).or_default();
        if self.is_joined {
            let same = |seen: &&mut Seen| seen.state.has_same_place(state);
            let Some(known) = seen.iter_mut().find(same) else {
                seen.push(Seen::of(state));
                self.found.has_stopped |= seen.len() > MOST_CHAINS;
                return true;
            };
            if known.state.covers(state, &mattering) {
                return false;
            }
            known.misses += 1;
            known.state.join(state, known.misses > 4);
            *state = known.state.clone();
            return true;
        }
        for known in seen.iter_mut().rev() {
            if known.state.covers(state, &mattering) {
                known.hits += 1;
                return false;
            }
            known.misses += 1;
        }
        // What stands for few others is not worth the comparisons, as in the kernel's `is_state_visited`.
        seen.retain(|known| known.misses <= known.hits * 3 + MOST_MISSES);
        if *since_kept >= MOST_STEPS_BETWEEN {
            *since_kept = 0;
            seen.push(Seen::of(state));
        }
        true
    }

    /// Remembers that something depends on where the kernel has a field, if it does.
    pub(super) fn depends_on(&mut self, origin: Origin) {
        match origin.record {
            _ if !origin.is_offset => {}
            Some(record) => drop(self.found.by_place.insert(record)),
            None => self.found.by_places = true,
        }
    }

    pub(super) fn new_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }
}
