//! Tells an error by its number, and not by a flag beside it.
//!
//! A `Result` says in a number of its own whether it is an error. Where it is a result of reads, the error number says
//! it too, as it is 0 for none: then the flag is a register that is set on each way.
//!
//! ```text
//! flag = phi [true, unsupported], [true, failed], [false, read]      if error != 0 goto
//! error = phi [-95, unsupported], [r, failed], [undefined, read]
//! if flag goto
//! ```
//!
//! The verifier of 5.10 does not learn from `r != 0` that `r` is not 0. So it follows a failed read into the code behind
//! a successful one. A flag is taken out only if that code is valid for both: it uses values that were read from the
//! kernel, of which the verifier knows nothing, and no local variables.

use std::collections::HashSet;

use inkwell::{
    llvm_sys::{
        LLVMIntPredicate::{self, LLVMIntEQ, LLVMIntNE},
        LLVMOpcode,
        core::{
            LLVMBuildICmp, LLVMConstNull, LLVMGetICmpPredicate, LLVMInstructionEraseFromParent,
            LLVMPositionBuilderBefore, LLVMReplaceAllUsesWith, LLVMSetOperand,
        },
        target::{LLVMGetModuleDataLayout, LLVMTargetDataRef},
    },
    module::Module,
};

use crate::ir::block::behind_phis;
use crate::ir::{self, Value};
use crate::optimise::outcomes::{Way, failed, gives_length};
use crate::optimise::places::{Blocks, Local, Place, runs};

/// Does so in all functions.
pub(super) fn take_out(module: &Module<'_>) {
    // SAFETY: the module is alive, and its data layout lives as long as it.
    let layout = unsafe { LLVMGetModuleDataLayout(module.as_mut_ptr()) };
    for function in ir::functions(module).filter(|of| !of.is_declaration()) {
        while let Some(flag) = flag(layout, function) {
            flag.take_out(module);
        }
    }
}

/// The next one of a function that can be taken out.
fn flag<'m>(layout: LLVMTargetDataRef, function: Value<'m>) -> Option<Flag<'m>> {
    let phis = function.instructions().into_iter();
    let phis = phis.filter(|of| of.is_phi());
    runs::grouped(phis, |phi| phi.block())
        .into_iter()
        .find_map(|phis| {
            let flags = phis.iter().filter(|of| of.integer_width() == Some(1));
            let errors = || phis.iter().filter(|of| of.is_i64());
            let mut pairs = flags.flat_map(|flag| errors().map(|error| (*flag, *error)));
            pairs.find_map(|(flag, error)| {
                let found = Flag::of(flag, error)?;
                let is_known =
                    found.is_alone(&phis, layout) && knows_no_variable(layout, function, flag);
                is_known.then_some(found)
            })
        })
}

/// A flag, and the error number that says the same.
struct Flag<'m> {
    flag: Value<'m>,
    error: Value<'m>,
    /// What the flag is for an error.
    is_error: bool,
}

impl<'m> Flag<'m> {
    fn of(flag: Value<'m>, error: Value<'m>) -> Option<Self> {
        let is_error = [true, false].into_iter().find(|is_error| {
            // LLVM has the phis of a block name their blocks in any order.
            let mut both = Way::into_phi(flag).into_iter().zip(Way::into_phi(error));
            both.all(|((flag, way), (error, other))| {
                way == other && says(flag, error, way) == Some(*is_error)
            })
        })?;
        Some(Self {
            flag,
            error,
            is_error,
        })
    }
}

/// What a flag is for an error, from what flag and error number are on one way.
fn says(flag: Value<'_>, error: Value<'_>, way: Way) -> Option<bool> {
    if let Some(flag) = flag.integer() {
        let failed = match error.number() {
            Some(error) => error != 0,
            None if error.is_undefined() => false,
            None => match failed(error, way)? {
                true => true,
                false if gives_length(error)? => return None,
                false => false,
            },
        };
        return Some((flag != 0) == failed);
    }
    let is_comparison = flag.is_instruction() && flag.opcode()? == LLVMOpcode::LLVMICmp;
    is_comparison.then_some(())?;
    let operands = flag.operands();
    (operands.first() == Some(&error) && operands.get(1)?.number() == Some(0)).then_some(())?;
    // SAFETY: the value is a comparison.
    match unsafe { LLVMGetICmpPredicate(flag.raw()) } {
        LLVMIntNE => Some(true),
        LLVMIntEQ => Some(false),
        _ => None,
    }
}

/// Whether the verifier knows nothing of a value but that it is a number.
fn is_any_number<'m>(
    value: Value<'m>,
    layout: LLVMTargetDataRef,
    seen: &mut HashSet<Value<'m>>,
) -> bool {
    let is_errno = value.number().is_some_and(|number| number < 0);
    if value.is_undefined() || is_errno {
        return true;
    }
    if !value.is_instruction() {
        return false;
    }
    let operands = value.operands();
    match value.opcode() {
        Some(LLVMOpcode::LLVMCall) => gives_length(value) == Some(false),
        Some(LLVMOpcode::LLVMLoad) => {
            let place = operands.first().and_then(|from| Place::of(*from));
            let local = place.and_then(|place| Local::of(layout, place.variable));
            local.is_some_and(|local| local.has_numbers())
        }
        Some(LLVMOpcode::LLVMPHI) => {
            !seen.insert(value)
                || operands
                    .into_iter()
                    .all(|of| is_any_number(of, layout, seen))
        }
        Some(LLVMOpcode::LLVMSelect) => {
            let mut chosen = operands.into_iter().skip(1);
            chosen.all(|of| is_any_number(of, layout, seen))
        }
        Some(
            LLVMOpcode::LLVMIntToPtr
            | LLVMOpcode::LLVMPtrToInt
            | LLVMOpcode::LLVMTrunc
            | LLVMOpcode::LLVMZExt
            | LLVMOpcode::LLVMSExt,
        ) => operands
            .into_iter()
            .all(|of| is_any_number(of, layout, seen)),
        _ => false,
    }
}

/// Whether no variable has a value where the ways meet that is read once more.
fn knows_no_variable<'m>(layout: LLVMTargetDataRef, function: Value<'m>, at: Value<'m>) -> bool {
    let all = function.instructions();
    let is_variable = |of: &&Value<'m>| of.opcode() == Some(LLVMOpcode::LLVMAlloca);
    let mut variables = all.iter().filter(is_variable).peekable();
    if variables.peek().is_none() {
        return true;
    }
    let blocks = Blocks::of(function);
    let at = HashSet::from([at]);
    variables.all(|variable| {
        let local = Local::of(layout, *variable);
        local.is_some_and(|local| {
            let mut read = blocks.read_behind(&local, &at).into_values();
            read.all(|bytes| bytes.is_empty())
        })
    })
}

impl<'m> Flag<'m> {
    /// Whether what else meets there is as good for an error as for none, to the verifier.
    fn is_alone(&self, phis: &[Value<'m>], layout: LLVMTargetDataRef) -> bool {
        let others = phis
            .iter()
            .filter(|of| **of != self.flag && **of != self.error);
        let mut seen = HashSet::new();
        others
            .copied()
            .all(|of| of.integer_width() == Some(1) || is_any_number(of, layout, &mut seen))
    }

    fn take_out(self, module: &Module<'_>) {
        let Some(block) = self.error.block() else {
            return;
        };
        let builder = module.get_context().create_builder();
        let builder = builder.as_mut_ptr();
        let predicate: LLVMIntPredicate = if self.is_error { LLVMIntNE } else { LLVMIntEQ };
        // SAFETY: the block is of a live function, and ends in an instruction that is no phi.
        unsafe {
            let none = LLVMConstNull(self.error.type_of());
            for (index, error) in (0..).zip(self.error.operands()) {
                if error.is_undefined() {
                    LLVMSetOperand(self.error.raw(), index, none);
                }
            }
            let Some(first) = behind_phis(block.as_ptr()) else {
                return;
            };
            LLVMPositionBuilderBefore(builder, first.raw());
            let is_error = LLVMBuildICmp(builder, predicate, self.error.raw(), none, c"".as_ptr());
            LLVMReplaceAllUsesWith(self.flag.raw(), is_error);
            LLVMInstructionEraseFromParent(self.flag.raw());
        }
    }
}
