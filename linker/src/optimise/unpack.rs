//! Takes apart what rustc has packed into one integer, so that LLVM sees the parts.
//!
//! rustc passes a small value on in one register: `Result<u8, ReadError>` is an `i64` with the variant in its
//! lowest byte, the `u8` in the next one, and the error in its upper half. LLVM inlines the function and keeps
//! the integer:
//!
//! ```text
//! packed = phi [error << 32 | 1, if the read failed], [value << 8, if not]
//! if packed & 1 == 0 { use(packed >> 8 & 255) }
//! ```
//!
//! This takes the parts of the integer before the ways meet. Then the optimiser knows the variant on each way,
//! and needs no branch.

use std::collections::HashMap;

use inkwell::{
    context::AsContextRef as _,
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMAddIncoming, LLVMBuildPhi, LLVMCreateBuilderInContext, LLVMDisposeBuilder,
            LLVMGetBasicBlockTerminator, LLVMGetIncomingBlock, LLVMInsertIntoBuilder,
            LLVMInstructionClone, LLVMInstructionEraseFromParent, LLVMIsAConstantInt, LLVMIsUndef,
            LLVMPositionBuilderBefore, LLVMReplaceAllUsesWith, LLVMSetOperand,
        },
        prelude::LLVMBuilderRef,
    },
    module::Module,
};

use crate::ir::{self, Value};

/// Takes the integers apart in all functions.
pub(super) fn unpack(module: &Module<'_>) {
    // SAFETY: the context is alive, and the builder is disposed of below.
    let builder = unsafe { LLVMCreateBuilderInContext(module.get_context().as_ctx_ref()) };
    for function in ir::functions(module) {
        let instructions = function.instructions();
        for phi in instructions
            .into_iter()
            .filter(|of| is(*of, LLVMOpcode::LLVMPHI))
        {
            let incoming = phi.operands();
            let is_packed = incoming.iter().any(|value| is(*value, LLVMOpcode::LLVMOr))
                && incoming.into_iter().all(is_known_in_parts);
            let users = phi.users();
            if is_packed && users.iter().all(|user| takes_a_part(*user, phi)) {
                for user in users {
                    take_before(builder, phi, user);
                }
            }
        }
    }
    // SAFETY: the builder is not used again.
    unsafe { LLVMDisposeBuilder(builder) };
}

fn is(value: Value<'_>, opcode: LLVMOpcode) -> bool {
    value.is_instruction() && value.opcode() == Some(opcode)
}

fn is_constant(value: Value<'_>) -> bool {
    // SAFETY: the value is one of a live module.
    unsafe { !LLVMIsAConstantInt(value.raw()).is_null() || LLVMIsUndef(value.raw()) != 0 }
}

/// Whether LLVM can tell a part of the value without an instruction more.
fn is_known_in_parts(value: Value<'_>) -> bool {
    use LLVMOpcode::{LLVMOr, LLVMShl, LLVMZExt};
    is_constant(value)
        || value.is_instruction() && matches!(value.opcode(), Some(LLVMOr | LLVMShl | LLVMZExt))
}

/// Whether an instruction gives some of the bits of `packed`, or puts them beside constants into another integer.
fn takes_a_part(instruction: Value<'_>, packed: Value<'_>) -> bool {
    use LLVMOpcode::{LLVMAnd, LLVMLShr, LLVMOr, LLVMShl, LLVMTrunc};
    match instruction.opcode() {
        Some(LLVMTrunc) => true,
        Some(LLVMLShr | LLVMAnd | LLVMShl | LLVMOr) => {
            let operands = instruction.operands();
            operands.first() == Some(&packed) && operands.into_iter().skip(1).all(is_constant)
        }
        _ => false,
    }
}

/// Lets `part` take its bits from each value that comes into `phi`, and then from what is made of them.
fn take_before(builder: LLVMBuilderRef, phi: Value<'_>, part: Value<'_>) {
    let incoming = phi.operands();
    // SAFETY: the new instructions stand at the ends of the blocks that the values come from, where these are
    // known, and the new phi beside the old one.
    let new = unsafe {
        LLVMPositionBuilderBefore(builder, phi.raw());
        let new = LLVMBuildPhi(builder, part.type_of(), c"".as_ptr());
        let mut taken_in = HashMap::new();
        for (index, value) in (0..).zip(incoming) {
            let mut from = LLVMGetIncomingBlock(phi.raw(), index);
            // A block that comes in twice, as that of a `switch` may, has one value.
            let taken = taken_in.entry(from).or_insert_with(|| {
                let taken = LLVMInstructionClone(part.raw());
                LLVMSetOperand(taken, 0, value.raw());
                LLVMPositionBuilderBefore(builder, LLVMGetBasicBlockTerminator(from));
                LLVMInsertIntoBuilder(builder, taken);
                taken
            });
            LLVMAddIncoming(new, taken, &mut from, 1);
        }
        LLVMReplaceAllUsesWith(part.raw(), new);
        LLVMInstructionEraseFromParent(part.raw());
        Value::new(new)
    };
    let Some(phi) = new else { return };
    for user in phi.users() {
        if takes_a_part(user, phi) {
            take_before(builder, phi, user);
        }
    }
}
