//! Lets LLVM know that two questions whether the kernel has a field get one answer.
//!
//! LLVM keeps each question apart: its answer goes through a call of `llvm.bpf.passthrough` with a number of its
//! own, and for all that LLVM knows a write to memory changes what is loaded for it. So a field that is asked for
//! twice is a branch twice. But an answer is 0 or 1 on every kernel, and never poison: it may be known early.

use bpf_core_btf::CoreReloKind::{EnumvalExists, FieldExists, TypeExists, TypeMatches};
use bpf_core_flow::ir::relocation::PASSTHROUGH;
use inkwell::{
    context::AsContextRef as _,
    llvm_sys::core::{
        LLVMGetMDKindIDInContext, LLVMInstructionEraseFromParent, LLVMMDNodeInContext2,
        LLVMMetadataAsValue, LLVMReplaceAllUsesWith, LLVMSetMetadata,
    },
    module::Module,
};

use crate::ir::{self, Value};

/// Tells LLVM that what is loaded there never changes.
const INVARIANT: &[u8] = b"invariant.load";

/// Joins the answers in all functions.
pub(super) fn join(module: &Module<'_>) {
    let context = module.get_context().as_ctx_ref();
    // SAFETY: the context is alive, the name has that length, and the list of operands has none.
    let (kind, nothing) = unsafe {
        let kind =
            LLVMGetMDKindIDInContext(context, INVARIANT.as_ptr().cast(), INVARIANT.len() as u32);
        let nothing = LLVMMDNodeInContext2(context, std::ptr::null_mut(), 0);
        (kind, LLVMMetadataAsValue(context, nothing))
    };
    let answers = ir::globals(module).filter(|global| is_answer(*global));
    for load in answers.flat_map(Value::users) {
        if !load.loads_relocation() {
            continue;
        }
        // SAFETY: the value is a load.
        unsafe { LLVMSetMetadata(load.raw(), kind, nothing) };
        let passes = |user: &Value<'_>| {
            user.callee()
                .is_some_and(|callee| callee.name().starts_with(PASSTHROUGH))
        };
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
}

/// Whether a global stands for a question that every kernel answers with 0 or 1.
fn is_answer(global: Value<'_>) -> bool {
    let relocation = global.relocation();
    relocation.is_some_and(|relocation| {
        let answered = [FieldExists, TypeExists, EnumvalExists, TypeMatches];
        answered.iter().any(|kind| *kind as u32 == relocation.kind)
    })
}
