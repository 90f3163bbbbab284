//! Calls of the program's functions, of helpers, and back from helpers; and the end of a function.

use super::code::Step;
use super::effect::{Effect, Gives};
use super::memory::forget;
use super::refers::Refers;
use super::scalar::Scalar;
use super::stack::slots_of;
use super::state::{Back, Frame, MAX_FRAMES, State};
use super::value::{Reg, Value};
use super::verifier::Feature;
use super::walk::{After, Walk};

impl Walk<'_> {
    pub(super) fn call(&mut self, state: &mut State, at: u32, step: &Step) -> After {
        if let Refers::Function(callee) = step.refers {
            return self.call_own(state, step, callee);
        }
        for number in 1..=5 {
            if let Value::Code { start } = state.reg(number).value {
                self.call_back(state, at, number, start, step.effect.as_ref());
            }
        }
        let given = match &step.effect {
            Some(effect) => {
                if let Some(is_string) = effect.copies {
                    self.note_copy(state, at, is_string);
                }
                self.hand_over(state, at, effect);
                self.change_memory(state, effect);
                match effect.gives {
                    Gives::Number => Value::UNKNOWN,
                    Gives::Length(size) => {
                        let most = i64::try_from(state.reg(size).number().u64.max);
                        let most = most.ok().filter(|most| *most <= i64::from(i32::MAX));
                        const MAX_ERRNO: i64 = 4095;
                        most.map_or(Value::UNKNOWN, |most| {
                            Value::number(Scalar::between(-MAX_ERRNO, most))
                        })
                    }
                    Gives::MaybeNull => Value::MaybeNull { id: self.new_id() },
                    Gives::Element => self.element(state, at),
                    Gives::NotNull => Value::NotNull,
                    Gives::Kernel => Value::Kernel,
                }
            }
            None => Value::UNKNOWN,
        };
        state.frame_mut().clobber();
        state.set(0, Reg::of(given));
        match step.next {
            Some(_) => After::On,
            None => After::End,
        }
    }

    /// An element of a map that is looked up. A verifier may know that an array has it.
    ///
    /// Source: `check_helper_call`, `get_constant_map_key` (6.14).
    fn element(&mut self, state: &State, at: u32) -> Value {
        let id = self.new_id();
        let Value::Map { which } = state.reg(1).value else {
            return Value::MaybeNull { id };
        };
        if let Some(entries) = self.setting.entries_of_array(which)
            && let Value::Stack { frame, off } = state.reg(2).value
        {
            const KEY: u8 = 4;
            self.observe_load(state, at, frame, slots_of(off, KEY.into()));
            let key = off.zip(state.frames.get(usize::from(frame)));
            let key = key.and_then(|(off, frame)| frame.stack.key(off, KEY));
            let is_there = key.is_some_and(|key| key < u64::from(entries));
            if is_there && self.setting.verifier.has(Feature::ConstantKeys) {
                return Value::NotNull;
            }
        }
        self.lookups.insert(id, which);
        Value::MaybeNull { id }
    }

    /// Remembers which field a helper reads, if the size is known and does not go with the field.
    fn note_copy(&mut self, state: &State, at: u32, is_string: bool) {
        let (size, source) = (state.reg(2), state.reg(3));
        let known = size.known().and_then(|size| u32::try_from(size).ok());
        if let (Some(known), None) = (known, size.origin.record) {
            self.note_read(at, source.origin, known, is_string);
        }
    }

    fn call_own(&mut self, state: &mut State, step: &Step, callee: u16) -> After {
        let Some(next) = step.next else {
            return After::End;
        };
        let part = &self.code.functions[usize::from(callee)];
        if part.is_global {
            self.begin_global(callee);
            for (pointer, size) in (1..).zip(part.pointees) {
                forget(state, pointer, size);
            }
            state.frame_mut().clobber();
            return After::On;
        }
        if state.frames.len() >= MAX_FRAMES {
            return After::End;
        }
        let mut frame = Frame::new(callee, Back::To(next));
        frame.regs[1..6].copy_from_slice(&state.frame().regs[1..6]);
        state.frame_mut().clobber();
        state.frames.push(frame);
        state.at = part.start;
        After::On
    }

    /// Puts a function on the list that a helper calls, and after which the helper is called again.
    fn call_back(
        &mut self,
        state: &State,
        at: u32,
        argument: u8,
        start: u32,
        effect: Option<&Effect>,
    ) {
        let mut functions = self.code.functions.iter();
        let Some(callee) = functions.position(|function| function.start == start) else {
            return;
        };
        let callee = callee as u16;
        self.found.observed.callbacks.insert((at, callee));
        if state.frames.len() >= MAX_FRAMES {
            return;
        }
        let mut frame = Frame::new(callee, Back::Again(at));
        if let Some((from, to)) = effect.and_then(|effect| effect.context)
            && argument + 1 == from
        {
            frame.regs[usize::from(to)] = state.reg(from);
        }
        let mut state = state.clone();
        state.frames.push(frame);
        state.at = start;
        self.next.push(state);
    }

    pub(super) fn exit(&mut self, state: &mut State, at: u32) -> After {
        let Some(frame) = state.frames.pop() else {
            return After::End;
        };
        match frame.back {
            Back::End => {
                let given = match frame.regs[0].value {
                    Value::Scalar { number, .. } => Some(number.s32),
                    // An argument, as in `return r`: it is any number to the verifier, or a pointer.
                    Value::Kernel if self.code.taken == Some(0..=0) => Some(Scalar::UNKNOWN.s32),
                    _ => None,
                };
                if self.code.taken.is_some()
                    && frame.function == 0
                    && let Some(given) = given
                {
                    let known = self.found.results.entry(at).or_insert(given);
                    *known = known.hull(given);
                }
                return After::End;
            }
            Back::To(at) => {
                let depth = state.frames.len() as u8;
                let given = match frame.regs[0].value {
                    Value::Stack { frame, .. } if frame >= depth => Reg::UNKNOWN,
                    _ => frame.regs[0],
                };
                state.set(0, given);
                state.at = at;
            }
            Back::Again(at) => state.at = at,
        }
        After::On
    }
}
