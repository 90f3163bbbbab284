//! Reads a value to where it goes in memory of a ring buffer, if that is reserved before.
//!
//! Nobody sees the memory until the program submits it. If a read fails, the program gives the memory back, so nobody sees
//! what the read left there.

use std::collections::HashSet;
use std::ptr::NonNull;

use bpf_core_flow::helper;
use bpf_core_flow::ir::Value;
use bpf_core_kernel_facts::helper::Helper;
use inkwell::{
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMGetBasicBlockTerminator, LLVMGetFirstInstruction, LLVMInsertIntoBuilder,
            LLVMInstructionEraseFromParent, LLVMInstructionRemoveFromParent,
            LLVMPositionBuilderBefore,
        },
        prelude::LLVMBasicBlockRef,
        target::{LLVMGetModuleDataLayout, LLVMTargetDataRef},
    },
    module::Module,
};

use crate::ir;
use crate::ir::block::{instructions, successors};
use crate::optimise::filled::filled;
use crate::optimise::outcomes::Way;
use crate::optimise::places::life::{Blocks, mark};
use crate::optimise::places::merge::{Pair, copies, forget_variables};
use crate::optimise::places::uses::{Local, Moved, Place, is_reserved, step};

/// Does so in all functions.
pub(in crate::optimise) fn fill(module: &Module<'_>) {
    // SAFETY: the module is alive, and its data layout lives as long as it.
    let layout = unsafe { LLVMGetModuleDataLayout(module.as_mut_ptr()) };
    for function in ir::functions(module).filter(|of| !of.is_declaration()) {
        let mut filled = false;
        while let Some(there) = there(layout, function) {
            there.fill(module);
            filled = true;
        }
        if filled {
            forget_variables(module, function);
        }
    }
}

/// A variable that can be a part of the memory.
struct There<'m> {
    pair: Pair<'m>,
    /// Where it is known that there is memory.
    block: LLVMBasicBlockRef,
}

/// The next one of a function.
fn there<'m>(layout: LLVMTargetDataRef, function: Value<'m>) -> Option<There<'m>> {
    let mut asked = HashSet::new();
    copies(function).into_iter().find_map(|(to, from)| {
        let at = to.offset.checked_sub(from.offset)?;
        let is_new = is_reserved(to.variable) && asked.insert((to.variable, from.variable, at));
        is_new.then(|| There::of(layout, function, (to.variable, from.variable, at)))?
    })
}

impl<'m> There<'m> {
    fn of(
        layout: LLVMTargetDataRef,
        function: Value<'m>,
        (memory, variable, at): (Value<'m>, Value<'m>, u64),
    ) -> Option<Self> {
        let outer = Local::reserved(layout, memory, at)?;
        let inner = Local::of(layout, variable)?;
        let is_known = |of: &Value<'m>| step(*of).is_some();
        addresses(variable).iter().all(is_known).then_some(())?;
        let pair = Pair {
            blocks: Blocks::of(function),
            inner,
            outer,
            at,
        };
        let block = there_is_some(memory)?;
        (pair.is_free() && is_filled(&pair) && is_within(&pair, block))
            .then_some(Self { pair, block })
    }

    fn fill(self, module: &Module<'_>) {
        let all: HashSet<Value<'m>> = self.pair.all().collect();
        let (marks, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|of| mark(*of).is_some());
        self.pair.align(&others);
        // SAFETY: a mark gives nothing that is used; the block is of a live function.
        let first = unsafe {
            marks
                .iter()
                .for_each(|mark| LLVMInstructionEraseFromParent(mark.raw()));
            LLVMGetFirstInstruction(self.block)
        };
        let addresses = addresses(self.pair.inner.variable);
        let apart = |of: &&Value<'m>| of.block().map(NonNull::as_ptr) != Some(self.block);
        let context = module.get_context();
        let builder = context.create_builder();
        let apart: Vec<Value<'m>> = addresses.iter().filter(apart).copied().collect();
        self.pair.replace(module, &others, first);
        // Wherever they were computed before, the block leads to all that uses them.
        for address in apart {
            // SAFETY: it is computed of the one before and a constant.
            unsafe {
                LLVMInstructionRemoveFromParent(address.raw());
                LLVMPositionBuilderBefore(builder.as_mut_ptr(), first);
                LLVMInsertIntoBuilder(builder.as_mut_ptr(), address.raw());
            }
        }
    }
}

/// The addresses in a variable that are computed, each behind the one that it is computed of.
fn addresses(variable: Value<'_>) -> Vec<Value<'_>> {
    let mut found = Vec::new();
    let mut waiting = vec![variable];
    while let Some(address) = waiting.pop() {
        let next = address.users().into_iter();
        let next = next.filter(|of| of.opcode() == Some(LLVMOpcode::LLVMGetElementPtr));
        waiting.extend(next.clone());
        found.extend(next);
    }
    found
}

/// The block to which the only question leads whether there is memory, if there is. It begins with no phi.
fn there_is_some(memory: Value<'_>) -> Option<LLVMBasicBlockRef> {
    let block = memory.block()?.as_ptr();
    // SAFETY: the block is of a live function.
    let ways = unsafe { successors(block) };
    ways.into_iter().find(|to| {
        let way = Way {
            from: block,
            to: *to,
        };
        let is_only = Way::to(*to).is_some_and(|way| way.from == block);
        // SAFETY: as above.
        let has_phi = unsafe { instructions(*to) }.iter().any(|of| of.is_phi());
        is_only && !has_phi && way.is_not_null(memory)
    })
}

/// Whether helpers do nothing with the variable but fill it. They take memory of a ring buffer for that, but not for each
/// other argument.
fn is_filled(pair: &Pair<'_>) -> bool {
    let is_known = |call: Value<'_>| {
        let reads = call.callee().and_then(helper);
        let fills = filled(call).is_some() || matches!(reads, Some(Helper::Reads { .. }));
        let is_destination = call.arguments().first().is_some_and(|to| {
            let to = Place::of(*to);
            to.is_some_and(|to| to.variable == pair.inner.variable)
        });
        mark(call).is_some() || Moved::by_call(call).is_some() || fills && is_destination
    };
    let mut calls = pair.inner.uses.keys().filter(|of| of.is_call());
    calls.all(|call| is_known(*call))
}

/// Whether the variable is of use only while there is memory: it has no value when that begins, and nothing is done with it
/// before or afterwards.
fn is_within(pair: &Pair<'_>, block: LLVMBasicBlockRef) -> bool {
    let (Some(block), Some(memory)) = (NonNull::new(block), pair.outer.variable.block()) else {
        return false;
    };
    // SAFETY: the block is of a live function, and ends in an instruction.
    let Some(end) = (unsafe { Value::new(LLVMGetBasicBlockTerminator(memory.as_ptr())) }) else {
        return false;
    };
    let read = pair.blocks.read_behind(&pair.inner, &HashSet::from([end]));
    let is_end = |of: &&Value<'_>| {
        let given = of.callee().and_then(helper);
        matches!(given, Some(Helper::Submits | Helper::Discards))
    };
    let ends: Vec<Value<'_>> = pair.outer.uses.keys().filter(is_end).copied().collect();
    let mut uses = pair.inner.uses.keys().filter(|of| mark(**of).is_none());
    read.values().all(|bytes| bytes.is_empty())
        && uses.all(|of| {
            let is_behind = |end: &Value<'_>| pair.blocks.goes_on(*end, *of, Some(memory));
            pair.blocks.leads_through(block, *of) && !ends.iter().any(is_behind)
        })
}
