//! Leaves a value in its variable, if one way loads it from there and other ways bring it from elsewhere.
//!
//! LLVM takes the array of a read with a default apart, and each part becomes a phi. Code generation loads and stores such
//! a part byte by byte. If the parts stay in the variable, one copy of words moves them all:
//!
//! ```text
//! part = phi [comm[3..7], read], ["know", failed]      failed: comm[3..7] = "know"
//! ..                                                   ..
//! event.comm[3..7] = part                              event.comm[3..7] = comm[3..7]
//! ```

use std::collections::HashSet;

use bpf_core_flow::ir::Value;
use inkwell::{
    context::AsContextRef as _,
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMBuildGEP2, LLVMBuildLoad2, LLVMBuildStore, LLVMConstInt,
            LLVMGetBasicBlockTerminator, LLVMGetIncomingBlock, LLVMGetIncomingValue,
            LLVMInstructionEraseFromParent, LLVMInt8TypeInContext, LLVMInt64TypeInContext,
            LLVMPositionBuilderBefore, LLVMReplaceAllUsesWith, LLVMSetAlignment,
        },
        debuginfo::{LLVMInstructionGetDebugLoc, LLVMInstructionSetDebugLoc},
        target::{LLVMGetModuleDataLayout, LLVMStoreSizeOfType, LLVMTargetDataRef},
    },
    module::Module,
};

use crate::ir;
use crate::ir::block::{behind_phis, successors};
use crate::optimise::outcomes::Way;
use crate::optimise::places::address::is_big;
use crate::optimise::places::bytes::Bytes;
use crate::optimise::places::life::{Blocks, mark};
use crate::optimise::places::runs;
use crate::optimise::places::uses::{Local, Place};

/// Does so in all functions.
pub(in crate::optimise) fn leave(module: &Module<'_>) {
    // SAFETY: the module is alive, and its data layout lives as long as it.
    let layout = unsafe { LLVMGetModuleDataLayout(module.as_mut_ptr()) };
    for function in ir::functions(module).filter(|of| !of.is_declaration()) {
        if chosen(layout, function).any(|chosen| chosen.comes_from_a_branch()) {
            // What is brought has a block of its own then. `simplifycfg` takes out those that stay empty.
            ir::run_passes(function, c"break-crit-edges");
        }
    }
    runs::rewrite(module, run, |run| {
        for chosen in run {
            chosen.leave(module);
        }
    });
}

/// A phi, one of whose values is loaded from a variable.
struct Chosen<'m> {
    phi: Value<'m>,
    place: Place<'m>,
    count: u64,
    /// What loads one of its values.
    load: Value<'m>,
}

impl<'m> Chosen<'m> {
    fn of(layout: LLVMTargetDataRef, phi: Value<'m>, is_big: bool) -> Option<Self> {
        (phi.is_instruction() && phi.is_phi()).then_some(())?;
        let values = phi.operands();
        let (place, load) = values.iter().find_map(|of| Place::loaded(*of, is_big))?;
        // SAFETY: the type is that of a value that is loaded.
        let count = unsafe { LLVMStoreSizeOfType(layout, phi.type_of()) };
        Some(Self {
            phi,
            place,
            count,
            load,
        })
    }

    /// Whether something is brought from elsewhere by a block that goes elsewhere too.
    fn comes_from_a_branch(&self) -> bool {
        Way::into_phi(self.phi).into_iter().any(|(value, way)| {
            // SAFETY: the block is of a live function.
            let leads = unsafe { successors(way.from) };
            leads.len() > 1 && Place::loaded(value, false).is_none()
        })
    }

    /// Whether it is loaded byte by byte.
    fn is_in_pieces(&self) -> bool {
        !self.place.offset.is_multiple_of(self.count)
    }

    /// Whether it is stored to where it comes from.
    fn returns(&self) -> bool {
        let is_there = |user: &Value<'m>| {
            let to = user.operands().get(1).copied();
            user.opcode() == Some(LLVMOpcode::LLVMStore)
                && to.and_then(Place::of) == Some(self.place)
        };
        self.phi.users().iter().any(is_there)
    }

    /// Which of its values are to be brought from elsewhere. `None` where the bytes of the variable have
    /// another value there that is still read, or another one here.
    fn brought(&self, blocks: &Blocks<'m>, local: &Local<'m>, is_big: bool) -> Option<Vec<u32>> {
        let bytes = Bytes::range(self.place.offset, self.count);
        let changes = |of: Value<'m>| {
            let done = local.uses.get(&of);
            done.is_some_and(|done| !done.writes.and(bytes).is_empty())
        };
        let mut brought = Vec::new();
        let mut ends = HashSet::new();
        for (index, (value, way)) in (0..).zip(Way::into_phi(self.phi)) {
            // SAFETY: a block of a live function ends in an instruction.
            let (end, leads) = unsafe {
                let end = Value::new(LLVMGetBasicBlockTerminator(way.from))?;
                (end, successors(way.from))
            };
            let is_there = Place::loaded(value, is_big).is_some_and(|(place, load)| {
                place == self.place && blocks.stays(load, end, changes)
            });
            if is_there {
                continue;
            }
            (!value.is_undefined() && leads.len() == 1 && ends.insert(end)).then_some(())?;
            brought.push(index);
        }
        let is_free = |read: &Bytes| read.and(bytes).is_empty();
        let read = blocks.read_behind(local, &ends);
        (brought.len() < self.phi.operands().len() && read.values().all(is_free)).then_some(brought)
    }
}

/// Whether nothing is done with a value but to store it, or a part, or to choose once more.
fn is_passed_on(value: Value<'_>) -> bool {
    value.users().into_iter().all(|user| match user.opcode() {
        Some(LLVMOpcode::LLVMPHI) => true,
        Some(LLVMOpcode::LLVMStore) => user.operands().first() == Some(&value),
        Some(LLVMOpcode::LLVMTrunc | LLVMOpcode::LLVMLShr) => is_passed_on(user),
        _ => false,
    })
}

/// A phi that can be left in its variable, and what that takes.
struct Left<'m> {
    chosen: Chosen<'m>,
    brought: Vec<u32>,
}

/// All of a function.
fn chosen<'m>(layout: LLVMTargetDataRef, function: Value<'m>) -> impl Iterator<Item = Chosen<'m>> {
    let is_big = is_big(layout);
    let all = function.instructions().into_iter();
    all.filter_map(move |phi| Chosen::of(layout, phi, is_big))
}

/// The next ones of a function that can be left, which are side by side.
fn run<'m>(layout: LLVMTargetDataRef, function: Value<'m>) -> Option<Vec<Left<'m>>> {
    let mut blocks = None;
    for all in runs::grouped(chosen(layout, function), |of| {
        (of.phi.block(), of.place.variable)
    }) {
        if !all.iter().any(|of| of.is_in_pieces() || of.returns()) {
            continue;
        }
        let blocks = blocks.get_or_insert_with(|| Blocks::of(function));
        let local = all.first().map(|of| of.place.variable);
        let Some(local) = local.and_then(|variable| Local::of(layout, variable)) else {
            continue;
        };
        let left = all.into_iter().filter_map(|chosen| {
            let brought = chosen.brought(blocks, &local, is_big(layout))?;
            Some(Left { chosen, brought })
        });
        let mut left: Vec<_> = left.collect();
        left.sort_by_key(|left| left.chosen.place.offset);
        let runs = runs::adjacent(left, |last, left| {
            last.chosen.place.offset + last.chosen.count == left.chosen.place.offset
        });
        let found = runs.into_iter().find(|run| {
            let mut all = run.iter().map(|left| &left.chosen);
            let are_in_pieces = run.len() > 1
                && all.clone().all(|chosen| is_passed_on(chosen.phi))
                && all.clone().any(Chosen::is_in_pieces);
            are_in_pieces || all.any(Chosen::returns)
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

impl<'m> Left<'m> {
    fn leave(self, module: &Module<'_>) {
        let Chosen {
            phi, place, load, ..
        } = self.chosen;
        let context = module.get_context();
        let builder = context.create_builder();
        let builder = builder.as_mut_ptr();
        // What lives always has its value on all these ways.
        for user in place.variable.users() {
            if mark(user).is_some() {
                // SAFETY: a mark gives nothing that is used.
                unsafe { LLVMInstructionEraseFromParent(user.raw()) };
            }
        }
        // SAFETY: the block is of a live function.
        let first = phi
            .block()
            .and_then(|block| unsafe { behind_phis(block.as_ptr()) });
        let Some(first) = first else {
            return;
        };
        // SAFETY: the variable stands in front of all blocks, and what is brought in front of the end of its block. A load of
        // all bytes takes the place of the phi, behind the others of its block.
        unsafe {
            let context = context.as_ctx_ref();
            let byte = LLVMInt8TypeInContext(context);
            let word = LLVMInt64TypeInContext(context);
            let line = LLVMInstructionGetDebugLoc(load.raw());
            let address = || {
                let mut at = LLVMConstInt(word, place.offset, 0);
                let variable = place.variable.raw();
                LLVMBuildGEP2(builder, byte, variable, &mut at, 1, c"".as_ptr())
            };
            let says = |access| {
                LLVMSetAlignment(access, place.align());
                LLVMInstructionSetDebugLoc(access, line);
            };
            for index in self.brought {
                let end = LLVMGetBasicBlockTerminator(LLVMGetIncomingBlock(phi.raw(), index));
                let value = LLVMGetIncomingValue(phi.raw(), index);
                LLVMPositionBuilderBefore(builder, end);
                says(LLVMBuildStore(builder, value, address()));
            }
            LLVMPositionBuilderBefore(builder, first.raw());
            let load = LLVMBuildLoad2(builder, phi.type_of(), address(), c"".as_ptr());
            says(load);
            LLVMReplaceAllUsesWith(phi.raw(), load);
            LLVMInstructionEraseFromParent(phi.raw());
        }
    }
}
