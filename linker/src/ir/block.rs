//! Blocks: what is in them, and where they lead.

use std::{iter, ptr};

use inkwell::llvm_sys::{
    core::{
        LLVMBasicBlockAsValue, LLVMGetBasicBlockTerminator, LLVMGetFirstInstruction,
        LLVMGetFirstUse, LLVMGetInstructionParent, LLVMGetNextInstruction, LLVMGetNextUse,
        LLVMGetNumSuccessors, LLVMGetSuccessor, LLVMGetUser, LLVMInsertBasicBlockInContext,
        LLVMInsertIntoBuilder, LLVMInstructionRemoveFromParent, LLVMPositionBuilderAtEnd,
        LLVMSetCurrentDebugLocation2, LLVMSetSuccessor,
    },
    prelude::{LLVMBasicBlockRef, LLVMBuilderRef, LLVMContextRef, LLVMUseRef},
};

use crate::ir::Value;

/// The instructions of a block, the terminator as the last of them.
///
/// # Safety
/// `block` is of a module that lives for `'m`.
pub(crate) unsafe fn instructions<'m>(block: LLVMBasicBlockRef) -> Vec<Value<'m>> {
    // SAFETY: the instructions of a block are a list that ends in null.
    let first = unsafe { Value::new(LLVMGetFirstInstruction(block)) };
    // SAFETY: as above.
    let next = |of: &Value<'m>| unsafe { Value::new(LLVMGetNextInstruction(of.raw())) };
    iter::successors(first, next).collect()
}

/// The first instruction of a block that is no phi.
///
/// # Safety
/// `block` is of a module that lives for `'m`.
pub(crate) unsafe fn behind_phis<'m>(block: LLVMBasicBlockRef) -> Option<Value<'m>> {
    // SAFETY: as the caller's.
    let all = unsafe { instructions(block) };
    all.into_iter().find(|of| !of.is_phi())
}

/// The ends of the blocks that go to a block, once for each way.
///
/// # Safety
/// `block` is of a module that lives for `'m`.
pub(crate) unsafe fn ends_before<'m>(block: LLVMBasicBlockRef) -> Vec<Value<'m>> {
    // SAFETY: only ends of blocks use a block; the uses are a list that ends in null.
    unsafe {
        let some = |of: LLVMUseRef| (!of.is_null()).then_some(of);
        let first = some(LLVMGetFirstUse(LLVMBasicBlockAsValue(block)));
        let uses = iter::successors(first, |of| some(LLVMGetNextUse(*of)));
        uses.filter_map(|of| Value::new(LLVMGetUser(of))).collect()
    }
}

/// The blocks that a block goes to, in the order of its terminator.
///
/// # Safety
/// `block` is of a live module.
pub(crate) unsafe fn successors(block: LLVMBasicBlockRef) -> Vec<LLVMBasicBlockRef> {
    // SAFETY: every block has a terminator, with as many successors as it says.
    unsafe {
        let last = LLVMGetBasicBlockTerminator(block);
        let count = LLVMGetNumSuccessors(last);
        (0..count).map(|at| LLVMGetSuccessor(last, at)).collect()
    }
}

/// Has the end of a block go to `to` wherever it goes to `from`.
///
/// # Safety
/// `end` is the end of a block, and all are of one live function.
pub(crate) unsafe fn redirect(end: Value<'_>, from: LLVMBasicBlockRef, to: LLVMBasicBlockRef) {
    // SAFETY: the end of a block has as many successors as it says.
    unsafe {
        for number in 0..LLVMGetNumSuccessors(end.raw()) {
            if LLVMGetSuccessor(end.raw(), number) == from {
                LLVMSetSuccessor(end.raw(), number, to);
            }
        }
    }
}

/// Moves what stands before an instruction into a new block in front of its own, to which all ways to the old one lead then.
/// The new block has no end yet, and the builder stands there. Phis behind the old block still have that as the block that
/// they come from.
///
/// # Safety
/// The instruction is of a live module of the context.
pub(crate) unsafe fn split_before(
    context: LLVMContextRef,
    builder: LLVMBuilderRef,
    instruction: Value<'_>,
) -> LLVMBasicBlockRef {
    // SAFETY: the new block is of the same function; what is moved stays in its order.
    unsafe {
        let block = LLVMGetInstructionParent(instruction.raw());
        let before = LLVMInsertBasicBlockInContext(context, block, c"".as_ptr());
        for end in ends_before(block) {
            redirect(end, block, before);
        }
        // What is moved keeps its line.
        LLVMSetCurrentDebugLocation2(builder, ptr::null_mut());
        LLVMPositionBuilderAtEnd(builder, before);
        while LLVMGetFirstInstruction(block) != instruction.raw() {
            let first = LLVMGetFirstInstruction(block);
            LLVMInstructionRemoveFromParent(first);
            LLVMInsertIntoBuilder(builder, first);
        }
        before
    }
}
