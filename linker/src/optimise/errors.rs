//! Lets ways meet that bring the same error, before they meet others.
//!
//! Code generation puts a constant into its register in front of each branch that brings it. One block that does it
//! for all, in front of where they meet, is one instruction for all:
//!
//! ```text
//! r0 = -75                                if r2 > 8 goto overflow
//! if r2 > 8 goto failed                   ...
//! ...                                     if r6 s< 0 goto overflow
//! r0 = -75                                ...
//! if r6 s< 0 goto failed                  overflow: r0 = -75
//! ```
//!
//! Code generation takes out a block without code, so the constant goes through assembly without any.

use std::collections::BTreeMap;

use inkwell::{
    context::AsContextRef as _,
    llvm_sys::{
        LLVMInlineAsmDialect,
        core::{
            LLVMAddIncoming, LLVMBuildBr, LLVMBuildCall2, LLVMBuildPhi, LLVMConstInt,
            LLVMFunctionType, LLVMGetBasicBlockTerminator, LLVMGetIncomingBlock, LLVMGetInlineAsm,
            LLVMGetPreviousBasicBlock, LLVMInsertBasicBlockInContext,
            LLVMInstructionEraseFromParent, LLVMPositionBuilderAtEnd, LLVMPositionBuilderBefore,
            LLVMReplaceAllUsesWith,
        },
        debuginfo::{LLVMInstructionGetDebugLoc, LLVMInstructionSetDebugLoc},
        prelude::{LLVMBasicBlockRef, LLVMBuilderRef, LLVMValueRef},
    },
    module::Module,
};

use crate::ir::block::{redirect, successors};
use crate::ir::{self, Value};

/// Makes such blocks in all functions. LLVM's passes would take them out again.
pub(super) fn meet(module: &Module<'_>) {
    let builder = module.get_context().create_builder();
    for function in ir::functions(module) {
        let instructions = function.instructions();
        let mut phis: BTreeMap<usize, Vec<Value<'_>>> = BTreeMap::new();
        for phi in instructions.iter().filter(|of| of.is_phi()) {
            let block = phi.block().map_or(0, |block| block.as_ptr() as usize);
            phis.entry(block).or_default().push(*phi);
        }
        for phis in phis.into_values() {
            // With more of them, each way would need the same of each.
            if let [phi] = phis.as_slice()
                && phi.is_i64()
            {
                // SAFETY: the phi is in a live module, and is the only one of its block.
                unsafe { meet_before(module, builder.as_mut_ptr(), *phi) };
            }
        }
    }
}

/// # Safety
/// `phi` is the only one of its block.
unsafe fn meet_before(module: &Module<'_>, builder: LLVMBuilderRef, phi: Value<'_>) {
    let Some(block) = phi.block().map(|block| block.as_ptr()) else {
        return;
    };
    let mut ways: Vec<(LLVMValueRef, LLVMBasicBlockRef)> = Vec::new();
    let mut brought: BTreeMap<i64, Vec<LLVMBasicBlockRef>> = BTreeMap::new();
    for (index, value) in (0..).zip(phi.operands()) {
        // SAFETY: a phi has as many blocks as values.
        let from = unsafe { LLVMGetIncomingBlock(phi.raw(), index) };
        ways.push((value.raw(), from));
        if let Some(constant) = value.number() {
            brought.entry(constant).or_default().push(from);
        }
    }
    let most = brought.into_iter().max_by_key(|(_, from)| from.len());
    let Some((constant, from)) = most.filter(|(_, from)| from.len() >= 2) else {
        return;
    };
    // SAFETY: all are blocks and values of one function. The new block stands before the old one, which has the new
    // phi in place of the old one; every way to it is either in the new phi, or goes to the new block, which is.
    unsafe {
        let before = LLVMGetPreviousBasicBlock(block);
        let falls_through = !before.is_null() && successors(before).contains(&block);
        let is_switch = |block: &LLVMBasicBlockRef| successors(*block).len() > 2;
        let is_twice = from
            .iter()
            .any(|one| from.iter().filter(|other| *other == one).count() > 1);
        if falls_through && !from.contains(&before) || from.iter().any(is_switch) || is_twice {
            return;
        }
        let context = module.get_context().as_ctx_ref();
        let wide = phi.type_of();
        let met = LLVMInsertBasicBlockInContext(context, block, c"".as_ptr());
        let line = LLVMInstructionGetDebugLoc(LLVMGetBasicBlockTerminator(from[0]));
        LLVMPositionBuilderAtEnd(builder, met);
        let mut constant = LLVMConstInt(wide, constant as u64, 1);
        let of = LLVMFunctionType(wide, [wide].as_mut_ptr(), 1, 0);
        let (code, constraints) = (c"", c"=r,0");
        let assembly = LLVMGetInlineAsm(
            of,
            code.as_ptr(),
            0,
            constraints.as_ptr(),
            constraints.count_bytes(),
            0,
            0,
            LLVMInlineAsmDialect::LLVMInlineAsmDialectATT,
            0,
        );
        let mut error = LLVMBuildCall2(builder, of, assembly, &mut constant, 1, c"".as_ptr());
        for made in [error, LLVMBuildBr(builder, block)] {
            LLVMInstructionSetDebugLoc(made, line);
        }
        LLVMPositionBuilderBefore(builder, phi.raw());
        let all = LLVMBuildPhi(builder, wide, c"".as_ptr());
        let others = ways.into_iter().filter(|(_, way)| !from.contains(way));
        for (mut value, mut way) in others {
            LLVMAddIncoming(all, &mut value, &mut way, 1);
        }
        LLVMAddIncoming(all, &mut error, &mut { met }, 1);
        let ends = from
            .into_iter()
            .map(|from| LLVMGetBasicBlockTerminator(from));
        for end in ends.filter_map(|end| Value::new(end)) {
            redirect(end, block, met);
        }
        LLVMReplaceAllUsesWith(phi.raw(), all);
        LLVMInstructionEraseFromParent(phi.raw());
    }
}
