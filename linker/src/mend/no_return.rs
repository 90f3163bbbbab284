//! Ends the code behind a call that does not return, such as a panic, with an endless loop.
//!
//! LLVM ends such code with the call itself. The kernel refuses a function whose last instruction is neither
//! `exit` nor a jump (`check_subprogs`), even if the verifier would find out that the program never panics. If
//! the verifier does reach the loop, it refuses the program, as it should.

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

/// Adds the loops to an optimised module. LLVM's passes would remove them again.
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
