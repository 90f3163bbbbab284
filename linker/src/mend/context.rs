//! Takes choices out of the addresses of loads from a program's context.
//!
//! Where two arms of an `if` read words of the context, LLVM chooses between their offsets, and loads once. Verifiers
//! before Linux 7.1 refuse a load through a context that was moved ("dereference of modified ctx ptr",
//! `check_ptr_off_reg` in `kernel/bpf/verifier.c`). So such a load, or store, is made once for each offset, behind
//! a branch for each: the verifier knows the offset on each way.

use std::collections::{BTreeSet, HashSet};

use inkwell::llvm_sys::{
    LLVMIntPredicate, LLVMOpcode, LLVMTypeKind,
    core::{
        LLVMAddIncoming, LLVMBuildBr, LLVMBuildCondBr, LLVMBuildGEP2, LLVMBuildICmp, LLVMBuildPhi,
        LLVMConstInt, LLVMGetIntTypeWidth, LLVMGetTypeKind, LLVMInsertBasicBlockInContext,
        LLVMInsertIntoBuilder, LLVMInstructionClone, LLVMInstructionEraseFromParent,
        LLVMInt8TypeInContext, LLVMInt64TypeInContext, LLVMPositionBuilderAtEnd,
        LLVMPositionBuilderBefore, LLVMReplaceAllUsesWith, LLVMSetOperand,
    },
    debuginfo::{LLVMInstructionGetDebugLoc, LLVMInstructionSetDebugLoc},
    prelude::{LLVMBuilderRef, LLVMContextRef, LLVMValueRef},
};
use inkwell::{context::AsContextRef as _, module::Module};

use crate::ir::{self, Value, block::split_before};
use crate::mend::contexts;

/// Loads from more places are left as they are: a verifier goes each way by itself.
const MOST: usize = 8;

/// How many values are followed, from an offset to the constants that it is chosen from.
const FARTHEST: usize = 64;

/// A load or a store through a context to which one of a few numbers was added.
struct Chosen<'m> {
    instruction: Value<'m>,
    context: Value<'m>,
    /// The part that was chosen, and what is added besides.
    offset: Value<'m>,
    base: i64,
    /// What it is chosen from.
    offsets: Vec<i64>,
    /// The condition on which it is the first of two.
    condition: Option<Value<'m>>,
}

/// Mends an optimised module. LLVM's passes would make one load of them again.
pub(crate) fn part(module: &Module<'_>) {
    let builder = module.get_context().create_builder();
    let contexts = contexts::of(module);
    for function in ir::functions(module) {
        let instructions = function.instructions().into_iter();
        for instruction in instructions {
            if let Some(chosen) = chosen(instruction, &contexts) {
                // SAFETY: the instruction is in a function of this live module.
                unsafe { make_each(module, builder.as_mut_ptr(), &chosen) };
            }
        }
    }
}

fn chosen<'m>(instruction: Value<'m>, contexts: &HashSet<Value<'m>>) -> Option<Chosen<'m>> {
    let operands = instruction.operands();
    let pointer = match instruction.opcode()? {
        LLVMOpcode::LLVMLoad => operands.first(),
        LLVMOpcode::LLVMStore => operands.get(1),
        _ => None,
    };
    let mut pointer = *pointer?;
    let mut base = 0_i64;
    let mut offset = None;
    while !contexts.contains(&pointer) {
        let (of, by) = step(pointer)?;
        match by.number() {
            Some(by) => base = base.checked_add(by)?,
            None if offset.is_none() && by.is_i64() => offset = Some(by),
            None => return None,
        }
        pointer = of;
    }
    let offset = offset?;
    let (condition, offsets) = match of_two(offset) {
        Some((condition, offsets)) => (Some(condition), offsets),
        None => (None, constants(offset)?),
    };
    Some(Chosen {
        instruction,
        context: pointer,
        offset,
        base,
        offsets,
        condition,
    })
}

/// What a pointer is made of: another one, and how many bytes are added.
fn step<'m>(pointer: Value<'m>) -> Option<(Value<'m>, Value<'m>)> {
    let source = pointer.gep_source()?;
    // SAFETY: the type is that of a live instruction.
    let is_byte = unsafe {
        LLVMGetTypeKind(source) == LLVMTypeKind::LLVMIntegerTypeKind
            && LLVMGetIntTypeWidth(source) == 8
    };
    match pointer.operands()[..] {
        [of, by] if is_byte => Some((of, by)),
        _ => None,
    }
}

/// The two constants that a number is chosen from, and on which condition it is the first.
fn of_two(number: Value<'_>) -> Option<(Value<'_>, Vec<i64>)> {
    if number.opcode() != Some(LLVMOpcode::LLVMSelect) {
        return None;
    }
    match number.operands()[..] {
        [condition, yes, no] => Some((condition, vec![yes.number()?, no.number()?])),
        _ => None,
    }
}

/// All that a number can be, if that is little.
fn constants(number: Value<'_>) -> Option<Vec<i64>> {
    let found = Numbers::default().of(number)?;
    Some(found.into_iter().collect())
}

/// Finds out what numbers can be.
#[derive(Default)]
struct Numbers<'m> {
    seen: Vec<Value<'m>>,
}

impl<'m> Numbers<'m> {
    fn of(&mut self, number: Value<'m>) -> Option<BTreeSet<i64>> {
        if let Some(constant) = number.number() {
            return Some([constant].into());
        }
        if self.seen.contains(&number) || self.seen.len() > FARTHEST {
            return None;
        }
        self.seen.push(number);
        let operands = number.operands();
        let found = match (number.opcode()?, &operands[..]) {
            (LLVMOpcode::LLVMSelect, [_, arms @ ..]) => self.any_of(arms)?,
            (LLVMOpcode::LLVMPHI, ways) => self.any_of(ways)?,
            (LLVMOpcode::LLVMAnd, [_, mask]) => parts_of(mask.number()?)?,
            (LLVMOpcode::LLVMZExt, [of]) if of.integer_width() == Some(1) => [0, 1].into(),
            (LLVMOpcode::LLVMZExt, [of]) => {
                let found = self.of(*of)?;
                let is_small = found.iter().all(|number| *number >= 0);
                is_small.then_some(found)?
            }
            (of, [left, right]) => {
                let right = right.number()?;
                let change = |left: i64| match of {
                    LLVMOpcode::LLVMShl => left.checked_mul(1 << (0..16).find(|by| *by == right)?),
                    LLVMOpcode::LLVMAdd => left.checked_add(right),
                    LLVMOpcode::LLVMXor => Some(left ^ right),
                    LLVMOpcode::LLVMOr => Some(left | right),
                    _ => None,
                };
                let left = self.of(*left)?.into_iter();
                let changed: BTreeSet<i64> = left.map(change).collect::<Option<_>>()?;
                // What goes round is another number.
                changed
                    .iter()
                    .all(|of| is_held(number, *of))
                    .then_some(changed)?
            }
            _ => return None,
        };
        (found.len() <= MOST).then_some(found)
    }

    fn any_of(&mut self, values: &[Value<'m>]) -> Option<BTreeSet<i64>> {
        let mut all = BTreeSet::new();
        for value in values {
            all.extend(self.of(*value)?);
        }
        Some(all)
    }
}

/// Whether the type of an integer of at most 64 bits has this number, with its sign.
fn is_held(by: Value<'_>, number: i64) -> bool {
    let unused = 64_u32.saturating_sub(by.integer_width().unwrap_or(64));
    number << unused >> unused == number
}

/// What is left of any number behind a mask of a few bits.
fn parts_of(mask: i64) -> Option<BTreeSet<i64>> {
    if mask < 0 || 1 << mask.count_ones().min(16) > MOST {
        return None;
    }
    let bits = (0..63)
        .map(|bit| 1_i64 << bit)
        .filter(|bit| mask & bit != 0);
    let mut parts = BTreeSet::from([0]);
    for bit in bits {
        let more: Vec<i64> = parts.iter().map(|part| part | bit).collect();
        parts.extend(more);
    }
    Some(parts)
}

/// Makes the instruction once for each offset.
///
/// # Safety
/// The values are of a function of the module.
unsafe fn make_each(module: &Module<'_>, builder: LLVMBuilderRef, chosen: &Chosen<'_>) {
    let context = module.get_context().as_ctx_ref();
    let old = chosen.instruction.raw();
    let Some(block) = chosen.instruction.block().map(|block| block.as_ptr()) else {
        return;
    };
    // SAFETY: what is before the instruction goes into a new block in front of its own, to which all ways to the old
    // one lead. Phis behind the old one still have it as the block that they come from. The copies stand behind all
    // that dominated the instruction, and each way to the rest of the old block comes from one of them.
    unsafe {
        let new_block = || LLVMInsertBasicBlockInContext(context, block, c"".as_ptr());
        let line = LLVMInstructionGetDebugLoc(old);
        let at_line = |made| LLVMInstructionSetDebugLoc(made, line);
        split_before(context, builder, chosen.instruction);
        let mut copies = Vec::new();
        let mut left = chosen.offsets.len();
        for offset in &chosen.offsets {
            left -= 1;
            let copied = new_block();
            let rest = if left == 0 {
                at_line(LLVMBuildBr(builder, copied));
                block
            } else {
                let rest = new_block();
                let is_it = chosen.condition.map_or_else(
                    || {
                        let number = chosen.offset.raw();
                        let constant = LLVMConstInt(chosen.offset.type_of(), *offset as u64, 1);
                        let equal = LLVMIntPredicate::LLVMIntEQ;
                        let made = LLVMBuildICmp(builder, equal, number, constant, c"".as_ptr());
                        at_line(made);
                        made
                    },
                    Value::raw,
                );
                at_line(LLVMBuildCondBr(builder, is_it, copied, rest));
                rest
            };
            LLVMPositionBuilderAtEnd(builder, copied);
            let copy = copy_at(context, builder, chosen, chosen.base.wrapping_add(*offset));
            at_line(LLVMBuildBr(builder, block));
            copies.push((copy, copied));
            LLVMPositionBuilderAtEnd(builder, rest);
        }
        if chosen.instruction.opcode() == Some(LLVMOpcode::LLVMLoad) {
            LLVMPositionBuilderBefore(builder, old);
            let all = LLVMBuildPhi(builder, chosen.instruction.type_of(), c"".as_ptr());
            for (mut copy, mut from) in copies {
                LLVMAddIncoming(all, &mut copy, &mut from, 1);
            }
            at_line(all);
            LLVMReplaceAllUsesWith(old, all);
        }
        LLVMInstructionEraseFromParent(old);
    }
}

/// Copies the instruction to the end of a block, with an address in it that is so far into the context.
///
/// # Safety
/// The values are of a function of the context's module.
unsafe fn copy_at(
    context: LLVMContextRef,
    builder: LLVMBuilderRef,
    chosen: &Chosen<'_>,
    offset: i64,
) -> LLVMValueRef {
    let is_load = chosen.instruction.opcode() == Some(LLVMOpcode::LLVMLoad);
    // SAFETY: the address is made right before the copy, whose operand it is in place of another address.
    unsafe {
        let byte = LLVMInt8TypeInContext(context);
        let mut offset = LLVMConstInt(LLVMInt64TypeInContext(context), offset as u64, 1);
        let base = chosen.context.raw();
        let address = LLVMBuildGEP2(builder, byte, base, &mut offset, 1, c"".as_ptr());
        LLVMInstructionSetDebugLoc(
            address,
            LLVMInstructionGetDebugLoc(chosen.instruction.raw()),
        );
        let copy = LLVMInstructionClone(chosen.instruction.raw());
        LLVMInsertIntoBuilder(builder, copy);
        LLVMSetOperand(copy, u32::from(!is_load), address);
        copy
    }
}
