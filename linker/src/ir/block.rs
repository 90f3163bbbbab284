//! Blocks: what is in them, and where they lead.

use std::iter;

use inkwell::llvm_sys::{
    core::{
        LLVMGetBasicBlockTerminator, LLVMGetFirstInstruction, LLVMGetNextInstruction,
        LLVMGetNumSuccessors, LLVMGetSuccessor,
    },
    prelude::LLVMBasicBlockRef,
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
