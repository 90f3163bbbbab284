//! Takes out what rustc tells LLVM of values, once the passes have used it.
//!
//! An error is never 0, and rustc says so on the way on which a read has failed. That way then has an instruction
//! of its own, so LLVM keeps a branch round it, though both ways give the same number:
//!
//! ```text
//! failed:  %code = trunc i64 %r to i32
//!          call void @llvm.assume(i1 ...)           %code is not 0
//! joined:  %errno = phi i32 [ 0, if %r is 0 ], [ %code, %failed ]
//! ```

use inkwell::{
    llvm_sys::{LLVMOpcode, core::LLVMInstructionEraseFromParent},
    module::Module,
};

use crate::ir::{self, Value};

/// Takes all of them out of all functions.
pub(super) fn drop(module: &Module<'_>) {
    let assumptions = ir::functions(module).filter(|of| of.name() == b"llvm.assume");
    for call in assumptions.flat_map(|of| of.users()).collect::<Vec<_>>() {
        let condition = call.arguments().first().copied();
        // SAFETY: the call is in the module, and gives nothing that is used.
        unsafe { LLVMInstructionEraseFromParent(call.raw()) };
        let is_comparison = |of: &Value<'_>| {
            of.is_instruction() && of.opcode() == Some(LLVMOpcode::LLVMICmp) && !of.is_used()
        };
        if let Some(condition) = condition.filter(is_comparison) {
            // SAFETY: nothing uses the comparison any more.
            unsafe { LLVMInstructionEraseFromParent(condition.raw()) };
        }
    }
}
