//! What the verifier knows of a frame's 512 bytes of stack, in slots of 8 bytes.

use super::scalar::Scalar;
use super::value::{Reg, Value};
use super::verifier::{Feature, Verifier};

/// Slots of a frame.
pub(super) const SLOTS: u8 = 64;

/// The slots of which something is known, by their numbers: slot 0 ends where the frame's pointer points.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Stack {
    slots: Vec<(u8, Slot)>,
    /// How many bytes deep something may have been written, in whole slots (`allocated_stack` of the kernel).
    depth: u32,
}

/// Eight bytes of stack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Slot {
    /// A value at the start of the slot, and its size.
    pub(super) spilled: Option<(Reg, u8)>,
    /// Bytes that are 0, a bit each.
    zeros: u8,
}

/// The slot that a byte of the stack is in, and the byte's place in the slot.
fn slot_of(off: i32) -> Option<(u8, u8)> {
    let slot = u8::try_from(-(off + 1) / 8).ok()?;
    (off < 0 && slot < SLOTS).then_some((slot, off.rem_euclid(8) as u8))
}

/// The slots that these bytes touch, a bit each.
pub(super) fn slots_of(off: Option<i32>, size: u32) -> u64 {
    let Some(off) = off else { return u64::MAX };
    let mut slots = 0;
    for at in 0..size.min(512).cast_signed() {
        if let Some((slot, _)) = off.checked_add(at).and_then(slot_of) {
            slots |= 1 << slot;
        }
    }
    slots
}

impl Stack {
    pub(super) fn slots(&self) -> impl Iterator<Item = (u8, &Slot)> {
        self.slots.iter().map(|(number, slot)| (*number, slot))
    }

    pub(super) fn slots_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.slots.iter_mut().map(|(_, slot)| slot)
    }

    pub(super) fn slot(&self, number: u8) -> Option<&Slot> {
        let at = self
            .slots
            .binary_search_by_key(&number, |(number, _)| *number);
        Some(&self.slots[at.ok()?].1)
    }

    fn set(&mut self, number: u8, slot: Slot) {
        let is_known = slot.spilled.is_some() || slot.zeros != 0;
        match self
            .slots
            .binary_search_by_key(&number, |(number, _)| *number)
        {
            Ok(at) if is_known => self.slots[at].1 = slot,
            Ok(at) => drop(self.slots.remove(at)),
            Err(at) if is_known => self.slots.insert(at, (number, slot)),
            Err(_) => {}
        }
    }

    /// Forgets all but these slots, a bit each.
    pub(super) fn retain(&mut self, slots: u64) {
        self.slots.retain(|(number, _)| slots >> number & 1 != 0);
    }

    /// Keeps the slots that both have alike, or what is known of both.
    pub(super) fn join(&mut self, other: &Self, widen: bool) {
        self.depth = self.depth.max(other.depth);
        self.slots.retain_mut(|(number, slot)| {
            let Some(other) = other.slot(*number) else {
                return false;
            };
            slot.zeros &= other.zeros;
            slot.spilled = match (slot.spilled, other.spilled) {
                (Some((a, size)), Some((b, other))) if size == other && (a == b || !widen) => {
                    Some((a.join(&b), size))
                }
                _ => None,
            };
            slot.spilled.is_some() || slot.zeros != 0
        });
    }

    /// Notes that something may be written here. Without a place, it may be anywhere.
    pub(super) fn deepen(&mut self, off: Option<i32>) {
        let bytes = off.map_or(512, |off| off.min(0).unsigned_abs());
        self.depth = self.depth.max(bytes.next_multiple_of(8));
    }

    /// How many of so many bytes are deeper than all that was written.
    pub(super) fn below(&self, off: i32, size: u32) -> u32 {
        let deep = off.min(0).unsigned_abs().saturating_sub(self.depth);
        deep.min(size)
    }

    /// Writes something that is not known into these bytes. Without a place, it may be any.
    pub(super) fn forget(&mut self, off: Option<i32>, size: u32) {
        self.deepen(off);
        let Some(off) = off else {
            self.slots.clear();
            return;
        };
        for at in 0..size.min(512).cast_signed() {
            if let Some((number, byte)) = off.checked_add(at).and_then(slot_of)
                && let Some(&Slot { zeros, .. }) = self.slot(number)
            {
                let zeros = zeros & !(1 << byte);
                self.set(
                    number,
                    Slot {
                        spilled: None,
                        zeros,
                    },
                );
            }
        }
    }

    /// Stores a register, or an immediate.
    pub(super) fn write(
        &mut self,
        off: i32,
        size: u8,
        reg: Reg,
        is_imm: bool,
        verifier: &Verifier,
    ) {
        let before = off.checked_add(0).and_then(slot_of);
        self.forget(Some(off), size.into());
        let Some((number, byte)) = before else { return };
        let zeros = self.slot(number).map_or(0, |slot| slot.zeros);
        if is_imm && !verifier.has(Feature::Immediates) {
            return;
        }
        if reg.known() == Some(0) && byte + size <= 8 {
            let bytes = ((1u16 << size) - 1) as u8;
            let zeros = zeros | bytes << byte;
            // As a whole, it keeps where it comes from.
            let spilled = (size == 8).then_some((reg, 8));
            self.set(number, Slot { spilled, zeros });
        } else if byte == 0 && (size == 8 || !reg.value.is_pointer()) {
            let spilled = match reg.value {
                Value::Scalar { number, .. } if size < 8 => Reg {
                    value: Value::number(narrow(number, size)),
                    ..reg
                },
                _ => reg,
            };
            let spilled = Some((spilled, size));
            self.set(number, Slot { spilled, zeros });
        }
    }

    /// The number in these bytes, as a verifier knows the key of a map: a number of this size at the start of a slot,
    /// or zeros.
    ///
    /// Source: `get_constant_map_key`.
    pub(super) fn key(&self, off: i32, size: u8) -> Option<u64> {
        let (number, byte) = slot_of(off)?;
        let slot = self.slot(number)?;
        if let Some((reg, spilled)) = slot.spilled {
            return reg.known().filter(|_| byte == 0 && spilled == size);
        }
        let bytes = ((1u16 << size) - 1) << byte;
        (bytes & !u16::from(slot.zeros) == 0).then_some(0)
    }

    /// Loads so many bytes.
    pub(super) fn read(&self, off: i32, size: u8, signed: bool, verifier: &Verifier) -> Reg {
        let unknown = Reg::of(Value::number(Scalar::of_size(size, signed)));
        let Some((number, byte)) = slot_of(off) else {
            return unknown;
        };
        let Some(slot) = self.slot(number) else {
            return unknown;
        };
        match slot.spilled {
            Some((reg, spilled)) if byte == 0 && size <= spilled && !signed => {
                let known = if spilled == size {
                    reg
                } else {
                    let value = Value::number(narrow(reg.number(), size));
                    Reg { value, ..reg }
                };
                let is_kept = || {
                    (spilled == 8 || verifier.has(Feature::NarrowSpills))
                        && (spilled == size || verifier.has(Feature::NarrowFills))
                };
                if known == unknown || is_kept() {
                    return known;
                }
            }
            _ => {}
        }
        let is_zero = |at: u8| {
            let place = off.checked_add(at.into()).and_then(slot_of);
            place.is_some_and(|(number, byte)| {
                let slot = self.slot(number);
                slot.is_some_and(|slot| slot.zeros >> byte & 1 != 0)
            })
        };
        if (0..size).all(is_zero) {
            return Reg::constant(0);
        }
        unknown
    }
}

impl Slot {
    /// Whether what is known of it holds for the other.
    pub(super) fn zeros_hold_for(&self, other: Option<&Self>) -> bool {
        self.zeros & !other.map_or(0, |other| other.zeros) == 0
    }
}

/// The low bytes of a number.
fn narrow(number: Scalar, size: u8) -> Scalar {
    let kept = Scalar::of_size(size, false);
    if kept.covers(&number) {
        return number;
    }
    if size == 4 {
        return number.low();
    }
    Scalar::of_bits(number.bits.and(super::tnum::Tnum::constant(kept.bits.mask)))
}
