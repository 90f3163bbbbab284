//! Gives a value to what an optimised program leaves undefined on some of the ways to a block.
//!
//! A `Result` has no value where it is an error. LLVM keeps value and error in two registers, sets the
//! first on one way only, and asks for the error once more where the ways have met:
//!
//! ```text
//! value = phi [undefined, if the read failed], [what it read, if not]
//! if error == 0 { use(value) }
//! ```
//!
//! The verifier follows all ways that it cannot rule out. That of 5.10 does not learn from `error != 0`
//! that the error is not 0, so it comes to `use` from the failed read, and refuses the program: nothing
//! has written the register, or the place on the stack that LLVM put it in.

use inkwell::{
    llvm_sys::{
        LLVMOpcode,
        core::{LLVMConstNull, LLVMIsUndef, LLVMSetOperand},
    },
    module::Module,
};

use crate::ir::{self, Value};

/// Puts 0 wherever a phi takes an undefined value.
pub(crate) fn define(module: &Module<'_>) {
    let phis = ir::functions(module)
        .flat_map(Value::instructions)
        .filter(|instruction| instruction.opcode() == Some(LLVMOpcode::LLVMPHI));
    for phi in phis {
        for (index, value) in (0..).zip(phi.operands()) {
            // SAFETY: the phi has that operand, and the constant is of its type.
            unsafe {
                if LLVMIsUndef(value.raw()) != 0 {
                    LLVMSetOperand(phi.raw(), index, LLVMConstNull(value.type_of()));
                }
            }
        }
    }
}
