//! Lets LLVM know that two questions whether the kernel has a field get one answer.
//!
//! LLVM keeps each question apart: its answer goes through a call of `llvm.bpf.passthrough` with a number of its
//! own, and for all that LLVM knows a write to memory changes what is loaded for it. So a field that is asked for
//! twice is a branch twice. But an answer is 0 or 1 on every kernel, and never poison: it may be known early.
//!
//! The call is there for a reason: of two loads whose values meet, LLVM makes one, from either of two addresses. No
//! loader finds out which is meant. It does not do so with atomic loads, so these are such while the passes run.

use bpf_core_btf::CoreReloKind::{EnumvalExists, FieldExists, TypeExists, TypeMatches};
use inkwell::{
    llvm_sys::{
        LLVMAtomicOrdering::{self, LLVMAtomicOrderingNotAtomic, LLVMAtomicOrderingUnordered},
        core::{
            LLVMInstructionEraseFromParent, LLVMReplaceAllUsesWith, LLVMSetGlobalConstant,
            LLVMSetOrdering,
        },
    },
    module::Module,
};

use crate::ir::{self, Value};

/// Joins the answers in all functions, before the passes run once more.
pub(super) fn join(module: &Module<'_>) {
    for answer in ir::globals(module).filter(|global| is_answer(*global)) {
        // SAFETY: the value is a global variable. It has no initializer, so nothing is known of what it holds.
        unsafe { LLVMSetGlobalConstant(answer.raw(), 1) };
    }
    for load in loads(module) {
        order(load, LLVMAtomicOrderingUnordered);
        pass_on(load);
    }
}

/// Leaves plain loads, once the passes have run.
pub(super) fn end(module: &Module<'_>) {
    for load in loads(module) {
        order(load, LLVMAtomicOrderingNotAtomic);
    }
}

fn loads<'m>(module: &'m Module<'_>) -> Vec<Value<'m>> {
    let answers = ir::globals(module).filter(|global| is_answer(*global));
    let users = answers.flat_map(Value::users);
    users.filter(|of| of.loads_relocation()).collect()
}

fn order(load: Value<'_>, as_in: LLVMAtomicOrdering) {
    // SAFETY: the value is a load of an integer.
    unsafe { LLVMSetOrdering(load.raw(), as_in) };
}

/// Puts what is loaded in place of the calls that pass it on.
fn pass_on(load: Value<'_>) {
    let passes = |user: &Value<'_>| user.callee().is_some_and(Value::is_passthrough);
    for call in load.users().into_iter().filter(passes) {
        if call.type_of() == load.type_of() {
            // SAFETY: the call gives what is loaded, and the load stands before it.
            unsafe {
                LLVMReplaceAllUsesWith(call.raw(), load.raw());
                LLVMInstructionEraseFromParent(call.raw());
            }
        }
    }
}

/// Whether a global stands for a question that every kernel answers with 0 or 1.
fn is_answer(global: Value<'_>) -> bool {
    let relocation = global.relocation();
    relocation.is_some_and(|relocation| {
        let answered = [FieldExists, TypeExists, EnumvalExists, TypeMatches];
        answered.iter().any(|kind| *kind as u32 == relocation.kind)
    })
}
