//! Follows a program as the verifier does: one way after the other, both ways of a branch that is not
//! decided, and none twice if an earlier one stands for it (`do_check` of the kernel).

use std::collections::{BTreeMap, BTreeSet};

use bpf_core_btf::insn::Op;

use super::code::Code;
use super::relevance::{Observed, Relevance};
use super::setting::Setting;
use super::state::{Back, Frame, State};
use super::value::{Reg, Value};

/// States kept at a step, to compare later ones with.
const MOST_STATES: usize = 64;

/// What a walk has found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// By step: whether the verifier gets there.
    pub(super) visited: Vec<bool>,
    /// By step: whether the verifier may get there, for all that is known. Empty if `visited` is all.
    pub(super) maybe: Vec<bool>,
    /// How many steps it took.
    pub(super) steps: usize,
    /// Whether the walk has ended before all was seen.
    pub(super) has_stopped: bool,
    /// Whether the place of a field in the kernel has decided something.
    pub(super) uses_offsets: bool,
    /// Branches that a CO-RE record has decided, by step.
    pub(super) deciders: BTreeMap<u32, BTreeSet<u16>>,
    /// Branches that go on, and those that jump, by step.
    pub(super) falls: BTreeSet<u32>,
    pub(super) jumps: BTreeSet<u32>,
    /// Loads from the context: step, offset and size.
    pub(super) context_loads: BTreeSet<(u32, i32, u8)>,
    /// Variables of `.rodata` that branches look at.
    pub(super) variables: BTreeSet<u16>,
    /// Reads of fields, by step.
    pub(super) reads: BTreeSet<(u32, FieldRead)>,
    pub(super) observed: Observed,
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
    pub(super) seen: BTreeMap<u32, Vec<(State, u32)>>,
    pub(super) next: Vec<State>,
    /// Global functions that wait for their own walk, and those that had it.
    pub(super) functions: Vec<bool>,
    pub(super) last_id: u32,
}

/// What comes after a step.
pub(super) enum After {
    /// The step that the state says.
    On,
    /// The way ends.
    End,
}

impl<'w> Walk<'w> {
    /// Walks through a program and all that it calls. Without a bound, states are joined.
    pub(super) fn through(
        code: &'w Code,
        setting: &'w Setting<'w>,
        relevance: &'w Relevance,
        observed: Observed,
        most_steps: Option<usize>,
    ) -> Found {
        let mut walk = Self {
            code,
            setting,
            relevance,
            is_joined: most_steps.is_none(),
            most_steps: most_steps.unwrap_or(usize::MAX),
            found: Found {
                visited: vec![false; code.steps.len()],
                observed,
                ..Found::default()
            },
            seen: BTreeMap::new(),
            next: Vec::new(),
            functions: vec![false; code.functions.len()],
            last_id: 0,
        };
        if !setting.verifier.is_lazy {
            for (number, part) in code.functions.iter().enumerate().skip(1) {
                if part.is_global {
                    walk.begin_global(number as u16);
                }
            }
        }
        walk.begin(0, [Reg::of(Value::Context { off: Some(0) })].into_iter());
        walk.run();
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
            loop {
                let at = state.at as usize;
                let Some(step) = self.code.steps.get(at) else {
                    break;
                };
                let is_join = self.code.is_join[at]
                    || matches!(step.op, Op::Call(_)) && self.is_called_back(&state);
                if is_join && !self.is_new(&mut state) {
                    break;
                }
                self.found.visited[at] = true;
                self.found.steps += 1;
                if self.found.steps > self.most_steps {
                    self.found.has_stopped = true;
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
    fn is_new(&mut self, state: &mut State) -> bool {
        state.trim(self.relevance);
        let seen = self.seen.entry(state.at).or_default();
        if self.is_joined {
            let known = seen
                .iter_mut()
                .find(|(known, _)| known.has_same_place(state));
            let Some((known, times)) = known else {
                seen.push((state.clone(), 0));
                return true;
            };
            if known.covers(state, self.relevance) {
                return false;
            }
            *times += 1;
            known.join(state, *times > 4);
            *state = known.clone();
            return true;
        }
        let mut known = seen.iter().rev().map(|(known, _)| known);
        if known.any(|known| known.covers(state, self.relevance)) {
            return false;
        }
        if seen.len() >= MOST_STATES {
            seen.remove(0);
        }
        seen.push((state.clone(), 0));
        true
    }

    pub(super) fn new_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }
}
