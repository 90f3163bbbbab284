//! Walks all functions of an object until nothing new becomes known.
//!
//! It ends: what is known at a place only ever gets less (`Value::join`), a few times for each
//! register and slot; and there is a limit for programs that were made to take long.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use bpf_core_btf::insn::{INSN_SIZE, Insn, Op, Source};
use bpf_core_btf::object::{Function, Object, Section};
use bpf_core_kernel_facts::{Context, Program};

use super::state::{State, Value, join_arguments, join_results};
use super::step::{Fact, Place};
use super::types::Types;

/// Instructions that are gone through, repeats included. The verifier gives up at a million.
const LIMIT: u64 = 4_000_000;

/// A fact, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'b> {
    /// Of `Object::functions`.
    pub(super) function: usize,
    /// The instruction: its byte offset in the section.
    pub(super) at: u32,
    pub(super) fact: Fact<'b>,
}

/// All facts of an object, in the order of the code.
///
/// # Errors
/// It takes too long.
pub(super) fn run<'b>(object: &Object<'_>, types: &Types<'b>) -> Result<Vec<Found<'b>>, TooLong> {
    let mut flow = Flow {
        object,
        types,
        summaries: object
            .functions()
            .iter()
            .map(|_| Summary::default())
            .collect(),
        queue: BTreeSet::new(),
        left: LIMIT,
    };
    for (index, function) in object.functions().iter().enumerate() {
        let section = object.section_of(function).name;
        let program = Program::of_section(section);
        flow.summaries[index].context = program.map(|program| program.context(function.name));
        if flow.summaries[index].context.is_some() {
            let mut arguments = [Value::Unknown; 5];
            arguments[0] = Value::Context(0);
            flow.enter(index, arguments);
        }
    }
    flow.settle()?;
    // Functions that are called by pointer, and those that nobody calls.
    for index in 0..object.functions().len() {
        if flow.summaries[index].arguments.is_none() {
            flow.enter(index, [Value::Unknown; 5]);
        }
    }
    flow.settle()?;
    flow.facts()
}

/// A program was made to take long.
#[derive(Debug)]
pub(super) struct TooLong;

#[derive(Debug, Default)]
struct Summary<'b> {
    /// What its context is, or that of those who call it if they agree.
    context: Option<Context>,
    /// `None`: nobody has called it.
    arguments: Option<[Value<'b>; 5]>,
    /// `None`: it has not returned.
    result: Option<Value<'b>>,
    callers: BTreeSet<usize>,
}

struct Flow<'e, 'b> {
    object: &'e Object<'e>,
    types: &'e Types<'b>,
    summaries: Vec<Summary<'b>>,
    queue: BTreeSet<usize>,
    left: u64,
}

impl<'e, 'b> Flow<'e, 'b> {
    fn enter(&mut self, function: usize, arguments: [Value<'b>; 5]) {
        let summary = &mut self.summaries[function];
        let changed = match &mut summary.arguments {
            Some(known) => join_arguments(known, arguments),
            None => {
                summary.arguments = Some(arguments);
                true
            }
        };
        if changed {
            self.queue.insert(function);
        }
    }

    fn settle(&mut self) -> Result<(), TooLong> {
        while let Some(function) = self.queue.pop_first() {
            self.function(function)?;
        }
        Ok(())
    }

    fn facts(&mut self) -> Result<Vec<Found<'b>>, TooLong> {
        let mut found = Vec::new();
        for (index, function) in self.object.functions().iter().enumerate() {
            let states = self.function(index)?;
            let blocks = Blocks::of(self.object, function);
            for (start, mut state) in states {
                let mut facts = Vec::new();
                for (at, insn) in blocks.insns(start) {
                    self.one(index, (at, insn), &mut state, &mut facts);
                    found.extend(facts.drain(..).map(|fact| Found {
                        function: index,
                        at,
                        fact,
                    }));
                }
            }
        }
        Ok(found)
    }

    /// What is known where each block of a function starts.
    fn function(&mut self, index: usize) -> Result<BTreeMap<u32, State<'b>>, TooLong> {
        let mut states = BTreeMap::new();
        let Some(arguments) = self.summaries[index].arguments else {
            return Ok(states);
        };
        let function = &self.object.functions()[index];
        self.pay(u64::from(function.len) / INSN_SIZE as u64)?;
        let blocks = Blocks::of(self.object, function);
        states.insert(function.start, State::entry(arguments));
        let mut queue = BTreeSet::from([function.start]);
        while let Some(start) = queue.pop_first() {
            let end = blocks.end(start);
            let Some(mut state) = states.get(&start).cloned() else {
                continue;
            };
            self.pay(u64::from(end - start) / INSN_SIZE as u64 + state.size())?;
            let mut facts = Vec::new();
            let mut insns = blocks.insns(start);
            let goes_on = insns.all(|insn| self.one(index, insn, &mut state, &mut facts));
            if !goes_on {
                continue;
            }
            for next in blocks.after(end) {
                let changed = match states.get_mut(&next) {
                    Some(known) => known.join(&state),
                    None => {
                        states.insert(next, state.clone());
                        true
                    }
                };
                if changed {
                    queue.insert(next);
                }
            }
        }
        Ok(states)
    }

    fn pay(&mut self, cost: u64) -> Result<(), TooLong> {
        self.left = self.left.checked_sub(cost).ok_or(TooLong)?;
        Ok(())
    }

    /// Executes an instruction, and says whether the next one is reached, as far as is known.
    fn one(
        &mut self,
        function: usize,
        insn: (u32, Insn),
        state: &mut State<'b>,
        facts: &mut Vec<Fact<'b>>,
    ) -> bool {
        let goes_on = self.execute(function, insn, state, facts);
        let lost = state.unchecked(!goes_on);
        facts.extend(lost.into_iter().filter_map(|(read, what)| {
            let (used, by_name) = (what.used?, what.by_name);
            Some(Fact::Unchecked {
                read,
                used,
                by_name,
            })
        }));
        goes_on
    }

    fn execute(
        &mut self,
        function: usize,
        (at, insn): (u32, Insn),
        state: &mut State<'b>,
        facts: &mut Vec<Fact<'b>>,
    ) -> bool {
        let section = self.object.functions()[function].section;
        match insn.op() {
            Op::Jump { source, .. } => {
                state.test(state.register(insn.dst));
                if source == Source::Register {
                    state.test(state.register(insn.src));
                }
            }
            Op::Exit => {
                state.test(state.register(0));
                self.leave(function, state);
                return false;
            }
            _ => {
                let place = Place {
                    object: self.object,
                    types: self.types,
                    section,
                    context: self.summaries[function].context,
                };
                if let Some(call) = place.step(at, insn, state, facts) {
                    let functions = self.object.functions();
                    let place = |one: &Function<'_>| (one.section, one.start);
                    let Ok(callee) = functions.binary_search_by_key(&call.callee, place) else {
                        return true;
                    };
                    self.call(function, callee);
                    self.enter(callee, call.arguments);
                    match self.summaries[callee].result {
                        Some(result) => state.set(0, result),
                        None => return false,
                    }
                }
            }
        }
        true
    }

    /// The context means the same in a function that is called.
    fn call(&mut self, caller: usize, callee: usize) {
        let context = self.summaries[caller].context;
        let callee_index = callee;
        let callee = &mut self.summaries[callee_index];
        callee.callers.insert(caller);
        let joined = match callee.context {
            None => context,
            Some(known) if context.is_some_and(|context| context != known) => Some(Context::Own),
            known => known,
        };
        if joined != callee.context {
            callee.context = joined;
            if callee.arguments.is_some() {
                self.queue.insert(callee_index);
            }
        }
    }

    fn leave(&mut self, function: usize, state: &State<'b>) {
        let summary = &mut self.summaries[function];
        if join_results(&mut summary.result, state.register(0)) {
            self.queue.extend(&summary.callers);
        }
    }
}

/// The blocks of a function: where they start. Places are byte offsets in the section.
struct Blocks<'e> {
    section: &'e Section<'e>,
    starts: BTreeSet<u32>,
    range: Range<u32>,
}

/// The distance of two instructions.
const STEP: u32 = INSN_SIZE as u32;

impl<'e> Blocks<'e> {
    fn of(object: &'e Object<'e>, function: &Function<'_>) -> Self {
        let range = function.range();
        let mut blocks = Self {
            section: object.section_of(function),
            starts: BTreeSet::from([range.start]),
            range: range.clone(),
        };
        for (at, insn) in blocks.section.insns(range.clone()) {
            if ends_block(insn.op()) {
                let after = blocks.after(at + STEP);
                blocks.starts.extend(after);
                if at + STEP < range.end {
                    blocks.starts.insert(at + STEP);
                }
            }
        }
        blocks
    }

    /// Behind the last instruction of the block that starts there.
    fn end(&self, start: u32) -> u32 {
        let mut next = self.starts.range(start + 1..);
        next.next().copied().unwrap_or(self.range.end)
    }

    /// The instructions of the block that starts there.
    fn insns(&self, start: u32) -> impl Iterator<Item = (u32, Insn)> {
        self.section.insns(start..self.end(start))
    }

    /// Where the way goes on behind the block that ends there.
    fn after(&self, end: u32) -> Vec<u32> {
        let last = end
            .checked_sub(STEP)
            .and_then(|last| self.section.insn_at(last));
        let op = last.map_or(Op::Unknown, |insn| insn.op());
        let mut after = Vec::new();
        if let Op::Jump { distance, .. } | Op::Goto { distance } | Op::MayGoto { distance } = op {
            let bytes = i64::from(distance) * i64::from(STEP);
            after.extend(u32::try_from(i64::from(end) + bytes).ok());
        }
        if !matches!(op, Op::Goto { .. } | Op::Exit) {
            after.push(end);
        }
        after.retain(|at| self.range.contains(at));
        after
    }
}

fn ends_block(op: Op) -> bool {
    matches!(
        op,
        Op::Jump { .. } | Op::Goto { .. } | Op::MayGoto { .. } | Op::Exit
    )
}
