//! Applies one instruction to what is known.

use bpf_core_btf::insn::{AluOp, Callee, Imm64, Insn, Op, Source};
use bpf_core_btf::object::{Object, Section, Target};
use bpf_core_flow::{Offset, Origin, Pointer};
use bpf_core_kernel_facts::Context;
use bpf_core_kernel_facts::helper::{Helper, Memory};

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
    /// The section of the callee, and where it starts there in bytes.
    pub(super) callee: (usize, u32),
    pub(super) arguments: [Value<'b>; 5],
}

/// Where instructions are.
#[derive(Clone, Copy)]
pub(super) struct Place<'e, 'b> {
    pub(super) object: &'e Object<'e>,
    pub(super) types: &'e Types<'b>,
    pub(super) section: usize,
    /// What the context is, if it is at hand.
    pub(super) context: Option<Context>,
}

impl<'e, 'b> Place<'e, 'b> {
    fn code(&self) -> &'e Section<'e> {
        &self.object.sections()[self.section]
    }

    fn is_relocated(&self, at: u32) -> bool {
        self.types.is_relocated(self.code().name, at)
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
        match insn.op() {
            Op::Alu { op, source, wide } => {
                let value = self.arithmetic(at, insn, (op, source, wide), state);
                state.set(insn.dst, value);
            }
            Op::Load { size, .. } => {
                let value = self.load(at, insn, size, source, state, facts);
                state.set(insn.dst, value);
            }
            Op::Store { size, source: of } => {
                let value = match of {
                    Source::Register => source,
                    Source::Imm => Value::Constant(insn.imm),
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
            Op::Atomic { .. } => {
                if let Value::Stack(base) = destination {
                    let start = base.saturating_add(insn.off.into());
                    state.overwrite(start, start.saturating_add(8));
                }
                // Those that fetch put it into either.
                state.set(insn.src, Value::Unknown);
                state.set(0, Value::Unknown);
            }
            Op::LoadImm64(of) => {
                let value = if self.is_relocated(at) {
                    Value::Relocated(at)
                } else if of != Imm64::Number || self.code().target_at(at).is_some() {
                    Value::Unknown
                } else {
                    Value::Constant(insn.imm)
                };
                state.set(insn.dst, value);
            }
            Op::Call(callee) => {
                for register in 1..6 {
                    state.test(state.register(register));
                }
                if callee != Callee::Register {
                    return self.call(at, insn, state, facts);
                }
                state.clobber();
            }
            Op::Jump { .. } | Op::Goto { .. } | Op::MayGoto { .. } | Op::Exit => {}
            // Loads of packets, and what no kernel knows.
            _ => state.clobber(),
        }
        None
    }

    fn arithmetic(
        &self,
        at: u32,
        insn: Insn,
        (op, source, wide): (AluOp, Source, bool),
        state: &mut State<'b>,
    ) -> Value<'b> {
        let left = state.register(insn.dst);
        let right = match source {
            Source::Register => state.register(insn.src),
            Source::Imm if self.is_relocated(at) => Value::Relocated(at),
            Source::Imm => Value::Constant(insn.imm),
        };
        if !matches!(op, AluOp::Mov | AluOp::MovSx(_) | AluOp::AddrSpaceCast) {
            state.test(left);
            state.test(right);
        }
        if !wide {
            return match (op, left, right) {
                (AluOp::Mov, _, Value::Constant(number)) => Value::Constant((number as u32).into()),
                // Error codes are `int`s.
                (AluOp::Mov, _, Value::Result(_) | Value::Relocated(_)) => right,
                _ => Value::Unknown,
            };
        }
        match (op, left, right) {
            (AluOp::Mov, _, value) => value,
            (AluOp::Add, Value::Kernel(pointer), Value::Constant(number))
            | (AluOp::Add, Value::Constant(number), Value::Kernel(pointer)) => {
                Value::Kernel(pointer.plus(number, at))
            }
            (AluOp::Add, Value::Kernel(pointer), Value::Choice(numbers))
            | (AluOp::Add, Value::Choice(numbers), Value::Kernel(pointer)) => {
                Value::Kernel(Pointer {
                    offset: pointer.offset.plus_either(numbers, at),
                    ..pointer
                })
            }
            (AluOp::Sub, Value::Kernel(pointer), Value::Constant(number)) => {
                Value::Kernel(pointer.plus(number.wrapping_neg(), at))
            }
            (AluOp::Add, Value::Kernel(pointer), Value::Relocated(by))
            | (AluOp::Add, Value::Relocated(by), Value::Kernel(pointer)) => {
                Value::Kernel(Pointer {
                    offset: pointer.offset.plus_relocated(by),
                    ..pointer
                })
            }
            (AluOp::Add, Value::Stack(base), Value::Constant(number)) => {
                Value::Stack(base.wrapping_add(number))
            }
            (AluOp::Add, Value::Context(base), Value::Constant(number)) => {
                Value::Context(base.wrapping_add(number))
            }
            (_, Value::Constant(left), Value::Constant(right)) => fold(op, left, right),
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
                let content = if self.is_relocated(at) {
                    self.types.field(self.code().name, at)
                } else {
                    self.content(pointer)
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
        let offset = if self.is_relocated(at) {
            pointer.offset.plus_relocated(at)
        } else {
            pointer.offset.plus(insn.off.into(), at)
        };
        facts.push(Fact::Address {
            pointer: Pointer { offset, ..pointer },
            how: How::Direct,
        });
    }

    fn argument(&self, offset: i64) -> Value<'b> {
        let argument = self.context.and_then(|context| context.argument(offset));
        argument.map_or(Value::Unknown, |argument| {
            Value::Kernel(Pointer::of_argument(argument, offset))
        })
    }

    /// What lies at an address.
    fn content(&self, pointer: Pointer<'b>) -> Content<'b> {
        match pointer.offset {
            Offset::Relocated { by: Some(by) } => self.types.field(self.code().name, by),
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
        if let Some(callee) = self.object.callee(self.section, at, &insn) {
            let arguments = state.arguments();
            self.lend_stack(state);
            state.clobber();
            return Some(Call { callee, arguments });
        }
        let result = match self.code().target_at(at) {
            Some(Target::Extern(name)) => {
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
    let origin = through.behind(origin);
    match content {
        Content::Pointer(name) => Value::Kernel(Pointer::new(origin, Some(name))),
        Content::Unknown => Value::Kernel(Pointer::new(origin, None)),
        Content::Plain => Value::Unknown,
    }
}

fn fold<'b>(op: AluOp, left: i64, right: i64) -> Value<'b> {
    Value::Constant(match op {
        AluOp::Add => left.wrapping_add(right),
        AluOp::Sub => left.wrapping_sub(right),
        AluOp::Or => left | right,
        AluOp::And => left & right,
        AluOp::Lsh => left.wrapping_shl(right as u32),
        _ => return Value::Unknown,
    })
}
