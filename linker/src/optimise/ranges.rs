//! Compares a number with both ends of a range, where a branch asks whether it is inside.
//!
//! LLVM makes one comparison of the two, as a comparison is dear on other machines and an addition is not. In eBPF a
//! comparison with a number of 32 bits is one instruction, and a number of more bits takes two to load:
//!
//! ```text
//! if -2147483648 <= x && x < 2147483648      r1 = 0x80000000 ll
//!                                            r2 = x
//!                                            r2 += r1
//!                                            r1 = 0x100000000 ll
//!                                            if r2 < r1 goto
//! ```
//!
//! The verifier learns the range of `x` from two comparisons, too.

use inkwell::{
    llvm_sys::{
        LLVMIntPredicate::{self, LLVMIntSGT, LLVMIntSLT, LLVMIntUGT, LLVMIntULT},
        LLVMOpcode,
        core::{
            LLVMBuildAnd, LLVMBuildICmp, LLVMBuildOr, LLVMConstInt, LLVMGetFirstUse,
            LLVMGetICmpPredicate, LLVMGetInstructionParent, LLVMGetSuccessor, LLVMGetUser,
            LLVMInstructionEraseFromParent, LLVMMoveBasicBlockAfter, LLVMPositionBuilderBefore,
            LLVMReplaceAllUsesWith,
        },
        debuginfo::{LLVMInstructionGetDebugLoc, LLVMInstructionSetDebugLoc},
        prelude::{LLVMBuilderRef, LLVMValueRef},
    },
    module::Module,
};

use crate::ir::block::ends_before;
use crate::ir::{self, Value};

/// Compares with both ends in all functions. LLVM's passes would make one comparison again.
pub(super) fn part(module: &Module<'_>) {
    let builder = module.get_context().create_builder();
    for function in ir::functions(module) {
        for instruction in function.instructions() {
            if let Some(range) = Range::of(instruction) {
                range.compare(builder.as_mut_ptr());
            }
        }
    }
}

/// A comparison of a number with the range from `low` to `high`, which is all that its branch asks for.
struct Range<'m> {
    comparison: Value<'m>,
    sum: Value<'m>,
    number: Value<'m>,
    low: i32,
    high: i32,
    /// Whether the branch asks for the numbers inside.
    inside: bool,
}

impl<'m> Range<'m> {
    /// `icmp ult (add %number, -low), high - low + 1`, or `ugt` and one less. LLVM asks in the same way for all numbers
    /// but those of a range: from behind its end, round the largest number, to before its begin.
    fn of(comparison: Value<'m>) -> Option<Self> {
        let opcode = |of: Value<'m>, is| of.is_instruction() && of.opcode() == Some(is);
        if !opcode(comparison, LLVMOpcode::LLVMICmp) {
            return None;
        }
        let (sum, bound) = (
            *comparison.operands().first()?,
            *comparison.operands().get(1)?,
        );
        let asked =
            |users: &[Value<'m>]| matches!(users, [one] if opcode(*one, LLVMOpcode::LLVMBr));
        let is_alone = sum.users().len() == 1 && asked(&comparison.users());
        if !opcode(sum, LLVMOpcode::LLVMAdd) || !sum.is_i64() || !is_alone {
            return None;
        }
        let (number, shift) = (*sum.operands().first()?, sum.operands().get(1)?.number()?);
        // SAFETY: the value is a comparison of integers.
        let (inside, span) = match unsafe { LLVMGetICmpPredicate(comparison.raw()) } {
            LLVMIntULT => (true, bound.integer()?.checked_sub(1)?),
            LLVMIntUGT => (false, bound.integer()?),
            _ => return None,
        };
        let (mut low, mut inside) = (shift.wrapping_neg(), inside);
        let mut high = low.wrapping_add_unsigned(span);
        if high < low {
            (low, high, inside) = (high.checked_add(1)?, low.checked_sub(1)?, !inside);
        }
        Some(Self {
            comparison,
            sum,
            number,
            low: low.try_into().ok()?,
            high: high.try_into().ok()?,
            inside,
        })
    }

    /// Puts the block for the numbers inside behind the branch. A branch that goes to it would compare with a number
    /// that 32 bits do not hold.
    ///
    /// # Safety
    /// `asked` is what the branch asks for.
    unsafe fn inside_next(&self, asked: LLVMValueRef) {
        // SAFETY: the only user is a branch with two successors; a block that it alone goes to can stand behind it.
        unsafe {
            let branch = LLVMGetUser(LLVMGetFirstUse(asked));
            let inside = LLVMGetSuccessor(branch, u32::from(!self.inside));
            if ends_before(inside).len() == 1 {
                LLVMMoveBasicBlockAfter(inside, LLVMGetInstructionParent(branch));
            }
        }
    }

    fn compare(self, builder: LLVMBuilderRef) {
        let (below, above) = (LLVMIntSLT, LLVMIntSGT);
        let comparison = self.comparison.raw();
        // SAFETY: the number stands before the comparison, and the constants are of its type.
        unsafe {
            LLVMPositionBuilderBefore(builder, comparison);
            let line = LLVMInstructionGetDebugLoc(comparison);
            let end = |end: i64| LLVMConstInt(self.number.type_of(), end as u64, 1);
            let compare = |is: LLVMIntPredicate, with: i64| {
                LLVMBuildICmp(builder, is, self.number.raw(), end(with), c"".as_ptr())
            };
            let (low, high) = (i64::from(self.low), i64::from(self.high));
            let (one, other, both) = if self.inside {
                let (one, other) = (compare(above, low - 1), compare(below, high + 1));
                (one, other, LLVMBuildAnd(builder, one, other, c"".as_ptr()))
            } else {
                let (one, other) = (compare(below, low), compare(above, high));
                (one, other, LLVMBuildOr(builder, one, other, c"".as_ptr()))
            };
            for made in [one, other, both] {
                LLVMInstructionSetDebugLoc(made, line);
            }
            LLVMReplaceAllUsesWith(comparison, both);
            LLVMInstructionEraseFromParent(comparison);
            LLVMInstructionEraseFromParent(self.sum.raw());
            if low == i64::from(i32::MIN) || high == i64::from(i32::MAX) {
                self.inside_next(both);
            }
        }
    }
}
