//! What a way says of a helper that reads: whether it failed there.
//!
//! Such a helper gives 0, or a negative error number; one that reads a text gives its length where it could.

use std::ptr::NonNull;

use bpf_core_flow::helper;
use bpf_core_kernel_facts::helper::Helper;
use inkwell::llvm_sys::{
    LLVMIntPredicate::{self, LLVMIntEQ, LLVMIntNE, LLVMIntSGT, LLVMIntSLT},
    LLVMOpcode,
    core::{
        LLVMGetBasicBlockTerminator, LLVMGetCondition, LLVMGetICmpPredicate, LLVMGetIncomingBlock,
        LLVMGetSuccessor, LLVMIsConditional,
    },
    prelude::LLVMBasicBlockRef,
};

use crate::ir::Value;
use crate::ir::block::{ends_before, instructions};

/// From one block to a next one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) from: LLVMBasicBlockRef,
    pub(super) to: LLVMBasicBlockRef,
}

impl Way {
    /// The only one that leads to a block.
    pub(super) fn to(block: LLVMBasicBlockRef) -> Option<Self> {
        // SAFETY: the block is of a live function.
        let mut ends = unsafe { ends_before(block) }.into_iter();
        let only = ends.next()?;
        let from = only.block()?.as_ptr();
        let to = block;
        ends.all(|end| end == only).then_some(Self { from, to })
    }

    /// What comes into a phi, and on which way each.
    pub(super) fn into_phi<'m>(phi: Value<'m>) -> Vec<(Value<'m>, Self)> {
        let Some(to) = phi.block().map(NonNull::as_ptr) else {
            return Vec::new();
        };
        let way = |(index, value)| {
            // SAFETY: a phi has as many blocks as values.
            let from = unsafe { LLVMGetIncomingBlock(phi.raw(), index) };
            (value, Self { from, to })
        };
        (0..).zip(phi.operands()).map(way).collect()
    }

    /// The condition of the branch that it comes from, and whether that is met on it.
    fn condition<'m>(self) -> Option<(Value<'m>, bool)> {
        // SAFETY: a block of a live function ends in an instruction; a branch with a condition leads to two blocks.
        unsafe {
            let end = Value::new(LLVMGetBasicBlockTerminator(self.from))?;
            let is_branch = end.opcode()? == LLVMOpcode::LLVMBr;
            (is_branch && LLVMIsConditional(end.raw()) != 0).then_some(())?;
            let ways = [0, 1].map(|at| LLVMGetSuccessor(end.raw(), at));
            (ways[0] != ways[1]).then_some(())?;
            Some((Value::new(LLVMGetCondition(end.raw()))?, ways[0] == self.to))
        }
    }

    /// What its branch compares with a constant or null, how, and whether that is so on it.
    fn comparison<'m>(self) -> Option<(Value<'m>, LLVMIntPredicate, i64, bool)> {
        let (condition, is_met) = self.condition()?;
        let is_comparison =
            condition.is_instruction() && condition.opcode()? == LLVMOpcode::LLVMICmp;
        is_comparison.then_some(())?;
        let operands = condition.operands();
        let [number, constant] = operands.as_slice() else {
            return None;
        };
        // SAFETY: the value is a comparison.
        let predicate = unsafe { LLVMGetICmpPredicate(condition.raw()) };
        Some((*number, predicate, constant.number()?, is_met))
    }

    /// Whether its branch asks if an address is null, and it is not on it.
    pub(super) fn is_not_null(self, address: Value<'_>) -> bool {
        self.comparison()
            .is_some_and(|(of, predicate, with, is_met)| {
                let differs = if is_met { LLVMIntNE } else { LLVMIntEQ };
                (of, predicate, with) == (address, differs, 0)
            })
    }

    /// What is equal to a constant on it, as its branch has found out.
    pub(super) fn equal<'m>(self) -> Option<(Value<'m>, i64)> {
        let (number, predicate, constant, is_met) = self.comparison()?;
        let is_equal = match predicate {
            LLVMIntEQ => is_met,
            LLVMIntNE => !is_met,
            _ => false,
        };
        is_equal.then_some((number, constant))
    }

    /// The result of which helper its branch asks for, and whether that failed on it.
    pub(super) fn outcome<'m>(self) -> Option<(Value<'m>, bool)> {
        let (result, predicate, constant, is_met) = self.comparison()?;
        let gives_length = gives_length(result)?;
        let failed = match (predicate, constant) {
            (LLVMIntEQ, 0) => !is_met,
            (LLVMIntNE, 0) | (LLVMIntSLT, 0) => is_met,
            (LLVMIntSGT, -1) => !is_met,
            _ => return None,
        };
        let is_equality = matches!(predicate, LLVMIntEQ | LLVMIntNE);
        // What is not 0 may be a length.
        (!(is_equality && gives_length && failed)).then_some((result, failed))
    }
}

/// Whether a helper that gives a result gives a length too, or only 0. `None` for results of others.
pub(super) fn gives_length(result: Value<'_>) -> Option<bool> {
    match helper(result.callee()?)? {
        Helper::Reads { string, .. } => Some(string),
        Helper::Fills => Some(false),
        _ => None,
    }
}

/// Whether the helper that gave a result failed, wherever a way leads.
pub(super) fn failed(result: Value<'_>, way: Way) -> Option<bool> {
    gives_length(result)?;
    let mut way = way;
    // As many blocks as a result may go through.
    for _ in 0..64 {
        if let Some((of, failed)) = way.outcome()
            && of == result
        {
            return Some(failed);
        }
        way = Way::to(way.from)?;
    }
    None
}

/// The result that is 0 on a way, as the helper read what it was to read right before.
pub(super) fn zero<'m>(way: Way) -> Option<Value<'m>> {
    let mut way = way;
    loop {
        if let Some((result, failed)) = way.outcome() {
            let is_zero = !failed && gives_length(result) == Some(false);
            return is_zero.then_some(result);
        }
        // SAFETY: the block is of a live function.
        let passed = unsafe { instructions(way.from) };
        let goes_on = passed.last()?.operands().len() == 1 && !passed.iter().any(|of| of.is_call());
        goes_on.then_some(())?;
        way = Way::to(way.from)?;
    }
}
