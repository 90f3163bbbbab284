//! Replaces a constant, where ways meet, by the number that a branch found equal to it.
//!
//! The number is in a register already, which is often that of where they meet:
//!
//! ```text
//! if i == 32 goto done                      if i == 32 goto done
//! ..                                        ..
//! done: count = phi [i, found], [32, end]   done: count = i
//! ```

use inkwell::{llvm_sys::core::LLVMSetOperand, module::Module};

use crate::ir;
use crate::optimise::outcomes::Way;

/// Does so in all functions. LLVM's passes would bring the constant again.
pub(super) fn bring(module: &Module<'_>) {
    let all = ir::functions(module).flat_map(|of| of.instructions());
    for phi in all.filter(|of| of.is_phi() && of.integer_width() > Some(1)) {
        for (index, (value, way)) in (0..).zip(Way::into_phi(phi)) {
            let equal = way.equal().filter(|(number, equal)| {
                Some(*equal) == value.number() && number.type_of() == phi.type_of()
            });
            if let Some((number, _)) = equal {
                // SAFETY: the number is of the phi's type, and known at the end of the block that it comes from.
                unsafe { LLVMSetOperand(phi.raw(), index, number.raw()) };
            }
        }
    }
}
