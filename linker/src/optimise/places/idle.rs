//! Takes out stores that write what is there.
//!
//! Once two variables have one memory, a copy from the one to the other is such a store.

use bpf_core_flow::ir::Value;
use inkwell::{
    llvm_sys::{
        LLVMOpcode,
        core::LLVMInstructionEraseFromParent,
        target::{LLVMGetModuleDataLayout, LLVMTargetDataRef},
    },
    module::Module,
};

use crate::ir;
use crate::optimise::places::address::is_big;
use crate::optimise::places::life::Blocks;
use crate::optimise::places::uses::{Local, Place};

/// Does so in all functions.
pub(in crate::optimise) fn take_out(module: &Module<'_>) {
    // SAFETY: the module is alive, and its data layout lives as long as it.
    let layout = unsafe { LLVMGetModuleDataLayout(module.as_mut_ptr()) };
    let is_big = is_big(layout);
    for function in ir::functions(module).filter(|of| !of.is_declaration()) {
        // One that is taken out is no write any more that stands between others.
        while let Some(store) = idle(layout, function, is_big) {
            // SAFETY: a store gives nothing that is used.
            unsafe { LLVMInstructionEraseFromParent(store.raw()) };
        }
    }
}

/// The next one of a function.
fn idle<'m>(layout: LLVMTargetDataRef, function: Value<'m>, is_big: bool) -> Option<Value<'m>> {
    let mut blocks = None;
    stores(function).into_iter().find(|store| {
        let place = store.operands().get(1).and_then(|to| Place::of(*to));
        let Some(place) = place else {
            return false;
        };
        let local = Local::of(layout, place.variable);
        let local = local.or_else(|| Local::reserved(layout, place.variable, place.offset));
        local.is_some_and(|local| {
            let blocks = blocks.get_or_insert_with(|| Blocks::of(function));
            is_idle(blocks, &local, (*store, place), is_big)
        })
    })
}

/// The stores of what comes from a variable.
fn stores(function: Value<'_>) -> Vec<Value<'_>> {
    let is_store = |of: &Value<'_>| {
        let operands = of.operands();
        let value = operands.first();
        of.opcode() == Some(LLVMOpcode::LLVMStore)
            && value.is_some_and(|value| Place::loaded(*value, false).is_some())
    };
    let all = function.instructions().into_iter();
    all.filter(is_store).collect()
}

/// Whether a store to a place writes what is there.
fn is_idle<'m>(
    blocks: &Blocks<'m>,
    local: &Local<'m>,
    (store, place): (Value<'m>, Place<'m>),
    is_big: bool,
) -> bool {
    let Some(written) = local.uses.get(&store) else {
        return false;
    };
    let changes = |of: Value<'m>| {
        let done = local.uses.get(&of);
        done.is_some_and(|done| !done.writes.or(done.ends).and(written.writes).is_empty())
    };
    let value = store.operands().first().copied();
    let loaded = value.and_then(|value| Place::loaded(value, is_big));
    loaded.is_some_and(|(from, load)| from == place && blocks.stays(load, store, changes))
}
