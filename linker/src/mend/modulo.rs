//! Bounds what `%` gives, where it becomes part of an address.
//!
//! `buffer[index % 400]` needs no check, as LLVM knows. The verifier does not before Linux 7.0: it takes what `%`
//! gives for any number, and refuses an address with it. So this compares the number with the largest that it can be.

use std::collections::HashSet;

use inkwell::llvm_sys::LLVMTypeKind;
use inkwell::{
    llvm_sys::{
        LLVMIntPredicate, LLVMOpcode,
        core::{
            LLVMBuildICmp, LLVMBuildSelect, LLVMConstInt, LLVMGetNextInstruction, LLVMGetTypeKind,
            LLVMPositionBuilderBefore, LLVMSetOperand,
        },
        debuginfo::{LLVMInstructionGetDebugLoc, LLVMInstructionSetDebugLoc},
        prelude::LLVMBuilderRef,
    },
    module::Module,
};

use crate::ir::{self, Value};

/// How many values are followed, from a number to an address with it.
const FARTHEST: usize = 64;

/// Compares in an optimised module. LLVM's passes would take it out again.
pub(crate) fn bound(module: &Module<'_>) {
    let builder = module.get_context().create_builder();
    let numbers: Vec<Value<'_>> = ir::functions(module)
        .flat_map(Value::instructions)
        .filter(|of| of.opcode() == Some(LLVMOpcode::LLVMURem) && is_in_address(*of))
        .collect();
    for number in numbers {
        let operands = number.operands();
        let divisor = operands.get(1).and_then(|divisor| divisor.integer());
        if let Some(divisor) = divisor.filter(|divisor| *divisor != 0) {
            compare(builder.as_mut_ptr(), number, divisor);
        }
    }
}

/// Puts the smaller of a number and the largest that it can be in place of the number.
fn compare(builder: LLVMBuilderRef, number: Value<'_>, divisor: u64) {
    let users = number.users();
    // SAFETY: the number is an instruction of a live module, no terminator and no phi, so one follows it. The
    // constants are of its type, and users have the operands that they say.
    unsafe {
        let line = LLVMInstructionGetDebugLoc(number.raw());
        LLVMPositionBuilderBefore(builder, LLVMGetNextInstruction(number.raw()));
        let of = number.type_of();
        let (end, largest) = (
            LLVMConstInt(of, divisor, 0),
            LLVMConstInt(of, divisor - 1, 0),
        );
        let below = LLVMIntPredicate::LLVMIntULT;
        let is_below = LLVMBuildICmp(builder, below, number.raw(), end, c"".as_ptr());
        let bounded = LLVMBuildSelect(builder, is_below, number.raw(), largest, c"".as_ptr());
        for made in [is_below, bounded] {
            LLVMInstructionSetDebugLoc(made, line);
        }
        for user in users {
            for (index, operand) in (0..).zip(user.operands()) {
                if operand == number {
                    LLVMSetOperand(user.raw(), index, bounded);
                }
            }
        }
    }
}

/// Whether an address is computed with a number.
fn is_in_address(number: Value<'_>) -> bool {
    // SAFETY: the type is that of a live value.
    if unsafe { LLVMGetTypeKind(number.type_of()) } != LLVMTypeKind::LLVMIntegerTypeKind {
        return false;
    }
    let mut waiting = vec![number];
    let mut seen = HashSet::new();
    while let Some(here) = waiting.pop().filter(|_| seen.len() < FARTHEST) {
        if !seen.insert(here) {
            continue;
        }
        for user in here.users() {
            use LLVMOpcode::*;
            match user.opcode() {
                Some(LLVMGetElementPtr | LLVMIntToPtr) => return true,
                Some(
                    LLVMAdd | LLVMSub | LLVMMul | LLVMShl | LLVMOr | LLVMAnd | LLVMLShr | LLVMZExt
                    | LLVMSExt | LLVMTrunc | LLVMPHI | LLVMSelect | LLVMFreeze,
                ) => waiting.push(user),
                _ => {}
            }
        }
    }
    false
}
