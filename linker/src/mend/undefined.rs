//! Replaces undefined values in phis by 0, so that the verifier finds a value on each way to a block.
//!
//! A `Result` that is an error has no value. LLVM keeps value and error in two registers. It sets the value on
//! one way only, and tests the error again where the ways have met:
//!
//! ```text
//! value = phi [undefined, if the read failed], [what it read, if not]
//! if error == 0 { use(value) }
//! ```
//!
//! The verifier follows all ways that it cannot rule out. The verifier of 5.10 does not learn from `error != 0`
//! that the error is not 0. So it follows the failed read to `use`, finds a register or a stack slot that
//! nothing has written, and refuses the program.

use inkwell::{
    llvm_sys::core::{LLVMConstNull, LLVMSetOperand},
    module::Module,
};

use crate::ir::{self, Value};

/// Puts 0 wherever a phi takes an undefined value.
pub(crate) fn define(module: &Module<'_>) {
    let phis = ir::functions(module)
        .flat_map(Value::instructions)
        .filter(|instruction| instruction.is_phi());
    for phi in phis {
        for (index, value) in (0..).zip(phi.operands()) {
            // SAFETY: the phi has that operand, and the constant is of its type.
            unsafe {
                if value.is_undefined() {
                    LLVMSetOperand(phi.raw(), index, LLVMConstNull(value.type_of()));
                }
            }
        }
    }
}
