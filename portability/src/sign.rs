//! How a program uses a number that it has read: whether it takes the sign bit for a sign, or for one more
//! bit. Where only equality matters, it does neither.

use std::collections::BTreeMap;

use bpf_core_btf::insn::{AluOp, INSN_SIZE, Insn, JumpOp, Op, Source};
use bpf_core_btf::object::{Function, Place};

use crate::program::Program;

/// What a program does with a number, wherever in the function it has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Uses {
    signed: Use,
    unsigned: Use,
    /// Whether it is compared with constants that it may equal, as a `switch` does. How the compiler orders
    /// these says nothing.
    is_matched: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Use {
    surely: bool,
    /// By comparing it with a constant.
    by_constant: bool,
}

impl Uses {
    /// Of the number of so many bytes that an instruction reads: a load, or a call of a helper that copies it
    /// to the stack.
    pub(crate) fn of(program: &Program<'_>, read: Place, size: u32) -> Self {
        let mut functions = program.functions.iter();
        let is_in =
            |one: &&Function<'_>| one.section == read.section && one.range().contains(&read.at);
        match (functions.find(is_in), u8::try_from(size)) {
            (Some(function), Ok(size @ (1 | 2 | 4 | 8))) => {
                let mut following = Following {
                    program,
                    read,
                    size,
                    range: function.range(),
                    uses: Self::default(),
                };
                following.run();
                following.uses
            }
            _ => Self::default(),
        }
    }

    /// Whether the program goes by a sign that the kernel's number does not have, or ignores the one that it
    /// has.
    pub(crate) fn differ(self, is_signed: bool) -> bool {
        let used = if is_signed {
            self.signed
        } else {
            self.unsigned
        };
        used.surely || used.by_constant && !self.is_matched
    }
}

/// What a register or a slot of the stack holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// The number, with zeros above it.
    Number,
    /// The number at the upper end of so many bits.
    Shifted(u8),
    /// The number, with its sign above it.
    Extended,
    /// The address of a byte of the stack.
    Frame(i32),
    /// Different things on different ways.
    Mixed,
}

impl Held {
    fn join(self, other: Self) -> Self {
        if self == other { self } else { Self::Mixed }
    }
}

/// What may be where before an instruction, on one of the ways there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct State {
    regs: [Option<Held>; 10],
    /// By offset: what is there, and its bytes.
    slots: BTreeMap<i32, (Held, u8)>,
}

impl State {
    fn reg(&self, number: u8) -> Option<Held> {
        match self.regs.get(usize::from(number)) {
            Some(held) => *held,
            None => Some(Held::Frame(0)),
        }
    }

    fn set(&mut self, number: u8, held: Option<Held>) {
        if let Some(reg) = self.regs.get_mut(usize::from(number)) {
            *reg = held;
        }
    }

    /// Forgets what these bytes of the stack hold.
    fn forget(&mut self, off: i32, size: u8) {
        let end = off.saturating_add(size.into());
        self.slots
            .retain(|at, (_, bytes)| *at >= end || at.saturating_add((*bytes).into()) <= off);
    }

    /// Adds what is so on another way. Gives whether something is new.
    fn join(&mut self, other: &Self) -> bool {
        let before = self.clone();
        for (own, other) in self.regs.iter_mut().zip(&other.regs) {
            *own = match (*own, *other) {
                (Some(own), Some(other)) => Some(own.join(other)),
                (own, other) => own.or(other),
            };
        }
        for (at, (held, size)) in &other.slots {
            let known = self.slots.entry(*at).or_insert((*held, *size));
            if *known != (*held, *size) {
                known.0 = Held::Mixed;
            }
        }
        *self != before
    }
}

struct Following<'p> {
    program: &'p Program<'p>,
    /// Where the number comes from.
    read: Place,
    size: u8,
    range: std::ops::Range<u32>,
    uses: Uses,
}

impl Following<'_> {
    fn run(&mut self) {
        // From the start: the read may go to a place of the stack that the function has computed before.
        let mut states = BTreeMap::from([(self.range.start, State::default())]);
        let mut waiting = vec![self.range.start];
        while let Some(at) = waiting.pop() {
            let place = Place { at, ..self.read };
            let insn = self.program.insns.get(&place);
            let (Some(insn), Some(mut state)) = (insn, states.get(&at).cloned()) else {
                continue;
            };
            self.step(at, insn, &mut state);
            for next in next(at, insn) {
                let is_new = match states.get_mut(&next) {
                    Some(known) => known.join(&state),
                    None => {
                        states.insert(next, state.clone());
                        true
                    }
                };
                if is_new {
                    waiting.push(next);
                }
            }
        }
    }

    fn step(&mut self, at: u32, insn: &Insn, state: &mut State) {
        match insn.op() {
            Op::Alu { op, source, wide } => {
                let right = match source {
                    Source::Register => state.reg(insn.src),
                    Source::Imm => None,
                };
                let held = self.arithmetic((op, wide), state.reg(insn.dst), right, insn, source);
                state.set(insn.dst, held);
            }
            Op::Load { signed, .. } if at == self.read.at => {
                let held = if signed && self.size < 8 {
                    Held::Extended
                } else {
                    Held::Number
                };
                state.set(insn.dst, Some(held));
            }
            Op::Load { size, signed } => {
                let held = self.loaded(state, insn, size, signed);
                state.set(insn.dst, held);
            }
            Op::Store { size, source } => self.store(state, insn, size, source),
            Op::Jump {
                op, source, wide, ..
            } => {
                let right = match source {
                    Source::Register => state.reg(insn.src),
                    Source::Imm => None,
                };
                let by = (source == Source::Imm).then_some(insn.imm);
                self.compare((op, wide), state.reg(insn.dst), by);
                self.compare((op, wide), right, None);
            }
            Op::Call(_) => {
                let destination = state.reg(1);
                for number in 1..=5 {
                    if let Some(Held::Frame(off)) = state.reg(number) {
                        state.forget(off, 1);
                    }
                }
                if let (Some(Held::Frame(off)), true) = (destination, at == self.read.at) {
                    state.forget(off, self.size);
                    state.slots.insert(off, (Held::Number, self.size));
                }
                state.regs[..6].fill(None);
            }
            Op::LoadImm64(_) => state.set(insn.dst, None),
            Op::Atomic { .. } | Op::LoadPacket { .. } => {
                state.set(insn.src, None);
                state.set(0, None);
            }
            _ => {}
        }
    }

    /// What an operation leaves in its register.
    fn arithmetic(
        &mut self,
        (op, wide): (AluOp, bool),
        left: Option<Held>,
        right: Option<Held>,
        insn: &Insn,
        source: Source,
    ) -> Option<Held> {
        let bits = self.size * 8;
        let width = if wide { 64 } else { 32 };
        let by = (source == Source::Imm).then_some(insn.imm);
        let is_gap = bits < width && by == Some(i64::from(width - bits));
        match (op, left) {
            (AluOp::Mov, _) => match right {
                // The upper half is gone.
                Some(Held::Extended) if !wide && bits == 32 => Some(Held::Number),
                Some(Held::Frame(_) | Held::Shifted(64)) if !wide => None,
                Some(Held::Number) if !wide && bits == 64 => None,
                held => held,
            },
            (AluOp::MovSx(from), _) => {
                let is_number = matches!(right, Some(Held::Number | Held::Extended));
                (is_number && from == bits && bits < width).then_some(Held::Extended)
            }
            (AluOp::Add, Some(Held::Frame(off))) if wide => {
                let by = by.and_then(|by| i32::try_from(by).ok());
                Some(Held::Frame(off.checked_add(by?)?))
            }
            (AluOp::And, Some(Held::Number)) if by.is_some_and(|by| covers(by, bits)) => left,
            (AluOp::Lsh, Some(Held::Number | Held::Extended)) if is_gap => {
                Some(Held::Shifted(width))
            }
            (AluOp::Rsh, Some(Held::Shifted(of))) if is_gap && of == width => Some(Held::Number),
            // The highest bit alone: whether it is negative.
            (AluOp::Rsh, Some(Held::Number)) if by == Some(i64::from(bits) - 1) => {
                self.uses.signed.surely = true;
                None
            }
            (AluOp::Rsh, Some(Held::Shifted(of)))
                if of == width && by == Some(i64::from(width) - 1) =>
            {
                self.uses.signed.surely = true;
                None
            }
            (AluOp::Arsh, Some(Held::Shifted(of))) if of == width => {
                // By more: the number is divided on the way.
                if is_gap {
                    return Some(Held::Extended);
                }
                self.uses.signed.surely = true;
                None
            }
            (AluOp::Arsh | AluOp::SDiv | AluOp::SMod, Some(Held::Number)) if bits == width => {
                self.uses.signed.surely = true;
                None
            }
            (AluOp::Div | AluOp::Mod, Some(Held::Number)) => {
                self.uses.unsigned.surely = true;
                None
            }
            _ => {
                let is_used = |held| wide && held == Some(Held::Extended);
                self.uses.signed.surely |= is_used(left) || is_used(right);
                None
            }
        }
    }

    fn loaded(&self, state: &State, insn: &Insn, size: u8, signed: bool) -> Option<Held> {
        let Some(Held::Frame(off)) = state.reg(insn.src) else {
            return None;
        };
        let (held, bytes) = *state.slots.get(&off.checked_add(insn.off.into())?)?;
        match held {
            _ if bytes != size => None,
            Held::Number if size == self.size && size < 8 && signed => Some(Held::Extended),
            held => Some(held).filter(|_| !signed),
        }
    }

    fn store(&mut self, state: &mut State, insn: &Insn, size: u8, source: Source) {
        let held = match source {
            Source::Register => state.reg(insn.src),
            Source::Imm => None,
        };
        let Some(Held::Frame(off)) = state.reg(insn.dst) else {
            self.uses.signed.surely |= held == Some(Held::Extended) && size > self.size;
            return;
        };
        let Some(off) = off.checked_add(insn.off.into()) else {
            return;
        };
        state.forget(off, size);
        let kept = match held {
            Some(Held::Extended) if size == self.size => Some(Held::Number),
            held => held.filter(|_| size == 8 || size == self.size),
        };
        if let Some(held) = kept {
            state.slots.insert(off, (held, size));
        }
    }

    /// A comparison of something with a constant, or with what is not known.
    fn compare(&mut self, (op, wide): (JumpOp, bool), held: Option<Held>, by: Option<i64>) {
        let bits = self.size * 8;
        let is_all = bits == if wide { 64 } else { 32 };
        match op {
            JumpOp::Eq | JumpOp::Ne => {
                let is_number = matches!(held, Some(Held::Number | Held::Extended));
                self.uses.is_matched |= is_number && by.is_some_and(|by| by != 0);
            }
            JumpOp::Slt | JumpOp::Sle | JumpOp::Sgt | JumpOp::Sge => {
                let takes_sign = match held {
                    Some(Held::Number) => is_all,
                    Some(Held::Extended) => wide || bits < 32,
                    Some(Held::Shifted(width)) => (width == 64) == wide,
                    _ => false,
                };
                // Behind which there is the question whether it is negative.
                let is_for_sign = by.is_none_or(|by| matches!(by, -1 | 0));
                if takes_sign {
                    self.uses.signed.surely |= is_for_sign;
                    self.uses.signed.by_constant = true;
                }
            }
            JumpOp::Gt | JumpOp::Ge | JumpOp::Lt | JumpOp::Le => {
                // One comparison with a small number stands for several of equality.
                const SETS: i64 = 64;
                if held == Some(Held::Number) && (wide || bits <= 32) {
                    self.uses.unsigned.surely |= by.is_none();
                    self.uses.unsigned.by_constant |= by.is_some_and(|by| by > SETS);
                }
            }
            JumpOp::Set => {}
        }
    }
}

/// Whether a mask leaves the low bits as they are.
fn covers(mask: i64, bits: u8) -> bool {
    mask.trailing_ones() >= u32::from(bits)
}

/// The instructions that may come next.
fn next(at: u32, insn: &Insn) -> Vec<u32> {
    let behind = at + (insn.slots() * INSN_SIZE) as u32;
    let to = |distance: i32| {
        let bytes = i64::from(distance) * INSN_SIZE as i64;
        u32::try_from(i64::from(behind) + bytes).ok()
    };
    match insn.op() {
        Op::Exit => Vec::new(),
        Op::Goto { distance } => to(distance).into_iter().collect(),
        Op::Jump { distance, .. } | Op::MayGoto { distance } => {
            to(distance).into_iter().chain([behind]).collect()
        }
        _ => vec![behind],
    }
}
