//! Loads and stores: what comes back from the stack and from data that nobody can write to.

use bpf_core_btf::insn::{AtomicOp, Insn};

use super::Misuse;
use super::effect::{Effect, Size};
use super::scalar::Scalar;
use super::sources::Amount;
use super::stack::slots_of;
use super::state::{Frame, State};
use super::value::{Origin, Reg, Value};
use super::walk::{FieldRead, Walk};

impl Walk<'_> {
    pub(super) fn load(
        &mut self,
        state: &State,
        at: u32,
        base: Reg,
        insn: &Insn,
        (size, signed): (u8, bool),
        origin: Origin,
    ) -> Reg {
        self.note_unchecked(at, base);
        self.note_moved_context(at, base);
        let place = base.origin.join(origin);
        let moved = base.value.moved(Some(insn.off.into()));
        let unknown = Reg {
            value: Value::number(Scalar::of_size(size, signed)),
            origin: Origin::default(),
        };
        if origin.record.is_none() && insn.off == 0 {
            self.note_read(at, base.origin, size.into(), false);
        }
        match moved {
            Some(Value::Stack { frame, off }) => {
                self.depends_on(place);
                if insn.src != 10 {
                    self.observe_load(state, at, frame, slots_of(off, size.into()));
                }
                match (state.frames.get(usize::from(frame)), off) {
                    (Some(frame), Some(off)) => {
                        self.note_unwritten(at, frame, off, size.into());
                        frame.stack.read(off, size, signed, &self.setting.verifier)
                    }
                    _ => unknown,
                }
            }
            Some(Value::Data { section, off }) => {
                self.depends_on(place);
                let known = off.and_then(|off| self.setting.data(section, off, size, signed));
                known.unwrap_or(unknown)
            }
            Some(Value::Config { which }) => self.setting.config(which, size).unwrap_or(unknown),
            Some(Value::Context { off }) => {
                if let Some(off) = off {
                    self.found.context_loads.insert((at, off, size));
                }
                let is_pointer = size == 8 && self.setting.has_typed_context;
                Reg {
                    value: if is_pointer {
                        Value::Kernel
                    } else {
                        unknown.value
                    },
                    ..unknown
                }
            }
            Some(Value::Kernel) if size == 8 && self.setting.is_pointer_field(at) => Reg {
                value: Value::Kernel,
                ..unknown
            },
            _ => unknown,
        }
    }

    /// Remembers that an element of a map is used that may be none.
    ///
    /// Source: `check_mem_access`, `adjust_ptr_min_max_vals`.
    pub(super) fn note_unchecked(&mut self, at: u32, pointer: Reg) {
        if let Value::MaybeNull { id } = pointer.value
            && let Some(which) = self.lookups.get(&id)
        {
            self.found.misuses.insert((at, Misuse::Unchecked(*which)));
        }
    }

    /// Remembers that memory is used through a pointer into the context that was moved before.
    ///
    /// Source: `check_ptr_off_reg`.
    fn note_moved_context(&mut self, at: u32, pointer: Reg) {
        if let Value::Context { off: Some(off) } = pointer.value
            && off != 0
        {
            self.found.misuses.insert((at, Misuse::MovedContext(off)));
        }
    }

    /// Remembers that bytes of the stack are read that are deeper than all that was written.
    ///
    /// Source: `check_stack_read_fixed_off`, `check_stack_range_initialized`.
    fn note_unwritten(&mut self, at: u32, frame: &Frame, off: i32, of: u32) {
        let bytes = frame.stack.below(off, of);
        if bytes > 0 {
            let misuse = Misuse::Unwritten { bytes, of };
            self.found.misuses.insert((at, misuse));
        }
    }

    /// Looks at the memory that a helper reads, and notes that any other pointer into the stack may be written
    /// through.
    pub(super) fn hand_over(&mut self, state: &mut State, at: u32, effect: &Effect) {
        for number in 1..=5 {
            let Value::Stack { frame, off } = state.reg(number).value else {
                continue;
            };
            let read = effect.reads.and_then(|reads| {
                let amount = reads.iter().find(|(pointer, _)| *pointer == number)?.1;
                let size = self.amount(state, amount)?;
                Some((off?, size))
            });
            match read {
                Some((off, size)) => {
                    if let Some(frame) = state.frames.get(usize::from(frame)) {
                        self.note_unwritten(at, frame, off, size);
                    }
                }
                None if effect.reads.is_none() => {
                    if let Some(frame) = state.frames.get_mut(usize::from(frame)) {
                        frame.stack.deepen(off);
                    }
                }
                None => {}
            }
        }
    }

    /// How many bytes a helper reads at the most, if that is known.
    fn amount(&self, state: &State, amount: Amount) -> Option<u32> {
        let map = || match state.reg(1).value {
            Value::Map { which } => Some(&self.setting.maps[usize::from(which)]),
            _ => None,
        };
        match amount {
            Amount::In(number) => u32::try_from(state.reg(number).known()?).ok(),
            Amount::Key => map()?.key_size,
            Amount::Value => map()?.value_size,
        }
    }

    /// Remembers that a field is read, if the address tells which.
    pub(super) fn note_read(&mut self, at: u32, address: Origin, size: u32, is_string: bool) {
        if let Origin {
            record: Some(record),
            is_offset: true,
            ..
        } = address
        {
            let read = FieldRead {
                record,
                size,
                is_string,
            };
            self.found.reads.insert((at, read));
        }
    }

    pub(super) fn observe_load(&mut self, state: &State, at: u32, frame: u8, slots: u64) {
        let is_own = usize::from(frame) + 1 == state.frames.len();
        let known = self.found.observed.loads.entry(at).or_default();
        if is_own {
            known.0 |= slots;
        } else {
            known.1 |= slots;
        }
    }

    /// Stores a value, or something unknown.
    pub(super) fn store(
        &mut self,
        state: &mut State,
        at: u32,
        (base, insn): (Reg, &Insn),
        size: u8,
        value: Option<(Reg, bool)>,
        origin: Origin,
    ) {
        self.note_unchecked(at, base);
        self.note_moved_context(at, base);
        let Some(Value::Stack { frame, off }) = base.value.moved(Some(insn.off.into())) else {
            return;
        };
        self.depends_on(base.origin.join(origin));
        if insn.dst != 10 {
            self.found.observed.stores.insert(at);
        }
        let verifier = &self.setting.verifier;
        let Some(frame) = state.frames.get_mut(usize::from(frame)) else {
            return;
        };
        match (off, value) {
            (Some(off), Some((reg, is_imm))) => frame.stack.write(off, size, reg, is_imm, verifier),
            _ => frame.stack.forget(off, size.into()),
        }
    }

    pub(super) fn atomic(
        &mut self,
        state: &mut State,
        at: u32,
        insn: &Insn,
        op: AtomicOp,
        size: u8,
    ) {
        let base = state.reg(insn.dst);
        if op != AtomicOp::LoadAcquire {
            self.store(state, at, (base, insn), size, None, Origin::default());
        }
        let unknown = Reg::of(Value::number(Scalar::of_size(size, false)));
        match op {
            AtomicOp::Cmpxchg => state.set(0, unknown),
            AtomicOp::LoadAcquire => state.set(insn.dst, unknown),
            AtomicOp::Add | AtomicOp::Or | AtomicOp::And | AtomicOp::Xor => {}
            AtomicOp::StoreRelease => {}
            _ => state.set(insn.src, unknown),
        }
    }

    pub(super) fn change_memory(&mut self, state: &mut State, effect: &Effect) {
        let written = effect.writes.map(|(pointer, size)| {
            let size = match size {
                Size::Bytes(bytes) => bytes,
                Size::In(number) => {
                    let most = state.reg(number).number().u64.max;
                    u32::try_from(most).unwrap_or(u32::MAX)
                }
            };
            (pointer, size)
        });
        let pointees = (1..).zip(effect.pointees).filter(|(_, size)| *size != 0);
        for (pointer, size) in written.into_iter().chain(pointees) {
            forget(state, pointer, size);
        }
    }
}

/// Forgets the memory that an argument points to.
pub(super) fn forget(state: &mut State, pointer: u8, size: u32) {
    if let Value::Stack { frame, off } = state.reg(pointer).value
        && let Some(frame) = state.frames.get_mut(usize::from(frame))
    {
        frame.stack.forget(off, size);
    }
}
