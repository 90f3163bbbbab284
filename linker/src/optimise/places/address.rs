//! Where instructions write to: addresses that are some bytes behind another one, and what may stand between two writes.

use std::ops::Range;

use bpf_core_flow::helper;
use bpf_core_flow::ir::Value;
use bpf_core_kernel_facts::helper::Helper;
use inkwell::{
    attributes::Attribute,
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMGetAlignment, LLVMGetCallSiteEnumAttribute, LLVMGetEnumAttributeAtIndex,
            LLVMGetEnumAttributeValue, LLVMGetVolatile, LLVMIsAtomic, LLVMSetAlignment,
        },
        target::{LLVMByteOrder, LLVMByteOrdering, LLVMStoreSizeOfType, LLVMTargetDataRef},
    },
};

use crate::ir::computes;
use crate::optimise::places::bytes::Bytes;
use crate::optimise::places::uses::{Local, Place, is_reserved, step};

/// The largest alignment that is of use: that of a register.
pub(super) const REGISTER: u64 = 8;

/// Whether the first byte of a number in memory is the most significant one.
pub(super) fn is_big(layout: LLVMTargetDataRef) -> bool {
    // SAFETY: the layout is that of a live module.
    unsafe { LLVMByteOrder(layout) == LLVMByteOrdering::LLVMBigEndian }
}

/// An address, as another one and how far it is behind that.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Address<'m> {
    pub(super) base: Value<'m>,
    pub(super) offset: i64,
}

impl<'m> Address<'m> {
    pub(super) fn of(pointer: Value<'m>) -> Self {
        let on = step(pointer).filter(|_| pointer.is_instruction());
        let on = on.and_then(|on| i64::try_from(on).ok());
        match (on, pointer.operands().first()) {
            (Some(on), Some(before)) => {
                let before = Self::of(*before);
                Self {
                    offset: before.offset + on,
                    ..before
                }
            }
            _ => Self {
                base: pointer,
                offset: 0,
            },
        }
    }
}

/// How an address is aligned: it is so many bytes behind a multiple of a number.
#[derive(Clone, Copy)]
pub(super) struct Aligned {
    pub(super) offset: u64,
    pub(super) to: u64,
}

/// The pieces of so many bytes, each of a size that all its addresses are a multiple of: where it begins, and its size.
pub(super) fn pieces(addresses: &[Aligned], count: u64) -> Vec<(u64, u64)> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < count {
        let fits = |size: &u64| {
            let is_aligned =
                |of: &Aligned| *size <= of.to && (of.offset + at).is_multiple_of(*size);
            *size <= count - at && addresses.iter().all(is_aligned)
        };
        let size = [REGISTER, 4, 2].into_iter().find(fits).unwrap_or(1);
        pieces.push((at, size));
        at += size;
    }
    pieces
}

/// Where a run of bytes is written to.
pub(super) struct Target<'m> {
    pub(super) address: Address<'m>,
    /// The variable that it is, if nobody else has the address of that.
    local: Option<Local<'m>>,
    /// How the first byte is aligned, or can be.
    pub(super) aligned: Aligned,
    bytes: Range<i64>,
}

impl<'m> Target<'m> {
    /// `count` bytes from an address on, of which is said that it is a multiple of `said`.
    pub(super) fn of(
        layout: LLVMTargetDataRef,
        address: Address<'m>,
        said: u32,
        count: u64,
    ) -> Option<Self> {
        is_own(address.base).then_some(())?;
        let bytes = address.offset..address.offset.checked_add(count.try_into().ok()?)?;
        let local = Local::of(layout, address.base);
        let is_aligned = local.is_some() || is_reserved(address.base);
        let aligned = match u64::try_from(address.offset) {
            Ok(offset) if is_aligned => Aligned {
                offset,
                to: REGISTER,
            },
            _ => Aligned {
                offset: 0,
                to: u64::from(said).clamp(1, REGISTER),
            },
        };
        Some(Self {
            address,
            local,
            aligned,
            bytes,
        })
    }

    /// Aligns the variable, as `aligned` has it.
    pub(super) fn align(&self) {
        if let Some(local) = &self.local {
            align(local.variable);
        }
    }

    /// Whether an instruction leaves the bytes alone, and may stand before they are written as well as behind.
    pub(super) fn is_untouched(&self, layout: LLVMTargetDataRef, by: Value<'m>) -> bool {
        if let (Some(local), Ok(first)) = (&self.local, u64::try_from(self.bytes.start)) {
            let count = self.bytes.end.abs_diff(self.bytes.start);
            return local.uses.get(&by).is_none_or(|done| {
                let touched = done.reads.or(done.writes).or(done.ends);
                touched.and(Bytes::range(first, count)).is_empty()
            });
        }
        let operands = by.operands();
        match by.opcode() {
            Some(LLVMOpcode::LLVMLoad) => {
                let from = operands.first().and_then(|from| Place::of(*from));
                is_plain(by) && from.is_some_and(|from| Local::of(layout, from.variable).is_some())
            }
            Some(LLVMOpcode::LLVMStore) => operands.get(1).is_some_and(|to| {
                let to = Address::of(*to);
                // SAFETY: the value is of a live module.
                let size = operands.first().map_or(0, |value| unsafe {
                    LLVMStoreSizeOfType(layout, value.type_of())
                });
                let end = to.offset.saturating_add_unsigned(size);
                is_plain(by)
                    && to.base == self.address.base
                    && (end <= self.bytes.start || self.bytes.end <= to.offset)
            }),
            Some(LLVMOpcode::LLVMPHI | LLVMOpcode::LLVMSelect) => true,
            _ => computes(by),
        }
    }
}

/// Whether an address is one of memory that a program may write in any size: of its stack, its globals and its maps, or
/// where its result goes. A field of a context, or of a struct of the kernel, is written as a whole.
fn is_own(base: Value<'_>) -> bool {
    let is_variable = base.is_instruction() && base.opcode() == Some(LLVMOpcode::LLVMAlloca);
    let given_by = base.callee().and_then(helper);
    is_variable
        || is_for_result(base)
        || base.is_global()
        || matches!(
            given_by,
            Some(Helper::Map | Helper::GivesOwn | Helper::Reserves)
        )
}

/// Whether an argument is where the result of a function goes.
fn is_for_result(base: Value<'_>) -> bool {
    let Some((function, index)) = base.argument() else {
        return false;
    };
    let kind = Attribute::get_named_enum_kind_id("dead_on_unwind");
    // SAFETY: the function has that argument; attributes of arguments are numbered from 1 on.
    unsafe { !LLVMGetEnumAttributeAtIndex(function.raw(), index as u32 + 1, kind).is_null() }
}

/// Aligns a variable to what is of use.
pub(super) fn align(variable: Value<'_>) {
    // SAFETY: the value is an `alloca` instruction of a live module.
    unsafe {
        let said = u64::from(LLVMGetAlignment(variable.raw()));
        LLVMSetAlignment(variable.raw(), said.max(REGISTER) as u32);
    }
}

/// Whether a load or a store is like others.
pub(super) fn is_plain(access: Value<'_>) -> bool {
    // SAFETY: the value is a load or a store.
    unsafe { LLVMGetVolatile(access.raw()) == 0 && LLVMIsAtomic(access.raw()) == 0 }
}

/// The alignment that a copy or a fill says of where it goes to.
pub(super) fn said(call: Value<'_>) -> u32 {
    let kind = Attribute::get_named_enum_kind_id("align");
    // SAFETY: the value is a call with arguments, and null is no attribute.
    unsafe {
        let attribute = LLVMGetCallSiteEnumAttribute(call.raw(), 1, kind);
        match attribute.is_null() {
            true => 1,
            false => LLVMGetEnumAttributeValue(attribute).clamp(1, REGISTER) as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_as_large_as_addresses_allow() {
        let of = |offset, to| Aligned { offset, to };
        assert_eq!(pieces(&[of(0, 8)], 16), [(0, 8), (8, 8)]);
        assert_eq!(pieces(&[of(4, 8)], 13), [(0, 4), (4, 8), (12, 1)]);
        assert_eq!(pieces(&[of(0, 8), of(0, 4)], 7), [(0, 4), (4, 2), (6, 1)]);
        assert_eq!(pieces(&[of(1, 8)], 4), [(0, 1), (1, 2), (3, 1)]);
        assert_eq!(pieces(&[of(8, 8), of(0, 1)], 2), [(0, 1), (1, 1)]);
        assert_eq!(pieces(&[of(0, 8)], 0), []);
    }
}
