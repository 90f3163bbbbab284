//! Keeps relocations behind the branch that guards them.
//!
//! In LLVM IR a relocation is a load of a global. The optimiser may do a load of a constant at any time, so it
//! moves the load out of loops and in front of branches, past the check that the field exists. On a kernel
//! without the field, loaders write poison there, and the verifier refuses the program.
//!
//! At the place of the access LLVM has put a call of `llvm.bpf.passthrough`, which does not move. This module
//! copies the load, and what is computed from it, to right before that call.
//!
//! The backend removes the call. Its own `MachineLICM` could then move the instruction once more, so the
//! linker switches that pass off. clang does neither.

use std::{collections::HashSet, ptr};

use inkwell::{
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMInsertIntoBuilder, LLVMInstructionClone, LLVMInstructionEraseFromParent,
            LLVMPositionBuilderBefore, LLVMSetOperand,
        },
        prelude::LLVMBuilderRef,
        support::LLVMParseCommandLineOptions,
    },
    module::Module,
};

use crate::ir::{self, Value};

/// How many computations LLVM may have put between the load and the call.
const DEEPEST: u32 = 8;

/// The operand of `llvm.bpf.passthrough` that it passes through.
const PASSED: u32 = 1;

/// Repairs all functions of an optimised module, and keeps code generation from
/// undoing it.
pub(crate) fn keep(module: &Module<'_>) {
    let arguments = [
        c"bpf-core-linker".as_ptr(),
        c"--disable-machine-licm".as_ptr(),
    ];
    // SAFETY: the array holds as many C strings; LLVM copies what it keeps, and takes
    // null for no description.
    unsafe { LLVMParseCommandLineOptions(2, arguments.as_ptr(), ptr::null()) };
    drop_unused(module);
    let builder = module.get_context().create_builder();
    let mut repaired = HashSet::new();
    for call in passed_through(module) {
        let Some(passed) = call.arguments().get(PASSED as usize).copied() else {
            continue;
        };
        if let Some(copy) = copy_before(builder.as_mut_ptr(), call, passed, false, DEEPEST) {
            // SAFETY: the copy stands before the call and has the same type.
            unsafe { LLVMSetOperand(call.raw(), PASSED, copy.raw()) };
            repaired.extend(call.parent_function());
        }
    }
    for function in repaired {
        // Removes the originals: each would have a record of its own.
        ir::run_passes(function, c"adce");
    }
}

/// Takes away the calls whose result nothing uses. LLVM's passes keep them, and the backend then drops what they pass
/// on: it would be a lost record of something that nobody asked. One may be used by another one alone.
fn drop_unused(module: &Module<'_>) {
    loop {
        let unused = passed_through(module).filter(|call| call.users().is_empty());
        let unused: Vec<Value<'_>> = unused.collect();
        if unused.is_empty() {
            return;
        }
        let functions: HashSet<Value<'_>> = unused
            .iter()
            .filter_map(|call| call.parent_function())
            .collect();
        for call in unused {
            // SAFETY: nothing uses the call.
            unsafe { LLVMInstructionEraseFromParent(call.raw()) };
        }
        for function in functions {
            ir::run_passes(function, c"adce");
        }
    }
}

/// The calls of `llvm.bpf.passthrough`.
fn passed_through<'m>(module: &'m Module<'_>) -> impl Iterator<Item = Value<'m>> {
    let functions = ir::functions(module);
    functions
        .filter(|function| function.is_passthrough())
        .flat_map(|function| function.users())
}

/// Copies `value` to before `call`, with all that it is computed from, if there is a
/// relocation of another block in it, or `always`.
fn copy_before<'m>(
    builder: LLVMBuilderRef,
    call: Value<'m>,
    value: Value<'m>,
    always: bool,
    depth: u32,
) -> Option<Value<'m>> {
    let depth = depth.checked_sub(1)?;
    let mut operands = Vec::new();
    if value.is_phi() {
        let origin = origin(value)?;
        return copy_before(builder, call, origin, true, depth);
    } else if value.loads_relocation() {
        if value.block() == call.block() && !always {
            return None;
        }
    } else if is_address(value) {
        for (index, operand) in (0..).zip(value.operands()) {
            if let Some(copy) = copy_before(builder, call, operand, always, depth) {
                operands.push((index, copy));
            }
        }
        if operands.is_empty() {
            return None;
        }
    } else {
        return None;
    }
    // SAFETY: `value` is a load of a relocation, or a computation without effects. It
    // dominates the call, and so do its operands; or it is one of several equal ones,
    // whose common operands dominate what they meet in. Operands that were copied
    // stand before the call by now, and have the type of the originals.
    let copy = unsafe {
        let copy = LLVMInstructionClone(value.raw());
        LLVMPositionBuilderBefore(builder, call.raw());
        LLVMInsertIntoBuilder(builder, copy);
        for (index, operand) in operands {
            LLVMSetOperand(copy, index, operand.raw());
        }
        copy
    };
    // SAFETY: the copy is in the module of the value.
    unsafe { Value::new(copy) }
}

/// What meets in a phi, if it is one relocation, or one address made from it: LLVM does
/// a load on all ways to a block early to save it on one of them.
fn origin<'m>(phi: Value<'m>) -> Option<Value<'m>> {
    let mut seen = HashSet::new();
    let mut open = vec![phi];
    let mut origin: Option<Value<'m>> = None;
    while let Some(value) = open.pop() {
        if value.is_phi() {
            if seen.insert(value) {
                open.extend(value.operands());
            }
        } else if !compute_the_same(*origin.get_or_insert(value), value) {
            return None;
        }
    }
    origin.filter(|origin| origin.loads_relocation() || is_address(*origin))
}

fn compute_the_same(one: Value<'_>, other: Value<'_>) -> bool {
    if one == other {
        return true;
    }
    let is_pure = one.loads_relocation() || is_address(one);
    let (ones, others) = (one.operands(), other.operands());
    let mut operands = ones.iter().zip(&others);
    is_pure
        && one.opcode() == other.opcode()
        && one.type_of() == other.type_of()
        && one.gep_source() == other.gep_source()
        && ones.len() == others.len()
        && operands.all(|(a, b)| compute_the_same(*a, *b))
}

fn is_address(value: Value<'_>) -> bool {
    use LLVMOpcode::{LLVMAdd, LLVMBitCast, LLVMGetElementPtr, LLVMSExt, LLVMTrunc, LLVMZExt};
    value.is_instruction()
        && matches!(
            value.opcode(),
            Some(LLVMGetElementPtr | LLVMAdd | LLVMBitCast | LLVMSExt | LLVMTrunc | LLVMZExt)
        )
}
