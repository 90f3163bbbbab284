//! Ends the code behind a call that does not return, such as a panic, with an endless loop.
//!
//! LLVM ends it with the call. The kernel checks the shape of a program before it follows its
//! branches, and there refuses a function whose last instruction is neither `exit` nor a jump
//! (`check_subprogs`): also where it would find out that the program never panics. The loop does not
//! return a value that nobody has asked for, and the verifier refuses it where it is reached.

use inkwell::{
    context::AsContextRef as _,
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMAppendBasicBlockInContext, LLVMBuildBr, LLVMGetPreviousInstruction,
            LLVMInstructionEraseFromParent, LLVMPositionBuilderAtEnd, LLVMPositionBuilderBefore,
        },
        debuginfo::{LLVMInstructionGetDebugLoc, LLVMInstructionSetDebugLoc},
    },
    module::Module,
};

use crate::ir::{self, Value};

/// Does so in all functions of an optimised module: LLVM's passes would take the loop out again.
pub(crate) fn end(module: &Module<'_>) {
    let builder = module.get_context().create_builder();
    for unreachable in ir::functions(module)
        .flat_map(Value::instructions)
        .filter(|of| of.opcode() == Some(LLVMOpcode::LLVMUnreachable))
    {
        // SAFETY: an instruction of a live module.
        let before = unsafe { Value::new(LLVMGetPreviousInstruction(unreachable.raw())) };
        let calls = |of: Value<'_>| {
            let callee = of.callee();
            of.is_call() && !callee.is_some_and(|callee| callee.name().starts_with(b"llvm."))
        };
        let Some(function) = unreachable.parent_function() else {
            continue;
        };
        if !before.is_some_and(calls) {
            continue;
        }
        // SAFETY: the branch stands in place of the instruction that ended its block; the loop is a
        // block of its own, as nothing may jump to a function's first.
        unsafe {
            let context = module.get_context().as_ctx_ref();
            let again = LLVMAppendBasicBlockInContext(context, function.raw(), c"".as_ptr());
            // LLVM crashes over code without a line in a function that has lines.
            let line = LLVMInstructionGetDebugLoc(unreachable.raw());
            LLVMPositionBuilderAtEnd(builder.as_mut_ptr(), again);
            LLVMInstructionSetDebugLoc(LLVMBuildBr(builder.as_mut_ptr(), again), line);
            LLVMPositionBuilderBefore(builder.as_mut_ptr(), unreachable.raw());
            LLVMInstructionSetDebugLoc(LLVMBuildBr(builder.as_mut_ptr(), again), line);
            LLVMInstructionEraseFromParent(unreachable.raw());
        }
    }
}
