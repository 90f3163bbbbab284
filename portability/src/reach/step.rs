//! What one instruction does to what is known.

use bpf_core_btf::insn::{AluOp, Imm64, Insn, JumpOp, Op, Source};

use super::alu::alu;
use super::branch::{decide, refine};
use super::code::Step;
use super::refers::Refers;
use super::scalar::Scalar;
use super::setting::Taken;
use super::state::State;
use super::value::{Origin, Reg, Value};
use super::verifier::Feature;
use super::walk::{After, Walk};

impl Walk<'_> {
    pub(super) fn step(&mut self, state: &mut State, step: &Step) -> After {
        let at = state.at;
        let record = self.setting.record_of(at);
        let (insn, op) = match record.map(|record| self.setting.taken(record)) {
            Some(Taken::Insn { insn, .. }) => (insn, insn.op()),
            // The verifier stops here. What it would find behind is told at once.
            Some(Taken::Poison) => (step.insn, step.op),
            None => (step.insn, step.op),
        };
        let origin = record.map_or(Origin::default(), |record| Origin {
            record: Some(record),
            is_offset: self.setting.is_offset(record),
            variable: None,
        });
        let is_poison = matches!(
            record.map(|record| self.setting.taken(record)),
            Some(Taken::Poison)
        );
        if let Some(next) = step.next {
            state.at = next;
        }
        match op {
            Op::Alu { op, source, wide } => {
                let right = match source {
                    Source::Imm if is_poison => Reg::UNKNOWN,
                    Source::Imm => Reg {
                        origin,
                        ..Reg::constant(insn.imm.cast_unsigned())
                    },
                    Source::Register => self.operand(state, insn.src, op == AluOp::Mov && wide),
                };
                let left = state.reg(insn.dst);
                self.found.has_guessed |= is_guess((op, wide), &left, &right);
                let (op, left, right) = match op {
                    AluOp::Neg if self.setting.verifier.has(Feature::Negation) => {
                        (AluOp::Sub, Reg::constant(0), left)
                    }
                    _ => (op, left, right),
                };
                if wide && matches!(op, AluOp::Add | AluOp::Sub) && right.known() != Some(0) {
                    self.note_unchecked(at, left);
                }
                state.set(insn.dst, arithmetic((op, wide), left, right));
            }
            Op::Load { size, signed } => {
                let base = state.reg(insn.src);
                let loaded = self.load(state, at, base, &insn, (size, signed), origin);
                state.set(insn.dst, loaded);
            }
            Op::Store { size, source } => {
                let value = match source {
                    Source::Imm => Reg::constant(insn.imm.cast_unsigned()),
                    Source::Register => self.operand(state, insn.src, size == 8),
                };
                let base = state.reg(insn.dst);
                let is_imm = source == Source::Imm;
                self.store(
                    state,
                    at,
                    (base, &insn),
                    size,
                    Some((value, is_imm)),
                    origin,
                );
            }
            Op::Atomic { op, size } => self.atomic(state, at, &insn, op, size),
            Op::LoadImm64(kind) => {
                let value = self.address(step, &insn, kind);
                let reg = if is_poison {
                    Reg::UNKNOWN
                } else {
                    Reg {
                        origin,
                        ..Reg::of(value)
                    }
                };
                state.set(insn.dst, reg);
            }
            Op::LoadPacket { size, .. } => {
                state.frame_mut().clobber();
                state.set(0, Reg::of(Value::number(Scalar::of_size(size, false))));
            }
            Op::Goto { .. } => return jump(state, step.target),
            Op::MayGoto { .. } => {
                if let Some(target) = step.target {
                    self.next.push(State {
                        at: target,
                        ..state.clone()
                    });
                }
            }
            Op::Jump {
                op, source, wide, ..
            } => {
                return self.branch(state, at, (op, wide), (&insn, source), step.target);
            }
            Op::Call(_) => return self.call(state, at, step),
            Op::Exit => return self.exit(state, at),
            _ => {}
        }
        match step.next {
            Some(_) => After::On,
            None => After::End,
        }
    }

    /// A register that is copied. The copy and the register are linked from now on.
    fn operand(&mut self, state: &mut State, number: u8, links: bool) -> Reg {
        let mut reg = state.reg(number);
        if links
            && let Value::Scalar {
                number: of,
                link: 0,
            } = reg.value
            && of.value().is_none()
        {
            reg.value = Value::Scalar {
                number: of,
                link: self.new_id(),
            };
            state.set(number, reg);
        }
        reg
    }

    /// What a 64-bit load of an immediate gives.
    fn address(&mut self, step: &Step, insn: &Insn, kind: Imm64) -> Value {
        match step.refers {
            Refers::Data { section, offset } => Value::Data {
                section,
                off: i64::try_from(offset).ok(),
            },
            Refers::Function(function) => Value::Code {
                start: self.code.functions[usize::from(function)].start,
            },
            Refers::Extern(which) => self.setting.address_of(which),
            Refers::Map(which) => Value::Map { which },
            Refers::Nothing if kind == Imm64::Number => {
                Value::number(Scalar::constant(insn.imm.cast_unsigned()))
            }
            _ => Value::NotNull,
        }
    }

    fn branch(
        &mut self,
        state: &mut State,
        at: u32,
        (op, wide): (JumpOp, bool),
        (insn, source): (&Insn, Source),
        target: Option<u32>,
    ) -> After {
        let left = state.reg(insn.dst);
        let right = match source {
            Source::Imm => Reg::constant(insn.imm.cast_unsigned()),
            Source::Register => state.reg(insn.src),
        };
        let origin = left.origin.join(right.origin);
        self.found.variables.extend(origin.variable);
        if let Some(taken) = decided((op, wide), &left, &right) {
            self.found.observed.decided.insert(at);
            self.depends_on(origin);
            if let Some(record) = origin.record {
                self.found.deciders.entry(at).or_default().insert(record);
            }
            return if taken {
                self.found.jumps[at as usize] = true;
                jump(state, target)
            } else {
                self.found.falls[at as usize] = true;
                After::On
            };
        }
        let operands = (insn.dst, (source == Source::Register).then_some(insn.src));
        let mut other = state.clone();
        let goes_on = learn(state, (op, false), wide, operands, (&left, &right));
        if learn(&mut other, (op, true), wide, operands, (&left, &right))
            && let After::On = jump(&mut other, target)
        {
            self.found.jumps[at as usize] = true;
            if !goes_on {
                self.found.observed.decided.insert(at);
                *state = other;
                return After::On;
            }
            self.next.push(other);
        } else {
            self.found.observed.decided.insert(at);
        }
        if !goes_on {
            return After::End;
        }
        self.found.falls[at as usize] = true;
        After::On
    }
}

fn jump(state: &mut State, target: Option<u32>) -> After {
    match target {
        Some(target) => {
            state.at = target;
            After::On
        }
        None => After::End,
    }
}

fn arithmetic((op, wide): (AluOp, bool), left: Reg, right: Reg) -> Reg {
    let origin = match op {
        AluOp::Mov | AluOp::MovSx(_) => right.origin,
        _ => left.origin.join(right.origin),
    };
    let by = |reg: &Reg| reg.known().map(u64::cast_signed);
    let is_pointer = (left.value.is_pointer(), right.value.is_pointer());
    let value = match (op, wide, is_pointer) {
        (AluOp::Mov, true, _) => right.value,
        (AluOp::AddrSpaceCast, ..) => Value::NotNull,
        (AluOp::Add, true, (true, false)) => left.value.moved(by(&right)).unwrap_or(Value::UNKNOWN),
        (AluOp::Add, true, (false, true)) => right.value.moved(by(&left)).unwrap_or(Value::UNKNOWN),
        (AluOp::Sub, true, (true, false)) => {
            let by = by(&right).and_then(i64::checked_neg);
            left.value.moved(by).unwrap_or(Value::UNKNOWN)
        }
        (AluOp::Neg | AluOp::ToLe(_) | AluOp::ToBe(_) | AluOp::Bswap(_), ..) => Value::UNKNOWN,
        (AluOp::Mov | AluOp::MovSx(_), ..) => {
            Value::number(alu(op, wide, Scalar::UNKNOWN, right.number()))
        }
        _ => Value::number(alu(op, wide, left.number(), right.number())),
    };
    Reg { value, origin }
}

/// Whether verifiers may know more of what an operation gives than is known here: of swapped bytes, and of an argument
/// that is no pointer.
fn is_guess((op, wide): (AluOp, bool), left: &Reg, right: &Reg) -> bool {
    let is_argument = |reg: &Reg| reg.value == Value::Kernel;
    match op {
        AluOp::ToLe(_) | AluOp::ToBe(_) | AluOp::Bswap(_) => true,
        AluOp::Mov if wide => false,
        AluOp::Mov | AluOp::MovSx(_) => is_argument(right),
        AluOp::Add | AluOp::Sub if wide => false,
        _ => is_argument(left) || is_argument(right),
    }
}

/// Whether a branch is taken, if the verifier can tell.
fn decided((op, wide): (JumpOp, bool), left: &Reg, right: &Reg) -> Option<bool> {
    match (left.value, right.value) {
        (Value::Scalar { number: a, .. }, Value::Scalar { number: b, .. }) => {
            decide(op, wide, &a, &b)
        }
        (Value::NotNull | Value::Map { .. } | Value::Data { .. } | Value::Config { .. }, _)
            if wide && right.known() == Some(0) =>
        {
            match op {
                JumpOp::Eq => Some(false),
                JumpOp::Ne => Some(true),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Puts into a state what one way behind a branch tells. `false`: there is no such way.
fn learn(
    state: &mut State,
    (op, taken): (JumpOp, bool),
    wide: bool,
    (left_at, right_at): (u8, Option<u8>),
    (left, right): (&Reg, &Reg),
) -> bool {
    match (left.value, right.value) {
        (
            Value::Scalar { number: a, link },
            Value::Scalar {
                number: b,
                link: other,
            },
        ) => {
            let Some((a, b)) = refine((op, taken), wide, &a, &b) else {
                return false;
            };
            put(state, left_at, link, a);
            if let Some(at) = right_at {
                put(state, at, other, b);
            }
            true
        }
        (Value::MaybeNull { id }, _) if right.known() == Some(0) => {
            let is_null = match op {
                JumpOp::Eq => taken,
                JumpOp::Ne => !taken,
                _ => return true,
            };
            let value = if is_null {
                Value::number(Scalar::constant(0))
            } else {
                Value::NotNull
            };
            state.for_each(|reg| {
                if reg.value == (Value::MaybeNull { id }) {
                    reg.value = value;
                }
            });
            true
        }
        _ => true,
    }
}

/// Puts a number into a register, and into all that are linked to it.
fn put(state: &mut State, at: u8, link: u32, number: Scalar) {
    let value = Value::Scalar { number, link };
    if link == 0 {
        let reg = state.reg(at);
        state.set(at, Reg { value, ..reg });
        return;
    }
    state.for_each(|reg| {
        if matches!(reg.value, Value::Scalar { link: other, .. } if other == link) {
            reg.value = value;
        }
    });
}
