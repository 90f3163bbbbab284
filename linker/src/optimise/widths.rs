//! Lets errors meet in 64 bits, as helpers give them, before their lower half is taken.
//!
//! rustc takes the lower half on the way on which a read has failed. In eBPF that is no instruction, but a way with
//! something in it is a block of its own, which code generation leaves by a jump:
//!
//! ```text
//! failed:  %code = trunc i64 %r to i32
//! joined:  %errno = phi i32 [ %code, %failed ], [ -75, ... ]
//! ```
//!
//! Where the helper could read, its result is 0. It is that result on both ways then, and they need not be two.

use std::collections::HashSet;

use inkwell::{
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMAddIncoming, LLVMBuildPhi, LLVMBuildTrunc, LLVMConstInt, LLVMGetIncomingBlock,
            LLVMGetUndef, LLVMInstructionEraseFromParent, LLVMPositionBuilderBefore,
            LLVMReplaceAllUsesWith, LLVMTypeOf,
        },
        prelude::LLVMBuilderRef,
    },
    module::Module,
};

use crate::ir::block::behind_phis;
use crate::ir::{self, Value};
use crate::optimise::outcomes::{self, Way};

/// Widens what meets in all functions.
pub(super) fn widen(module: &Module<'_>) {
    let builder = module.get_context().create_builder();
    for function in ir::functions(module) {
        let phis = function.instructions();
        let phis = phis.into_iter().filter(|of| of.is_phi());
        for phi in phis.collect::<Vec<_>>() {
            if let Some(halves) = halves(phi) {
                meet(builder.as_mut_ptr(), phi, &halves);
            }
        }
    }
}

/// What comes into a phi, in 64 bits: a number that is cut for it alone, or a constant.
enum Wide<'m> {
    Number(Value<'m>),
    Constant(i64),
    Undefined,
}

/// All that comes into a phi of 32 bits, if some of it is cut.
fn halves<'m>(phi: Value<'m>) -> Option<Vec<Wide<'m>>> {
    let is_half = phi.integer_width() == Some(32);
    let half = |(value, way): (Value<'m>, Way)| {
        let constant = value.number();
        if value.is_undefined() || constant == Some(0) {
            let zero = outcomes::zero(way).filter(|zero| zero.is_i64());
            let or = constant.map_or(Wide::Undefined, Wide::Constant);
            return Some(zero.map_or(or, Wide::Number));
        }
        if let Some(constant) = constant {
            return Some(Wide::Constant(constant));
        }
        let cut = value.is_instruction() && value.opcode() == Some(LLVMOpcode::LLVMTrunc);
        let from = *value.operands().first()?;
        let is_alone = value.users().iter().all(|of| of.is_phi());
        (cut && from.is_i64() && is_alone).then_some(Wide::Number(from))
    };
    let halves: Option<Vec<_>> = Way::into_phi(phi).into_iter().map(half).collect();
    let is_cut = |halves: &Vec<_>| halves.iter().any(|half| matches!(half, Wide::Number(_)));
    halves.filter(|halves| is_half && is_cut(halves))
}

/// Makes a phi of 64 bits, and takes the lower half of it.
fn meet(builder: LLVMBuilderRef, phi: Value<'_>, halves: &[Wide<'_>]) {
    let cuts: HashSet<Value<'_>> = phi.operands().into_iter().collect();
    // SAFETY: the values come from the blocks that the phi names, which stand before these blocks' ends.
    unsafe {
        LLVMPositionBuilderBefore(builder, phi.raw());
        let wide = halves.iter().find_map(|half| match half {
            Wide::Number(number) => Some(number.type_of()),
            Wide::Constant(_) | Wide::Undefined => None,
        });
        let Some(wide) = wide else { return };
        let all = LLVMBuildPhi(builder, wide, c"".as_ptr());
        for (index, half) in (0..).zip(halves) {
            let mut value = match half {
                Wide::Number(number) => number.raw(),
                Wide::Constant(constant) => LLVMConstInt(wide, *constant as u64, 1),
                Wide::Undefined => LLVMGetUndef(wide),
            };
            let mut from = LLVMGetIncomingBlock(phi.raw(), index);
            LLVMAddIncoming(all, &mut value, &mut from, 1);
        }
        let Some(first) = phi.block().and_then(|block| behind_phis(block.as_ptr())) else {
            return;
        };
        LLVMPositionBuilderBefore(builder, first.raw());
        let cut = LLVMBuildTrunc(builder, all, LLVMTypeOf(phi.raw()), c"".as_ptr());
        LLVMReplaceAllUsesWith(phi.raw(), cut);
        LLVMInstructionEraseFromParent(phi.raw());
        for cut in cuts {
            if cut.is_instruction() && !cut.is_used() {
                LLVMInstructionEraseFromParent(cut.raw());
            }
        }
    }
}
