//! What a function does with a local variable, byte by byte.

use std::collections::HashMap;

use bpf_core_flow::{helper, ir::Value};
use bpf_core_kernel_facts::helper::Helper;
use inkwell::llvm_sys::{
    LLVMOpcode, LLVMTypeKind,
    core::{
        LLVMGetAlignment, LLVMGetAllocatedType, LLVMGetIntTypeWidth, LLVMGetTypeKind,
        LLVMGetVolatile, LLVMIsAtomic,
    },
    prelude::LLVMTypeRef,
    target::{LLVMABISizeOfType, LLVMStoreSizeOfType, LLVMTargetDataRef},
};

use crate::optimise::filled::filled;
use crate::optimise::places::bytes::{Bytes, MOST};

/// What an instruction does with the bytes of a variable.
#[derive(Clone, Copy, Default)]
pub(super) struct Use {
    /// Those that it may read.
    pub(super) reads: Bytes,
    /// Those that it may write.
    pub(super) writes: Bytes,
    /// Those whose values before are gone behind it.
    pub(super) ends: Bytes,
}

/// A copy between memory and memory: by one instruction, or by a load whose value is stored.
#[derive(Clone, Copy)]
pub(super) struct Moved<'m> {
    pub(super) to: Value<'m>,
    pub(super) from: Value<'m>,
    pub(super) count: u64,
}

impl<'m> Moved<'m> {
    /// What a call of `llvm.memcpy` or its like does. `None` for other instructions.
    pub(super) fn by_call(call: Value<'m>) -> Option<Self> {
        let (callee, arguments) = call.call()?;
        let name = callee.name();
        let is_copy = name.starts_with(b"llvm.memcpy.") || name.starts_with(b"llvm.memmove.");
        let [to, from, count, volatile] = arguments.as_slice() else {
            return None;
        };
        (is_copy && volatile.integer() == Some(0)).then_some(())?;
        Some(Self {
            to: *to,
            from: *from,
            count: count.integer()?,
        })
    }
}

/// A pointer into a local variable, or into memory that is reserved.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::optimise) struct Place<'m> {
    pub(in crate::optimise) variable: Value<'m>,
    pub(super) offset: u64,
}

impl<'m> Place<'m> {
    /// Where a pointer points, if that is known.
    pub(in crate::optimise) fn of(pointer: Value<'m>) -> Option<Self> {
        let is = |opcode| pointer.is_instruction() && pointer.opcode() == Some(opcode);
        if is(LLVMOpcode::LLVMAlloca) || is_reserved(pointer) {
            return Some(Self {
                variable: pointer,
                offset: 0,
            });
        }
        is(LLVMOpcode::LLVMGetElementPtr).then_some(())?;
        let base = Self::of(*pointer.operands().first()?)?;
        Some(Self {
            offset: base.offset.checked_add(step(pointer)?)?,
            ..base
        })
    }

    /// What its address is a multiple of.
    pub(super) fn align(self) -> u32 {
        let variable = match is_reserved(self.variable) {
            true => RESERVED,
            // SAFETY: the value is an `alloca` instruction of a live module.
            false => unsafe { LLVMGetAlignment(self.variable.raw()) },
        };
        match self.offset {
            0 => variable,
            offset => variable.min(1 << offset.trailing_zeros().min(31)),
        }
    }

    /// Where a value is loaded from, and by what, if it is; for a part of what is loaded, where that part is.
    pub(super) fn loaded(value: Value<'m>, is_big: bool) -> Option<(Self, Value<'m>)> {
        let is =
            |value: Value<'m>, opcode| value.is_instruction() && value.opcode() == Some(opcode);
        let first = |value: Value<'m>| value.operands().first().copied();
        let mut load = value;
        let mut low = 0;
        if is(load, LLVMOpcode::LLVMTrunc) {
            load = first(load)?;
            if is(load, LLVMOpcode::LLVMLShr) {
                low = load.operands().get(1)?.integer()?;
                load = first(load)?;
            }
        }
        is(load, LLVMOpcode::LLVMLoad).then_some(())?;
        let (all, part) = (load.integer_width(), value.integer_width());
        let place = Self::of(first(load)?)?;
        let (Some(all), Some(part)) = (all.map(u64::from), part.map(u64::from)) else {
            return (load == value).then_some((place, load));
        };
        let high = all.checked_sub(low)?.checked_sub(part)?;
        let are_bytes = [all, part, low].iter().all(|bits| bits.is_multiple_of(8));
        (are_bytes || load == value).then_some(())?;
        let on = if is_big { high } else { low } / 8;
        let offset = place.offset.checked_add(on)?;
        Some((Self { offset, ..place }, load))
    }
}

/// What memory of a ring buffer is a multiple of (`bpf_ringbuf_sample_size` in `kernel/bpf/ringbuf.c`).
pub(super) const RESERVED: u32 = 8;

/// Whether a value is memory of a ring buffer, which the program has for itself until it submits it.
pub(super) fn is_reserved(value: Value<'_>) -> bool {
    value.callee().and_then(helper) == Some(Helper::Reserves)
}

/// How many bytes a `getelementptr` steps on, as LLVM writes all with constants.
pub(super) fn step(pointer: Value<'_>) -> Option<u64> {
    let source = pointer.gep_source()?;
    // SAFETY: the type is one of a live module, and its width is asked of an integer.
    let is_byte = unsafe {
        LLVMGetTypeKind(source) == LLVMTypeKind::LLVMIntegerTypeKind
            && LLVMGetIntTypeWidth(source) == 8
    };
    match pointer.operands().as_slice() {
        [_, index] if is_byte => index.number()?.try_into().ok(),
        _ => None,
    }
}

/// A local variable whose address is known wherever it is, or such memory.
pub(in crate::optimise) struct Local<'m> {
    pub(super) variable: Value<'m>,
    pub(super) size: u64,
    /// Which of its bytes is the first of all [`Bytes`]. Those before it are not told apart.
    pub(super) first: u64,
    /// What is done with it, by instruction. What only computes an address is not among them.
    pub(super) uses: HashMap<Value<'m>, Use>,
}

impl<'m> Local<'m> {
    /// `None` where somebody else may have the address, or where what is done is not known.
    pub(in crate::optimise) fn of(layout: LLVMTargetDataRef, variable: Value<'m>) -> Option<Self> {
        let is_one = variable.operands().first()?.integer() == Some(1);
        let is_variable = variable.is_instruction() && variable.opcode()? == LLVMOpcode::LLVMAlloca;
        (is_one && is_variable).then_some(())?;
        // SAFETY: the value is an `alloca` instruction of a live module.
        let size = unsafe { LLVMABISizeOfType(layout, LLVMGetAllocatedType(variable.raw())) };
        (size <= MOST).then_some(())?;
        let mut local = Self {
            variable,
            size,
            first: 0,
            uses: HashMap::new(),
        };
        local.collect(layout, variable, Some(0))?;
        Some(local)
    }

    /// Memory of a ring buffer, from its byte `first` on. Of a large one, no more bytes are told apart than [`Bytes`] can.
    pub(super) fn reserved(
        layout: LLVMTargetDataRef,
        memory: Value<'m>,
        first: u64,
    ) -> Option<Self> {
        is_reserved(memory).then_some(())?;
        let mut local = Self {
            variable: memory,
            size: memory.arguments().get(1)?.integer()?,
            first,
            uses: HashMap::new(),
        };
        local.collect(layout, memory, Some(0))?;
        Some(local)
    }

    /// All that is done by way of a pointer, which points `offset` bytes into the variable, or somewhere.
    fn collect(
        &mut self,
        layout: LLVMTargetDataRef,
        pointer: Value<'m>,
        offset: Option<u64>,
    ) -> Option<()> {
        for user in pointer.users() {
            let done = match user.opcode()? {
                _ if !user.is_instruction() => return None,
                LLVMOpcode::LLVMGetElementPtr => {
                    (user.operands().first() == Some(&pointer)).then_some(())?;
                    let next = offset.and_then(|offset| offset.checked_add(step(user)?));
                    self.collect(layout, user, next)?;
                    continue;
                }
                LLVMOpcode::LLVMLoad => Use {
                    reads: self.at(offset, plain(layout, user, user.type_of())?)?,
                    ..Use::default()
                },
                LLVMOpcode::LLVMStore => {
                    let value = *user.operands().first()?;
                    (value != pointer).then_some(())?;
                    self.written(offset, plain(layout, user, value.type_of())?)?
                }
                LLVMOpcode::LLVMCall => self.called(user, pointer, offset)?,
                // Whether there is any.
                LLVMOpcode::LLVMICmp if is_reserved(pointer) => continue,
                _ => return None,
            };
            let known = self.uses.entry(user).or_default();
            known.reads = known.reads.or(done.reads);
            known.writes = known.writes.or(done.writes);
            known.ends = known.ends.or(done.ends);
        }
        Some(())
    }

    /// Whether helpers fill it, and nothing else is written there but constants.
    pub(in crate::optimise) fn has_numbers(&self) -> bool {
        let is_constant = |of: &Value<'m>| {
            let written = of.operands().first().copied();
            of.opcode() == Some(LLVMOpcode::LLVMStore)
                && written.is_some_and(|written| written.integer().is_some())
        };
        let is_filled = |of: &Value<'m>| filled(*of).is_some();
        let is_read = |done: &Use| done.writes.is_empty();
        let mut uses = self.uses.iter();
        self.uses.keys().any(is_filled)
            && uses.all(|(of, done)| is_read(done) || is_filled(of) || is_constant(of))
    }

    /// How many of its bytes are of use: all behind these are neither read nor written.
    pub(super) fn used(&self) -> u64 {
        let touched = self.uses.values().map(|done| done.reads.or(done.writes));
        touched.map(Bytes::end).max().unwrap_or_default()
    }

    fn all(&self) -> Bytes {
        Bytes::range(0, self.behind_first(self.size))
    }

    /// How far a byte is behind the first one, or 0.
    pub(super) fn behind_first(&self, byte: u64) -> u64 {
        byte.saturating_sub(self.first)
    }

    /// The bytes from an offset on. `None` where not all of them are the variable's.
    fn at(&self, offset: Option<u64>, count: u64) -> Option<Bytes> {
        let Some(offset) = offset else {
            return Some(self.all());
        };
        let end = offset.checked_add(count)?;
        let (from, to) = (self.behind_first(offset), self.behind_first(end));
        (end <= self.size).then(|| Bytes::range(from, to - from))
    }

    fn written(&self, offset: Option<u64>, count: u64) -> Option<Use> {
        let writes = self.at(offset, count)?;
        let ends = offset.map_or(Bytes::default(), |_| writes);
        Some(Use {
            writes,
            ends,
            ..Use::default()
        })
    }

    /// What a call does with a pointer that it is given.
    fn called(&self, call: Value<'m>, pointer: Value<'m>, offset: Option<u64>) -> Option<Use> {
        let (callee, arguments) = call.call()?;
        if let Some(Moved { to, from, count }) = Moved::by_call(call) {
            let mut done = Use::default();
            if to == pointer {
                done = self.written(offset, count)?;
            }
            if from == pointer {
                done.reads = self.at(offset, count)?;
            }
            return Some(done);
        }
        let name = callee.name();
        if name.starts_with(b"llvm.lifetime.") {
            return Some(Use {
                ends: self.all(),
                ..Use::default()
            });
        }
        if name.starts_with(b"llvm.memset.") {
            let [_, _, count, volatile] = arguments.as_slice() else {
                return None;
            };
            (volatile.integer() == Some(0)).then_some(())?;
            return self.written(offset, count.integer()?);
        }
        // A helper does not keep an address of the stack: no verifier lets one out of the program.
        (callee.opcode() == Some(LLVMOpcode::LLVMIntToPtr)).then_some(())?;
        let mut given = (0..)
            .zip(&arguments)
            .filter(|(_, given)| **given == pointer);
        let is_destination = matches!((given.next(), given.next()), (Some((0, _)), None));
        let size = arguments.get(1).and_then(|size| size.integer());
        let (reads, writes) = match (helper(callee)?, size) {
            (Helper::Reads { .. } | Helper::Fills, _) if !is_destination => {
                (self.all(), self.all())
            }
            (Helper::Reads { string: true, .. }, Some(size)) => {
                (Bytes::default(), self.at(offset, size)?)
            }
            (Helper::Discards, _) => {
                return Some(Use {
                    ends: self.all(),
                    ..Use::default()
                });
            }
            (Helper::Map | Helper::Sends | Helper::Submits, _) => (self.all(), Bytes::default()),
            _ => match filled(call) {
                Some(count) => return self.written(offset, count),
                None => (self.all(), self.all()),
            },
        };
        Some(Use {
            reads,
            writes,
            ..Use::default()
        })
    }
}

/// How many bytes a load or a store moves. `None` for one that is not like others.
fn plain(layout: LLVMTargetDataRef, instruction: Value<'_>, of: LLVMTypeRef) -> Option<u64> {
    // SAFETY: the value is a load or a store of a live module, and the type that of what it moves.
    unsafe {
        let is_plain =
            LLVMGetVolatile(instruction.raw()) == 0 && LLVMIsAtomic(instruction.raw()) == 0;
        is_plain.then(|| LLVMStoreSizeOfType(layout, of))
    }
}
