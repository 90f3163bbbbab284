//! Makes one branch of all choices by one condition.
//!
//! LLVM turns `if length >= left { name += length - left; length = left; slash = 0 }` into a choice for each variable. Code
//! generation makes a branch of each choice, as eBPF has no conditional move. A verifier does not know that all three
//! branches go the same way, and follows eight ways:
//!
//! ```text
//! if w7 s< w6 goto +1                  w8 = 0
//! w8 = w7 - w6                         w4 = 1
//! if w7 s< w6 goto +1                  w2 = w7
//! w4 = 0                               if w7 s< w6 goto +3
//! if w7 s< w6 goto +1                  w8 = w7 - w6
//! w2 = w6                              w4 = 0
//!                                      w2 = w6
//! ```

use std::collections::BTreeSet;

use inkwell::{
    context::AsContextRef as _,
    llvm_sys::{
        LLVMIntPredicate, LLVMOpcode,
        core::{
            LLVMAddIncoming, LLVMBuildBr, LLVMBuildCondBr, LLVMBuildPhi, LLVMConstInt,
            LLVMGetFirstBasicBlock, LLVMGetICmpPredicate, LLVMGetNextBasicBlock,
            LLVMInsertBasicBlockInContext, LLVMInsertIntoBuilder, LLVMInstructionEraseFromParent,
            LLVMInstructionRemoveFromParent, LLVMPositionBuilderAtEnd, LLVMPositionBuilderBefore,
            LLVMReplaceAllUsesWith,
        },
        debuginfo::{LLVMInstructionGetDebugLoc, LLVMInstructionSetDebugLoc},
        prelude::LLVMBasicBlockRef,
    },
    module::Module,
};

use crate::ir::block::{instructions, split_before};
use crate::ir::{self, Value, computes};

/// Does so in all functions.
pub(super) fn join(module: &Module<'_>) {
    for function in ir::functions(module).filter(|of| !of.is_declaration()) {
        // SAFETY: the function has blocks. A block that is split is looked at again.
        unsafe {
            let mut block = LLVMGetFirstBasicBlock(function.raw());
            while !block.is_null() {
                while let Some(choices) = Choices::next(block) {
                    choices.join(module, block);
                }
                block = LLVMGetNextBasicBlock(block);
            }
        }
    }
}

/// A value that is one of two.
struct Choice<'m> {
    value: Value<'m>,
    condition: Value<'m>,
    /// What it is if the condition holds, and what it is if not.
    arms: [Value<'m>; 2],
}

impl<'m> Choice<'m> {
    /// A choice between two numbers or pointers. Choices between conditions are computed.
    fn of(value: Value<'m>, all: &[Value<'m>]) -> Option<Self> {
        let operands = value.operands();
        let is_condition = |of: &Value<'m>| of.integer_width() == Some(1);
        if !value.is_instruction() || is_condition(&value) {
            return None;
        }
        let constant = |number: u64| {
            // SAFETY: the value is an integer.
            unsafe { Value::new(LLVMConstInt(value.type_of(), number, 0)) }
        };
        let (condition, yes, no) = match (value.opcode()?, operands.as_slice()) {
            (LLVMOpcode::LLVMSelect, [condition, yes, no]) => (*condition, *yes, *no),
            (LLVMOpcode::LLVMZExt, [condition]) if is_condition(condition) => {
                (*condition, constant(1)?, constant(0)?)
            }
            (LLVMOpcode::LLVMSExt, [condition]) if is_condition(condition) => {
                (*condition, constant(u64::MAX)?, constant(0)?)
            }
            (LLVMOpcode::LLVMCall, [one, other, _]) => {
                let order = Order::of(value)?;
                let arms = |of: &Value<'m>| order.arms(*of, [*one, *other]);
                all.iter().find_map(arms)?
            }
            _ => return None,
        };
        Some(Self {
            value,
            condition,
            arms: [yes, no],
        })
    }
}

/// Which of two numbers is given.
#[derive(Clone, Copy)]
struct Order {
    is_signed: bool,
    is_larger: bool,
}

impl Order {
    /// What `llvm.smin` and its like give.
    fn of(call: Value<'_>) -> Option<Self> {
        let name = call.callee()?.name();
        let (is_signed, is_larger) = match name.strip_prefix(b"llvm.")?.get(..5)? {
            b"smin." => (true, false),
            b"umin." => (false, false),
            b"smax." => (true, true),
            b"umax." => (false, true),
            _ => return None,
        };
        Some(Self {
            is_signed,
            is_larger,
        })
    }

    /// What a comparison tells about the larger one of what it compares: whether that is the first one.
    fn compared(comparison: Value<'_>) -> Option<Self> {
        use LLVMIntPredicate::{
            LLVMIntSGE, LLVMIntSGT, LLVMIntSLE, LLVMIntSLT, LLVMIntUGE, LLVMIntUGT, LLVMIntULE,
            LLVMIntULT,
        };
        (comparison.opcode()? == LLVMOpcode::LLVMICmp).then_some(())?;
        // SAFETY: the value is a comparison.
        let (is_signed, is_larger) = match unsafe { LLVMGetICmpPredicate(comparison.raw()) } {
            LLVMIntSLT | LLVMIntSLE => (true, false),
            LLVMIntULT | LLVMIntULE => (false, false),
            LLVMIntSGT | LLVMIntSGE => (true, true),
            LLVMIntUGT | LLVMIntUGE => (false, true),
            _ => return None,
        };
        Some(Self {
            is_signed,
            is_larger,
        })
    }

    /// The condition and the arms of a choice between two numbers, if the comparison is of these.
    fn arms<'m>(
        self,
        comparison: Value<'m>,
        numbers: [Value<'m>; 2],
    ) -> Option<(Value<'m>, Value<'m>, Value<'m>)> {
        let first = Self::compared(comparison)?;
        let (one, other) = match comparison.operands().as_slice() {
            [one, other] if [*one, *other] == numbers || [*other, *one] == numbers => {
                (*one, *other)
            }
            _ => return None,
        };
        let is_first = first.is_larger == self.is_larger;
        (first.is_signed == self.is_signed).then_some(match is_first {
            true => (comparison, one, other),
            false => (comparison, other, one),
        })
    }
}

/// Choices by one condition in one block.
struct Choices<'m> {
    choices: Vec<Choice<'m>>,
    /// What is computed for them behind the first one. It can be computed before it.
    before: Vec<Value<'m>>,
}

impl<'m> Choices<'m> {
    /// The next ones of a block, two at least.
    ///
    /// # Safety
    /// `block` is of a module that lives for `'m`.
    unsafe fn next(block: LLVMBasicBlockRef) -> Option<Self> {
        // SAFETY: as the caller's.
        let all = unsafe { instructions(block) };
        (0..all.len()).find_map(|at| {
            let mut choices = vec![Choice::of(all[at], &all)?];
            let mut before = BTreeSet::new();
            if all[at..].contains(&choices[0].condition) {
                return None;
            }
            for (index, value) in all.iter().enumerate().skip(at + 1) {
                let choice = Choice::of(*value, &all);
                let Some(choice) = choice.filter(|of| of.condition == choices[0].condition) else {
                    continue;
                };
                let mut needed = BTreeSet::new();
                if is_known(&all, &choices, (at, index), &mut needed) {
                    before.extend(needed);
                    choices.push(choice);
                }
            }
            let before = before.into_iter().map(|index| all[index]).collect();
            (choices.len() > 1).then_some(Self { choices, before })
        })
    }

    fn join(self, module: &Module<'_>, block: LLVMBasicBlockRef) {
        let context = module.get_context();
        let owned = context.create_builder();
        let (context, builder) = (context.as_ctx_ref(), owned.as_mut_ptr());
        let first = self.choices[0].value;
        // A verifier takes first what is behind the branch, and knows least of a number that is no constant.
        let constants = |arm: usize| {
            let arms = self.choices.iter().map(|choice| choice.arms[arm]);
            arms.filter(|of| of.integer().is_some()).count()
        };
        let (set, other) = if constants(0) >= constants(1) {
            (0, 1)
        } else {
            (1, 0)
        };
        // SAFETY: what is moved is known before the first choice, and has no effect. The new blocks stand in front of the
        // rest of the old one, and each of the two ways there has its values.
        unsafe {
            LLVMPositionBuilderBefore(builder, first.raw());
            for needed in &self.before {
                LLVMInstructionRemoveFromParent(needed.raw());
                LLVMInsertIntoBuilder(builder, needed.raw());
            }
            let line = LLVMInstructionGetDebugLoc(first.raw());
            let at_line = |made| LLVMInstructionSetDebugLoc(made, line);
            let mut head = split_before(context, builder, first);
            let mut aside = LLVMInsertBasicBlockInContext(context, block, c"".as_ptr());
            let (yes, no) = if set == 0 {
                (block, aside)
            } else {
                (aside, block)
            };
            let condition = self.choices[0].condition.raw();
            at_line(LLVMBuildCondBr(builder, condition, yes, no));
            LLVMPositionBuilderAtEnd(builder, aside);
            at_line(LLVMBuildBr(builder, block));
            LLVMPositionBuilderBefore(builder, first.raw());
            for Choice { value, arms, .. } in &self.choices {
                let phi = LLVMBuildPhi(builder, value.type_of(), c"".as_ptr());
                LLVMAddIncoming(phi, &mut arms[set].raw(), &mut head, 1);
                LLVMAddIncoming(phi, &mut arms[other].raw(), &mut aside, 1);
                LLVMInstructionSetDebugLoc(phi, LLVMInstructionGetDebugLoc(value.raw()));
                LLVMReplaceAllUsesWith(value.raw(), phi);
            }
            for choice in &self.choices {
                LLVMInstructionEraseFromParent(choice.value.raw());
            }
        }
    }
}

/// Whether all that an instruction at `at` needs is known before the one at `first`, or can be: `needed` is what has to be
/// computed there. What needs one of the choices cannot.
fn is_known<'m>(
    all: &[Value<'m>],
    choices: &[Choice<'m>],
    (first, at): (usize, usize),
    needed: &mut BTreeSet<usize>,
) -> bool {
    all[at].operands().into_iter().all(|operand| {
        let Some(index) = all.iter().position(|of| *of == operand) else {
            return true;
        };
        let is_before = index < first || needed.contains(&index);
        let is_choice = choices.iter().any(|of| of.value == operand);
        let is_free = !is_choice && computes(operand);
        is_before
            || is_free && is_known(all, choices, (first, index), needed) && needed.insert(index)
    })
}
