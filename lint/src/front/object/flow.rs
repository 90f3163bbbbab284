//! Runs through all functions until nothing new becomes known.
//!
//! It ends: what is known at a place only ever gets less (`Value::join`), a few times for each
//! register and slot; and there is a limit for programs that were made to take long.

use std::collections::{BTreeMap, BTreeSet};

use bpf_core_kernel_facts::{Context, Program};

use super::elf::{Elf, Function};
use super::insn::{Insn, JA, Op};
use super::state::{State, Value, join_arguments, join_results};
use super::step::{Fact, Place};
use super::types::Types;

/// Instructions that are gone through, repeats included. The verifier gives up at a million.
const LIMIT: u64 = 4_000_000;

/// A fact, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'b> {
    /// Of `Elf::functions`.
    pub(super) function: usize,
    /// The instruction in the section.
    pub(super) at: u32,
    pub(super) fact: Fact<'b>,
}

/// All facts of an object, in the order of the code.
///
/// # Errors
/// It takes too long.
pub(super) fn run<'b>(elf: &Elf<'_>, types: &Types<'b>) -> Result<Vec<Found<'b>>, TooLong> {
    let mut flow = Flow {
        elf,
        types,
        summaries: elf.functions.iter().map(|_| Summary::default()).collect(),
        queue: BTreeSet::new(),
        left: LIMIT,
    };
    for (index, function) in elf.functions.iter().enumerate() {
        let section = &elf.sections[function.section].name;
        let program = Program::of_section(section);
        flow.summaries[index].context = program.map(|program| program.context(&function.name));
        if flow.summaries[index].context.is_some() {
            let mut arguments = [Value::Unknown; 5];
            arguments[0] = Value::Context(0);
            flow.enter(index, arguments);
        }
    }
    flow.settle()?;
    // Functions that are called by pointer, and those that nobody calls.
    for index in 0..elf.functions.len() {
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
    elf: &'e Elf<'e>,
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
        for index in 0..self.elf.functions.len() {
            let states = self.function(index)?;
            let function = &self.elf.functions[index];
            let blocks = Blocks::of(self.elf, function);
            for (start, mut state) in states {
                let mut facts = Vec::new();
                for at in start..blocks.end(start) {
                    self.one(index, at, &mut state, &mut facts);
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
        let function = &self.elf.functions[index];
        self.pay(u64::from(function.end - function.start))?;
        let blocks = Blocks::of(self.elf, function);
        states.insert(function.start, State::entry(arguments));
        let mut queue = BTreeSet::from([function.start]);
        while let Some(start) = queue.pop_first() {
            let end = blocks.end(start);
            let Some(mut state) = states.get(&start).cloned() else {
                continue;
            };
            self.pay(u64::from(end - start) + state.size())?;
            let mut facts = Vec::new();
            let goes_on = (start..end).all(|at| self.one(index, at, &mut state, &mut facts));
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
        at: u32,
        state: &mut State<'b>,
        facts: &mut Vec<Fact<'b>>,
    ) -> bool {
        let goes_on = self.execute(function, at, state, facts);
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
        at: u32,
        state: &mut State<'b>,
        facts: &mut Vec<Fact<'b>>,
    ) -> bool {
        let section = self.elf.functions[function].section;
        let insn = self.elf.sections[section].insns[at as usize];
        match insn.op {
            Op::Jump { register, .. } => {
                state.test(state.register(insn.dst));
                if register {
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
                    elf: self.elf,
                    types: self.types,
                    section,
                    context: self.summaries[function].context,
                };
                if let Some(call) = place.step(at, insn, state, facts) {
                    let Some(callee) = self.elf.function_at(call.section, call.start) else {
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

/// The blocks of a function: where they start.
struct Blocks<'e> {
    insns: &'e [Insn],
    starts: BTreeSet<u32>,
    start: u32,
    end: u32,
}

impl<'e> Blocks<'e> {
    fn of(elf: &'e Elf<'_>, function: &Function) -> Self {
        let mut blocks = Self {
            insns: &elf.sections[function.section].insns,
            starts: BTreeSet::from([function.start]),
            start: function.start,
            end: function.end,
        };
        for at in blocks.start..blocks.end {
            if matches!(blocks.insns[at as usize].op, Op::Jump { .. } | Op::Exit) {
                let after = blocks.after(at + 1);
                blocks.starts.extend(after);
                if at + 1 < blocks.end {
                    blocks.starts.insert(at + 1);
                }
            }
        }
        blocks
    }

    /// Behind the last instruction of the block that starts there.
    fn end(&self, start: u32) -> u32 {
        let mut next = self.starts.range(start + 1..);
        next.next().copied().unwrap_or(self.end)
    }

    /// Where the way goes on behind the block that ends there.
    fn after(&self, end: u32) -> Vec<u32> {
        let Some(insn) = end.checked_sub(1).map(|last| self.insns[last as usize]) else {
            return Vec::new();
        };
        let mut after = Vec::new();
        let mut goes_on = true;
        match insn.op {
            Op::Exit => goes_on = false,
            Op::Jump { code, far, .. } => {
                let distance = match far {
                    true => i32::try_from(insn.imm).unwrap_or(0),
                    false => insn.off.into(),
                };
                after.extend(end.checked_add_signed(distance));
                goes_on = code != JA;
            }
            _ => {}
        }
        if goes_on {
            after.push(end);
        }
        after.retain(|at| (self.start..self.end).contains(at));
        after
    }
}
