//! Keeps relocations behind the branch that guards them.
//!
//! LLVM stands a relocation for a load of a global, followed by a call of
//! `llvm.bpf.passthrough` at the place of the access. To the optimiser that load can
//! be done at any time, so it moves it out of loops and before branches, over the
//! check whether the field exists. On a kernel without the field, loaders put an
//! invalid instruction at that place, which must not be reached. The call does not
//! move: what it takes is made anew right before it.
//!
//! The backend removes the call, and its own `MachineLICM` would then move the
//! instruction out of the loop once more, so it is switched off. clang leaves both as
//! they are.

use std::ptr;

use inkwell::{
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMInsertIntoBuilder, LLVMInstructionClone, LLVMInstructionEraseFromParent,
            LLVMPositionBuilderBefore, LLVMSetOperand,
        },
        prelude::LLVMBuilderRef,
        support::LLVMParseCommandLineOptions,
    },
    module::Module,
};

use crate::{
    ir::{self, Value},
    verify::Global,
};

/// How many computations LLVM may have put between the load and the call.
const DEEPEST: u32 = 8;

/// The operand of `llvm.bpf.passthrough` that it passes through.
const PASSED: u32 = 1;

/// Repairs all functions of an optimised module, and keeps code generation from
/// undoing it.
pub(crate) fn keep(module: &Module<'_>) {
    let arguments = [
        c"bpf-core-linker".as_ptr(),
        c"--disable-machine-licm".as_ptr(),
    ];
    // SAFETY: the array holds as many C strings; LLVM copies what it keeps, and takes
    // null for no description.
    unsafe { LLVMParseCommandLineOptions(2, arguments.as_ptr(), ptr::null()) };
    let builder = module.get_context().create_builder();
    let mut replaced = Vec::new();
    for function in ir::functions(module) {
        if !function.name().starts_with(b"llvm.bpf.passthrough") {
            continue;
        }
        for call in function.users() {
            let Some(passed) = call.arguments().get(PASSED as usize).copied() else {
                continue;
            };
            if let Some(copy) = copy_before(builder.as_mut_ptr(), call, passed, DEEPEST) {
                // SAFETY: the copy stands before the call and has the same type.
                unsafe { LLVMSetOperand(call.raw(), PASSED, copy.raw()) };
                replaced.push(passed);
            }
        }
    }
    remove_unused(replaced);
}

/// Copies `value` to before `call`, with all that it is computed from, if there is a
/// relocation of another block in it.
fn copy_before<'m>(
    builder: LLVMBuilderRef,
    call: Value<'m>,
    value: Value<'m>,
    depth: u32,
) -> Option<Value<'m>> {
    let mut operands = Vec::new();
    if is_relocation(value) {
        if value.block() == call.block() {
            return None;
        }
    } else if is_address(value) && depth > 0 {
        for (index, operand) in (0..).zip(value.operands()) {
            if let Some(copy) = copy_before(builder, call, operand, depth - 1) {
                operands.push((index, copy));
            }
        }
        if operands.is_empty() {
            return None;
        }
    } else {
        return None;
    }
    // SAFETY: `value` is a load of a relocation, or a computation without effects; it
    // and so its operands dominate the call. Operands that were copied stand before
    // the call by now, and have the type of the originals.
    let copy = unsafe {
        let copy = LLVMInstructionClone(value.raw());
        LLVMPositionBuilderBefore(builder, call.raw());
        LLVMInsertIntoBuilder(builder, copy);
        for (index, operand) in operands {
            LLVMSetOperand(copy, index, operand.raw());
        }
        copy
    };
    Value::new(copy)
}

fn is_relocation(value: Value<'_>) -> bool {
    value.is_instruction()
        && value.opcode() == Some(LLVMOpcode::LLVMLoad)
        && value
            .operands()
            .first()
            .is_some_and(|from| from.is_global() && Global::parse(from.name()).is_some())
}

fn is_address(value: Value<'_>) -> bool {
    use LLVMOpcode::{LLVMAdd, LLVMBitCast, LLVMGetElementPtr, LLVMSExt, LLVMTrunc, LLVMZExt};
    value.is_instruction()
        && matches!(
            value.opcode(),
            Some(LLVMGetElementPtr | LLVMAdd | LLVMBitCast | LLVMSExt | LLVMTrunc | LLVMZExt)
        )
}

/// Removes what the copies have taken the place of: a load that nothing uses gets no
/// record, which would count as a lost one.
fn remove_unused(mut candidates: Vec<Value<'_>>) {
    let mut removed = Vec::new();
    while let Some(value) = candidates.pop() {
        let removable = is_relocation(value) || is_address(value);
        if removed.contains(&value) || !removable || !value.users().is_empty() {
            continue;
        }
        candidates.extend(value.operands());
        removed.push(value);
        // SAFETY: nothing uses the instruction, it has no effect, and it is removed
        // once.
        unsafe { LLVMInstructionEraseFromParent(value.raw()) };
    }
}
