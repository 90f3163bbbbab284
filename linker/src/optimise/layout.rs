//! Orders the blocks of a function, so that a branch needs one instruction.
//!
//! LLVM's code generation for BPF does not turn a conditional branch round. A block that only goes on, such as
//! the one in which a local variable of a failed read ends, becomes an instruction of its own behind the branch:
//!
//! ```text
//! if r0 == 0 goto +1
//! goto failed
//! ```
//!
//! Code generation does choose the direction of a branch by the block that follows. So such a block goes to the
//! end of the function, where nothing remains of it: `if r0 != 0 goto failed`. So does what stands between a branch and
//! the nearer of the blocks that it goes to.
//!
//! A block that only writes constants and goes on is last for another reason. A verifier follows the way without a jump
//! first. Where the two ways meet, it skips the second one if the first one covers all that it knows there. Memory that a
//! read filled covers memory that is 0; memory that is 0 does not cover memory that a read filled (`stacksafe` in
//! `kernel/bpf/states.c`). With five such ways in front of a loop, a verifier walked the loop 32 times.

use inkwell::{
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMGetFirstBasicBlock, LLVMGetLastBasicBlock, LLVMGetNextBasicBlock,
            LLVMMoveBasicBlockAfter,
        },
        prelude::LLVMBasicBlockRef,
    },
    module::Module,
};

use crate::ir::block::{instructions, successors};
use crate::ir::{self, Value};
use crate::optimise::places::mark;

/// How many computations stand between a value and what LLVM is told of it.
const DEEPEST: u32 = 4;

/// Moves the blocks in all functions.
pub(super) fn order(module: &Module<'_>) {
    for function in ir::functions(module).filter(|of| !of.is_declaration()) {
        // SAFETY: the function has blocks; a move changes their order alone.
        unsafe {
            let mut block = LLVMGetFirstBasicBlock(function.raw());
            while !block.is_null() {
                if let Some(aside) = aside(block) {
                    LLVMMoveBasicBlockAfter(aside, LLVMGetLastBasicBlock(function.raw()));
                }
                block = LLVMGetNextBasicBlock(block);
            }
            let mut block = LLVMGetFirstBasicBlock(function.raw());
            while !block.is_null() {
                bring_next(block, LLVMGetLastBasicBlock(function.raw()));
                block = LLVMGetNextBasicBlock(block);
            }
        }
    }
}

/// Moves what stands between a block and one of the two that it goes to behind all others, if neither of them follows it.
/// Nothing else has to jump for that.
///
/// # Safety
/// `block` and `last` are of one function, which lives.
unsafe fn bring_next(block: LLVMBasicBlockRef, last: LLVMBasicBlockRef) {
    // SAFETY: blocks of one function; null is no block.
    unsafe {
        let follows = |of| {
            let next = LLVMGetNextBasicBlock(of);
            (!next.is_null()).then_some(next)
        };
        let goes_to = successors(block);
        let first = follows(block).filter(|next| goes_to.len() == 2 && !goes_to.contains(next));
        let Some(first) = first else {
            return;
        };
        let mut between = Vec::new();
        for passed in std::iter::successors(Some(first), |of| follows(*of)) {
            between.push(passed);
            let Some(next) = follows(passed) else { return };
            if goes_to.contains(&next) {
                if !successors(passed).contains(&next) {
                    break;
                }
                return;
            }
        }
        let mut last = last;
        for passed in between {
            LLVMMoveBasicBlockAfter(passed, last);
            last = passed;
        }
    }
}

/// The block behind `block`, if `block` goes to it or to the one after it, and it only writes constants and goes on to
/// elsewhere.
///
/// # Safety
/// `block` is of a live module.
unsafe fn aside(block: LLVMBasicBlockRef) -> Option<LLVMBasicBlockRef> {
    // SAFETY: blocks of one function; null is no block.
    unsafe {
        let aside = LLVMGetNextBasicBlock(block);
        if aside.is_null() {
            return None;
        }
        let other = LLVMGetNextBasicBlock(aside);
        let (from, to) = (successors(block), successors(aside));
        let is_aside = from.len() == 2 && from.contains(&aside);
        let goes_on = to.len() == 1 && !from.contains(&to[0]) && from.contains(&other);
        (is_aside && goes_on && instructions(aside).iter().all(is_set)).then_some(aside)
    }
}

/// Whether an instruction goes on, writes a constant, or is nothing in the object.
fn is_set(instruction: &Value<'_>) -> bool {
    let operands = instruction.operands();
    let is_constant = |of: &Value<'_>| of.integer().is_some();
    match instruction.opcode() {
        // Code generation takes the lower half of a register where the register is written.
        Some(LLVMOpcode::LLVMBr | LLVMOpcode::LLVMTrunc) => true,
        Some(LLVMOpcode::LLVMStore) => operands.first().is_some_and(is_constant),
        Some(LLVMOpcode::LLVMGetElementPtr) => operands.iter().skip(1).all(is_constant),
        _ => is_no_code(*instruction, DEEPEST),
    }
}

/// Whether an instruction tells LLVM something, or is computed for one that does.
fn is_no_code(instruction: Value<'_>, depth: u32) -> bool {
    if let Some(callee) = instruction.callee() {
        return callee.name() == b"llvm.assume" || mark(instruction).is_some();
    }
    let users = instruction.users();
    depth > 0 && !users.is_empty() && users.into_iter().all(|user| is_no_code(user, depth - 1))
}
