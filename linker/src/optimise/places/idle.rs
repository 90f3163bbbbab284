//! Takes out stores that write what is there.
//!
//! Once two variables have one memory, a copy from the one to the other is such a store. Where a value comes from the
//! memory on one way and from elsewhere on another, as for a read with a default, the store goes to the other way.

use std::collections::HashSet;

use bpf_core_flow::ir::Value;
use inkwell::{
    context::AsContextRef as _,
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMBuildGEP2, LLVMBuildStore, LLVMConstInt, LLVMGetAlignment,
            LLVMGetBasicBlockTerminator, LLVMGetIncomingBlock, LLVMInstructionEraseFromParent,
            LLVMInt8TypeInContext, LLVMInt64TypeInContext, LLVMPositionBuilderBefore,
            LLVMSetAlignment,
        },
        debuginfo::{LLVMInstructionGetDebugLoc, LLVMInstructionSetDebugLoc},
        prelude::LLVMBasicBlockRef,
        target::{LLVMByteOrder, LLVMByteOrdering, LLVMGetModuleDataLayout},
    },
    module::Module,
};

use crate::ir;
use crate::ir::block::successors;
use crate::optimise::places::life::Blocks;
use crate::optimise::places::uses::{Local, Place};

/// Does so in all functions.
pub(in crate::optimise) fn take_out(module: &Module<'_>) {
    // SAFETY: the module is alive, and its data layout lives as long as it.
    let layout = unsafe { LLVMGetModuleDataLayout(module.as_mut_ptr()) };
    // SAFETY: as above.
    let is_big = unsafe { LLVMByteOrder(layout) } == LLVMByteOrdering::LLVMBigEndian;
    for function in ir::functions(module).filter(|of| !of.is_declaration()) {
        let mut waiting = stores(function);
        while let Some(store) = waiting.pop() {
            let Some(place) = store.operands().get(1).and_then(|to| Place::of(*to)) else {
                continue;
            };
            let idle = Local::of(layout, place.variable).and_then(|local| {
                let blocks = Blocks::of(function);
                Idle::of(&blocks, &local, store, place, is_big)
            });
            if let Some(idle) = idle {
                idle.take_out(module);
            }
        }
    }
}

/// The stores of what comes from a variable.
fn stores<'m>(function: Value<'m>) -> Vec<Value<'m>> {
    let is_store = |of: &Value<'m>| {
        let operands = of.operands();
        of.opcode() == Some(LLVMOpcode::LLVMStore)
            && operands
                .first()
                .is_some_and(|value| loaded(*value, false).is_some() || is_phi(*value))
    };
    function
        .instructions()
        .into_iter()
        .filter(is_store)
        .collect()
}

fn is_phi(value: Value<'_>) -> bool {
    value.is_instruction() && value.is_phi()
}

/// Where a value is loaded from, and by what, if it is; for a part of what is loaded, where that part is.
fn loaded<'m>(value: Value<'m>, is_big: bool) -> Option<(Place<'m>, Value<'m>)> {
    let is = |value: Value<'m>, opcode| value.is_instruction() && value.opcode() == Some(opcode);
    let first = |value: Value<'m>| value.operands().first().copied();
    let mut load = value;
    let mut low = 0;
    if is(load, LLVMOpcode::LLVMTrunc) {
        load = first(load)?;
        if is(load, LLVMOpcode::LLVMLShr) {
            low = load.operands().get(1)?.integer()?;
            load = first(load)?;
        }
    }
    is(load, LLVMOpcode::LLVMLoad).then_some(())?;
    let (all, part) = (load.integer_width(), value.integer_width());
    let place = Place::of(first(load)?)?;
    let (Some(all), Some(part)) = (all.map(u64::from), part.map(u64::from)) else {
        return (load == value).then_some((place, load));
    };
    let high = all.checked_sub(low)?.checked_sub(part)?;
    let are_bytes = [all, part, low].iter().all(|bits| bits.is_multiple_of(8));
    (are_bytes || load == value).then_some(())?;
    let on = if is_big { high } else { low } / 8;
    let offset = place.offset.checked_add(on)?;
    Some((Place { offset, ..place }, load))
}

/// A store that is not needed, but for what is brought on some ways.
struct Idle<'m> {
    store: Value<'m>,
    place: Place<'m>,
    /// What is brought from elsewhere, and at the ends of which blocks.
    brought: Vec<(Value<'m>, LLVMBasicBlockRef)>,
}

impl<'m> Idle<'m> {
    fn of(
        blocks: &Blocks<'m>,
        local: &Local<'m>,
        store: Value<'m>,
        place: Place<'m>,
        is_big: bool,
    ) -> Option<Self> {
        let value = *store.operands().first()?;
        let bytes = local.uses.get(&store)?.writes;
        let changes = |of: Value<'m>| {
            let done = local.uses.get(&of);
            done.is_some_and(|done| !done.writes.or(done.ends).and(bytes).is_empty())
        };
        let is_there = |value: Value<'m>, at: Value<'m>| {
            loaded(value, is_big)
                .is_some_and(|(from, load)| from == place && blocks.stays(load, at, changes))
        };
        let mut brought = Vec::new();
        if is_phi(value) {
            (value.block() == store.block()).then_some(())?;
            let is_used = |of: &Value<'m>| {
                let done = local.uses.get(of);
                done.is_some_and(|done| !done.reads.and(bytes).is_empty() || changes(*of))
            };
            (!blocks.before(store).iter().any(is_used)).then_some(())?;
            let mut seen = HashSet::new();
            let phi = value;
            for (index, value) in (0..).zip(phi.operands()) {
                // SAFETY: a phi has as many blocks as values, and a block of a live function ends in an instruction.
                let (from, end, leads) = unsafe {
                    let from = LLVMGetIncomingBlock(phi.raw(), index);
                    (
                        from,
                        Value::new(LLVMGetBasicBlockTerminator(from))?,
                        successors(from),
                    )
                };
                if is_there(value, end) {
                    continue;
                }
                (leads.len() == 1 && seen.insert(from)).then_some(())?;
                brought.push((value, from));
            }
            (brought.len() < value.operands().len()).then_some(())?;
        } else {
            is_there(value, store).then_some(())?;
        }
        Some(Self {
            store,
            place,
            brought,
        })
    }

    fn take_out(self, module: &Module<'_>) {
        let context = module.get_context();
        let builder = context.create_builder();
        let builder = builder.as_mut_ptr();
        // SAFETY: the variable stands in front of all blocks, and what is brought in front of the end of its block.
        unsafe {
            let context = context.as_ctx_ref();
            let (byte, word) = (
                LLVMInt8TypeInContext(context),
                LLVMInt64TypeInContext(context),
            );
            for (value, from) in &self.brought {
                LLVMPositionBuilderBefore(builder, LLVMGetBasicBlockTerminator(*from));
                let mut at = LLVMConstInt(word, self.place.offset, 0);
                let variable = self.place.variable.raw();
                let to = LLVMBuildGEP2(builder, byte, variable, &mut at, 1, c"".as_ptr());
                let store = LLVMBuildStore(builder, value.raw(), to);
                LLVMSetAlignment(store, LLVMGetAlignment(self.store.raw()));
                LLVMInstructionSetDebugLoc(store, LLVMInstructionGetDebugLoc(self.store.raw()));
            }
            LLVMInstructionEraseFromParent(self.store.raw());
        }
    }
}
