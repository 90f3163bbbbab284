//! Which registers and stack slots can still decide a branch, at each step of a program. Where two ways
//! differ in others only, one stands for both (`mark_chain_precision` of the kernel).

use std::collections::{BTreeMap, BTreeSet};

use bpf_core_btf::insn::{AluOp, AtomicOp, Op, Source};

use super::code::{Code, Step};
use super::effect::{Gives, Size};
use super::refers::Refers;

/// Registers and slots of one frame, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) regs: u16,
    pub(super) slots: u64,
}

/// What matters before a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mattering {
    /// May be used.
    pub(super) live: Places,
    /// May decide a branch.
    pub(super) decides: Places,
}

/// What a walk has seen, and no look at the code tells.
#[derive(Debug, Default, PartialEq, Eq, Clone)]
pub(super) struct Observed {
    /// Slots of the stack that a step loads through a pointer: of its own frame, and of frames below.
    pub(super) loads: BTreeMap<u32, (u64, u64)>,
    /// Steps that store through a pointer into the stack.
    pub(super) stores: BTreeSet<u32>,
    /// Functions that a call of a helper calls back.
    pub(super) callbacks: BTreeSet<(u32, u16)>,
    /// Branches of which only one way was gone. Where all others go both ways, no number matters to them.
    pub(super) decided: BTreeSet<u32>,
}

/// What matters at each step of a program.
#[derive(PartialEq, Eq)]
pub(super) struct Relevance {
    before: Vec<Mattering>,
    /// Slots of callers that a function loads, by its number.
    outer: Vec<u64>,
    /// Whether the result of a function is used, and whether it may decide a branch.
    results: Vec<(bool, bool)>,
}

const CALLER_SAVED: u16 = 0b11_1111;
const ARGUMENTS: u16 = 0b11_1110;

impl Relevance {
    /// Goes over the code backwards until nothing changes.
    pub(super) fn of(code: &Code, observed: &Observed) -> Self {
        let mut relevance = Self {
            before: vec![Mattering::default(); code.steps.len()],
            outer: vec![0; code.functions.len()],
            results: vec![(false, false); code.functions.len()],
        };
        if let Some(of_program) = relevance.results.first_mut() {
            let is_judged = code.taken.is_some();
            *of_program = (is_judged, is_judged);
        }
        loop {
            let mut has_changed = false;
            for (at, step) in code.steps.iter().enumerate().rev() {
                let (own, outer) = observed
                    .loads
                    .get(&(at as u32))
                    .copied()
                    .unwrap_or_default();
                let function = usize::from(step.function);
                if relevance.outer[function] | outer != relevance.outer[function] {
                    relevance.outer[function] |= outer;
                    has_changed = true;
                }
                let mut found = relevance.step(code, observed, at as u32, step, &mut has_changed);
                found.live.slots |= own;
                found.decides.slots |= own;
                has_changed |= found != relevance.before[at];
                relevance.before[at] = found;
            }
            if !has_changed {
                return relevance;
            }
        }
    }

    /// What matters before a step.
    pub(super) fn before(&self, at: u32) -> Mattering {
        self.before.get(at as usize).copied().unwrap_or_default()
    }

    /// What matters in a frame while a function runs that it has called, and that returns to `at`.
    /// `is_again`: the call is made once more.
    pub(super) fn below(&self, at: u32, callee: u16, is_again: bool) -> Mattering {
        let mut found = self.before(at);
        if !is_again {
            found.live.regs &= !CALLER_SAVED;
            found.decides.regs &= !CALLER_SAVED;
        }
        found.live.slots |= self.outer[usize::from(callee)];
        found.decides.slots |= self.outer[usize::from(callee)];
        found
    }

    fn step(
        &mut self,
        code: &Code,
        observed: &Observed,
        at: u32,
        step: &Step,
        has_changed: &mut bool,
    ) -> Mattering {
        let next = step
            .next
            .map_or(Mattering::default(), |next| self.before(next));
        let target = step
            .target
            .map_or(Mattering::default(), |next| self.before(next));
        let dst = 1u16 << step.insn.dst.min(15);
        let src = 1u16 << step.insn.src.min(15);
        let mut both = next;
        match step.op {
            Op::Alu { op, source, .. } => {
                let decides = next.decides.regs & dst != 0;
                let is_copy = matches!(op, AluOp::Mov | AluOp::MovSx(_));
                if is_copy {
                    both.clear(dst);
                }
                let used = if source == Source::Register && !is_unary(op) {
                    src
                } else {
                    0
                };
                both.use_regs(if is_copy { used } else { used | dst }, decides);
                both
            }
            Op::Load { .. } => load(step, next),
            Op::Store { source, .. } => {
                let used = if source == Source::Register { src } else { 0 };
                store(step, used, next, observed.stores.contains(&at))
            }
            Op::Atomic { op, .. } => {
                let given = match op {
                    AtomicOp::Cmpxchg => 1,
                    AtomicOp::LoadAcquire => dst,
                    AtomicOp::Add | AtomicOp::Or | AtomicOp::And | AtomicOp::Xor => 0,
                    _ => src,
                };
                both.clear(given);
                both.use_regs(dst | src, true);
                both
            }
            Op::LoadImm64(_) => {
                both.clear(dst);
                both
            }
            Op::LoadPacket { .. } => {
                both.clear(CALLER_SAVED);
                both.use_regs(src | 1 << 6, false);
                both
            }
            Op::Jump { source, .. } => {
                both.add(&target);
                both.use_regs(
                    if source == Source::Register {
                        dst | src
                    } else {
                        dst
                    },
                    observed.decided.contains(&at),
                );
                both
            }
            Op::MayGoto { .. } => {
                both.add(&target);
                both
            }
            Op::Goto { .. } => target,
            Op::Exit => {
                let (live, decides) = self.results[usize::from(step.function)];
                Mattering {
                    live: Places {
                        regs: live.into(),
                        slots: 0,
                    },
                    decides: Places {
                        regs: decides.into(),
                        slots: 0,
                    },
                }
            }
            Op::Call(_) => self.call(code, observed, (at, step), next, has_changed),
            _ => next,
        }
    }

    fn call(
        &mut self,
        code: &Code,
        observed: &Observed,
        (at, step): (u32, &Step),
        next: Mattering,
        has_changed: &mut bool,
    ) -> Mattering {
        let mut both = next;
        both.clear(CALLER_SAVED);
        if let Refers::Function(callee) = step.refers {
            let number = usize::from(callee);
            let result = &mut self.results[number];
            let used = (next.live.regs & 1 != 0, next.decides.regs & 1 != 0);
            let merged = (result.0 | used.0, result.1 | used.1);
            *has_changed |= merged != *result;
            *result = merged;
            let entry = self.before(code.functions[number].start);
            both.live.regs |= entry.live.regs & ARGUMENTS;
            both.decides.regs |= entry.decides.regs & ARGUMENTS;
            self.take_outer(step, callee, &mut both, has_changed);
            return both;
        }
        both.use_regs(ARGUMENTS, false);
        if let Some(effect) = &step.effect {
            let size = match (effect.gives, effect.writes) {
                (_, Some((_, Size::In(size)))) | (Gives::Length(size), _) => 1 << size,
                _ => 0,
            };
            both.use_regs(size, true);
        }
        let callbacks = observed.callbacks.range((at, 0)..=(at, u16::MAX));
        for (_, callee) in callbacks {
            self.take_outer(step, *callee, &mut both, has_changed);
        }
        both
    }

    /// What a function loads from frames below it matters where it is called, and below that.
    fn take_outer(
        &mut self,
        step: &Step,
        callee: u16,
        into: &mut Mattering,
        has_changed: &mut bool,
    ) {
        let slots = self.outer[usize::from(callee)];
        into.live.slots |= slots;
        into.decides.slots |= slots;
        let own = &mut self.outer[usize::from(step.function)];
        *has_changed |= *own | slots != *own;
        *own |= slots;
    }
}

impl Mattering {
    fn clear(&mut self, regs: u16) {
        self.live.regs &= !regs;
        self.decides.regs &= !regs;
    }

    fn use_regs(&mut self, regs: u16, decides: bool) {
        self.live.regs |= regs;
        if decides {
            self.decides.regs |= regs;
        }
    }

    fn add(&mut self, other: &Self) {
        self.live.regs |= other.live.regs;
        self.live.slots |= other.live.slots;
        self.decides.regs |= other.decides.regs;
        self.decides.slots |= other.decides.slots;
    }
}

/// What matters before a load, where `next` matters behind it.
fn load(step: &Step, next: Mattering) -> Mattering {
    let dst = 1u16 << step.insn.dst.min(15);
    let decides = next.decides.regs & dst != 0;
    let is_live = next.live.regs & dst != 0;
    let mut both = next;
    both.clear(dst);
    both.use_regs(1 << step.insn.src.min(15), decides);
    if step.insn.src == 10 && is_live {
        let slots = super::stack::slots_of(Some(step.insn.off.into()), size(step.op));
        both.live.slots |= slots;
        if decides {
            both.decides.slots |= slots;
        }
    }
    both
}

/// What matters before a store of the register `used`, where `next` matters behind it. `is_seen`: it goes through
/// a pointer into the stack.
fn store(step: &Step, used: u16, next: Mattering, is_seen: bool) -> Mattering {
    let mut both = next;
    if step.insn.dst != 10 {
        both.use_regs(1 << step.insn.dst.min(15), true);
        both.use_regs(used, is_seen);
        return both;
    }
    let slots = super::stack::slots_of(Some(step.insn.off.into()), size(step.op));
    let (live, decides) = (
        next.live.slots & slots != 0,
        next.decides.slots & slots != 0,
    );
    if size(step.op) == 8 && step.insn.off % 8 == 0 {
        both.live.slots &= !slots;
        both.decides.slots &= !slots;
    }
    if live {
        both.use_regs(used, decides);
    }
    both
}

fn is_unary(op: AluOp) -> bool {
    matches!(
        op,
        AluOp::Neg | AluOp::ToLe(_) | AluOp::ToBe(_) | AluOp::Bswap(_)
    )
}

fn size(op: Op) -> u32 {
    match op {
        Op::Load { size, .. } | Op::Store { size, .. } => size.into(),
        _ => 8,
    }
}
