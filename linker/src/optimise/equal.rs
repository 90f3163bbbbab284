//! Brings the number that a branch found equal to a constant, in place of the constant, to where ways meet.
//!
//! The number is in a register already, which is often that of where they meet:
//!
//! ```text
//! if i == 32 goto done                      if i == 32 goto done
//! ..                                        ..
//! done: count = phi [i, found], [32, end]   done: count = i
//! ```

use inkwell::{
    llvm_sys::core::{LLVMGetIncomingBlock, LLVMSetOperand},
    module::Module,
};

use crate::ir;
use crate::optimise::outcomes::Way;

/// Does so in all functions. LLVM's passes would bring the constant again.
pub(super) fn bring(module: &Module<'_>) {
    let all = ir::functions(module).flat_map(|of| of.instructions());
    for phi in all.filter(|of| of.is_phi() && of.integer_width() > Some(1)) {
        for (index, value) in (0..).zip(phi.operands()) {
            let Some(constant) = value.number() else {
                continue;
            };
            let Some(to) = phi.block() else { continue };
            // SAFETY: a phi has as many blocks as values.
            let from = unsafe { LLVMGetIncomingBlock(phi.raw(), index) };
            let way = Way {
                from,
                to: to.as_ptr(),
            };
            let equal = way
                .equal()
                .filter(|(number, equal)| *equal == constant && number.type_of() == phi.type_of());
            if let Some((number, _)) = equal {
                // SAFETY: the number is of the phi's type, and known at the end of the block that it comes from.
                unsafe { LLVMSetOperand(phi.raw(), index, number.raw()) };
            }
        }
    }
}
