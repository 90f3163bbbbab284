//! What one instruction does to what is known.

use bpf_core_flow::{Offset, Origin, Pointer};
use bpf_core_kernel_facts::Context;
use bpf_core_kernel_facts::helper::{Helper, Memory};

use super::elf::{Elf, Reference, Section};
use super::insn::{Insn, Op, alu};
use super::state::{Read, State, Value};
use super::types::{Content, Types};

/// What an instruction does that rules want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact<'b> {
    /// It takes a pointer for an address.
    Address { pointer: Pointer<'b>, how: How },
    /// Nothing looks at the result of the read at `read`, though `used` loads what it read.
    Unchecked {
        read: u32,
        used: u32,
        /// Whether a record gave the address that was read.
        by_name: bool,
    },
}

/// How an address is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// By an instruction.
    Direct,
    /// By a helper that reads memory.
    Probe,
}

/// A call of another function of the object.
pub(super) struct Call<'b> {
    pub(super) section: usize,
    pub(super) start: u32,
    pub(super) arguments: [Value<'b>; 5],
}

/// Where instructions are.
#[derive(Clone, Copy)]
pub(super) struct Place<'e, 'b> {
    pub(super) elf: &'e Elf<'e>,
    pub(super) types: &'e Types<'b>,
    pub(super) section: usize,
    /// What the context is, if it is at hand.
    pub(super) context: Option<Context>,
}

impl<'e, 'b> Place<'e, 'b> {
    fn code(&self) -> &'e Section {
        &self.elf.sections[self.section]
    }

    fn is_relocated(&self, at: u32) -> bool {
        self.types.is_relocated(&self.code().name, at)
    }

    /// Executes everything but jumps. `facts` gets what rules want to know. Gives the call of
    /// another function, whose result the caller knows.
    pub(super) fn step(
        &self,
        at: u32,
        insn: Insn,
        state: &mut State<'b>,
        facts: &mut Vec<Fact<'b>>,
    ) -> Option<Call<'b>> {
        let destination = state.register(insn.dst);
        let source = state.register(insn.src);
        match insn.op {
            Op::Alu {
                code,
                register,
                wide,
            } => {
                let value = self.arithmetic(at, insn, code, register, wide, state);
                state.set(insn.dst, value);
            }
            Op::Load { size, .. } => {
                let value = self.load(at, insn, size, source, state, facts);
                state.set(insn.dst, value);
            }
            Op::Store { size, register } => {
                let value = match register {
                    true => source,
                    false => Value::Constant(insn.imm),
                };
                state.test(value);
                match destination {
                    Value::Stack(base) => {
                        let start = base.saturating_add(insn.off.into());
                        match size {
                            8 => state.put(start, value),
                            _ => state.overwrite(start, start.saturating_add(size.into())),
                        }
                    }
                    Value::Kernel(pointer) => self.dereference(at, insn, pointer, facts),
                    _ => {}
                }
            }
            Op::Atomic => {
                if let Value::Stack(base) = destination {
                    let start = base.saturating_add(insn.off.into());
                    state.overwrite(start, start.saturating_add(8));
                }
                // Those that fetch put it into either.
                state.set(insn.src, Value::Unknown);
                state.set(0, Value::Unknown);
            }
            Op::LoadImm64 => {
                let value = if self.is_relocated(at) {
                    Value::Relocated(at)
                } else if insn.src != 0 || self.code().references.contains_key(&at) {
                    Value::Unknown
                } else {
                    Value::Constant(insn.imm)
                };
                state.set(insn.dst, value);
            }
            Op::Call { indirect } => {
                for register in 1..6 {
                    state.test(state.register(register));
                }
                if !indirect {
                    return self.call(at, insn, state, facts);
                }
                state.clobber();
            }
            Op::Other => state.clobber(),
            Op::SecondHalf | Op::Jump { .. } | Op::Exit => {}
        }
        None
    }

    fn arithmetic(
        &self,
        at: u32,
        insn: Insn,
        code: u8,
        register: bool,
        wide: bool,
        state: &mut State<'b>,
    ) -> Value<'b> {
        let left = state.register(insn.dst);
        let right = match register {
            true => state.register(insn.src),
            false if self.is_relocated(at) => Value::Relocated(at),
            false => Value::Constant(insn.imm),
        };
        if code != alu::MOV {
            state.test(left);
            state.test(right);
        }
        // Otherwise a move that extends a sign, or casts an address.
        let plain = insn.off == 0;
        if !wide {
            return match (code, left, right) {
                (alu::MOV, _, Value::Constant(number)) if plain => {
                    Value::Constant((number as u32).into())
                }
                // Error codes are `int`s.
                (alu::MOV, _, Value::Result(_) | Value::Relocated(_)) if plain => right,
                _ => Value::Unknown,
            };
        }
        match (code, left, right) {
            (alu::MOV, _, value) if plain => value,
            (alu::ADD, Value::Kernel(pointer), Value::Constant(number))
            | (alu::ADD, Value::Constant(number), Value::Kernel(pointer)) => {
                Value::Kernel(pointer.plus(number, at))
            }
            (alu::ADD, Value::Kernel(pointer), Value::Choice(numbers))
            | (alu::ADD, Value::Choice(numbers), Value::Kernel(pointer)) => {
                Value::Kernel(Pointer {
                    offset: pointer.offset.plus_either(numbers, at),
                    ..pointer
                })
            }
            (alu::SUB, Value::Kernel(pointer), Value::Constant(number)) => {
                Value::Kernel(pointer.plus(number.wrapping_neg(), at))
            }
            (alu::ADD, Value::Kernel(pointer), Value::Relocated(by))
            | (alu::ADD, Value::Relocated(by), Value::Kernel(pointer)) => Value::Kernel(Pointer {
                offset: pointer.offset.plus_relocated(by),
                ..pointer
            }),
            (alu::ADD, Value::Stack(base), Value::Constant(number)) => {
                Value::Stack(base.wrapping_add(number))
            }
            (alu::ADD, Value::Context(base), Value::Constant(number)) => {
                Value::Context(base.wrapping_add(number))
            }
            (_, Value::Constant(left), Value::Constant(right)) => fold(code, left, right),
            _ => Value::Unknown,
        }
    }

    fn load(
        &self,
        at: u32,
        insn: Insn,
        size: u8,
        source: Value<'b>,
        state: &mut State<'b>,
        facts: &mut Vec<Fact<'b>>,
    ) -> Value<'b> {
        match source {
            Value::Stack(base) => {
                let start = base.saturating_add(insn.off.into());
                let end = start.saturating_add(size.into());
                state.load(start, end, at);
                match size {
                    8 => state.slot(start),
                    _ => Value::Unknown,
                }
            }
            Value::Context(base) if size == 8 => self.argument(base.wrapping_add(insn.off.into())),
            Value::Kernel(pointer) => {
                self.dereference(at, insn, pointer, facts);
                let content = match self.is_relocated(at) {
                    true => self.types.field(&self.code().name, at),
                    false => self.content(pointer),
                };
                match size {
                    8 => behind(content, pointer.origin, Origin::Load),
                    _ => Value::Unknown,
                }
            }
            _ => Value::Unknown,
        }
    }

    fn dereference(&self, at: u32, insn: Insn, pointer: Pointer<'b>, facts: &mut Vec<Fact<'b>>) {
        let offset = match self.is_relocated(at) {
            true => pointer.offset.plus_relocated(at),
            false => pointer.offset.plus(insn.off.into(), at),
        };
        facts.push(Fact::Address {
            pointer: Pointer { offset, ..pointer },
            how: How::Direct,
        });
    }

    fn argument(&self, offset: i64) -> Value<'b> {
        let argument = self.context.and_then(|context| context.argument(offset));
        argument.map_or(Value::Unknown, |argument| {
            Value::Kernel(Pointer::new(Origin::of_argument(argument), None))
        })
    }

    /// What lies at an address.
    fn content(&self, pointer: Pointer<'b>) -> Content<'b> {
        match pointer.offset {
            Offset::Relocated { by: Some(by) } => self.types.field(&self.code().name, by),
            _ => Content::Unknown,
        }
    }

    fn call(
        &self,
        at: u32,
        insn: Insn,
        state: &mut State<'b>,
        facts: &mut Vec<Fact<'b>>,
    ) -> Option<Call<'b>> {
        let reference = self.code().references.get(&at);
        let local = match reference {
            Some(Reference::Code { section, at }) => Some((*section, *at)),
            Some(_) => None,
            None => (insn.src == 1).then(|| {
                let distance = i32::try_from(insn.imm).unwrap_or(0);
                (self.section, (at + 1).wrapping_add_signed(distance))
            }),
        };
        if let Some((section, start)) = local {
            let arguments = state.arguments();
            self.lend_stack(state);
            state.clobber();
            return Some(Call {
                section,
                start,
                arguments,
            });
        }
        let result = match reference {
            Some(Reference::Undefined(name)) => {
                self.lend_stack(state);
                let name = self.types.returned(name);
                name.map(|name| Pointer::new(Origin::Typed, Some(name)))
            }
            _ if insn.src != 0 => {
                self.lend_stack(state);
                None
            }
            _ => match Helper::of_id(insn.imm) {
                Helper::Reads { from, string } => {
                    self.read(at, from, string, state, facts);
                    state.clobber();
                    state.set(0, Value::Result(at));
                    return None;
                }
                helper => {
                    let given = Pointer::of_helper(helper);
                    if given.is_none() {
                        self.lend_stack(state);
                    }
                    given
                }
            },
        };
        state.clobber();
        state.set(0, result.map_or(Value::Unknown, Value::Kernel));
        None
    }

    /// A helper copies memory.
    fn read(
        &self,
        at: u32,
        from: Memory,
        string: bool,
        state: &mut State<'b>,
        facts: &mut Vec<Fact<'b>>,
    ) {
        let [buffer, size, address, ..] = [1, 2, 3].map(|number| state.register(number));
        let content = match address {
            Value::Kernel(pointer) if from != Memory::User => {
                let how = How::Probe;
                facts.push(Fact::Address { pointer, how });
                behind(self.content(pointer), pointer.origin, Origin::ProbeRead)
            }
            Value::Context(offset) if from != Memory::User => self.argument(offset),
            _ => Value::Unknown,
        };
        let (Value::Stack(start), Value::Constant(size @ 1..=512)) = (buffer, size) else {
            self.lend_stack(state);
            return;
        };
        let end = start.saturating_add(size);
        state.overwrite(start, end);
        if !string {
            // A struct that is copied as a whole may have pointers anywhere.
            let slots = (0..size / 8).map(|index| start.saturating_add(index * 8));
            slots.for_each(|slot| state.put(slot, content));
        }
        let by_name = matches!(
            address,
            Value::Kernel(Pointer {
                offset: Offset::Relocated { .. },
                ..
            })
        );
        let read = Read {
            start,
            end,
            by_name,
            tested: false,
            used: None,
        };
        state.reads.insert(at, read);
    }

    /// Another function gets pointers into the stack, and may write there.
    fn lend_stack(&self, state: &mut State<'b>) {
        for register in 1..6 {
            if let Value::Stack(start) = state.register(register) {
                let end = match state.register(register + 1) {
                    Value::Constant(size @ 1..=512) if register < 5 => start.saturating_add(size),
                    _ => 0,
                };
                state.overwrite(start, end);
            }
        }
    }
}

/// What a copy of a field is.
fn behind<'b>(content: Content<'b>, through: Origin, origin: Origin) -> Value<'b> {
    // What the verifier does not know does not become known by a load.
    let origin = match through.is_typed() {
        Some(true) => origin,
        _ => Origin::ProbeRead,
    };
    match content {
        Content::Pointer(name) => Value::Kernel(Pointer::new(origin, Some(name))),
        Content::Unknown => Value::Kernel(Pointer::new(origin, None)),
        Content::Plain => Value::Unknown,
    }
}

fn fold<'b>(code: u8, left: i64, right: i64) -> Value<'b> {
    Value::Constant(match code {
        alu::ADD => left.wrapping_add(right),
        alu::SUB => left.wrapping_sub(right),
        alu::OR => left | right,
        alu::AND => left & right,
        alu::LSH => left.wrapping_shl(right as u32),
        _ => return Value::Unknown,
    })
}
