//! Removes the checks that only a debug build has (`debug-assertions`, `overflow-checks`), so that
//! `cargo build` gives the same program as `cargo build --release`.
//!
//! A failed check panics, and the verifier refuses the code of a panic: it formats a message, and does not
//! return. Panics that a release build has too stay, such as an index out of bounds.

use inkwell::{
    llvm_sys::{
        LLVMOpcode,
        core::{
            LLVMAddIncoming, LLVMBasicBlockAsValue, LLVMBuildBr, LLVMCountIncoming,
            LLVMGetFirstInstruction, LLVMGetIncomingBlock, LLVMGetIncomingValue,
            LLVMGetInstructionOpcode, LLVMGetNextInstruction, LLVMGetNumSuccessors,
            LLVMGetSuccessor, LLVMInstructionEraseFromParent, LLVMPositionBuilderBefore,
            LLVMSetSuccessor,
        },
        prelude::LLVMBasicBlockRef,
    },
    module::Module,
};

use memchr::memmem;

use crate::ir::{self, Value};

/// How many blocks that only go on may lie before a panic.
const DEEPEST: u32 = 8;

/// Removes them from all functions.
pub(crate) fn remove(module: &Module<'_>) {
    for function in ir::functions(module) {
        let calls = function.users().into_iter().filter(|user| user.is_call());
        match Check::of(function.name()) {
            None => {}
            Some(Check::Whole) => {
                for call in calls {
                    // SAFETY: such a function returns nothing, so nothing uses the call.
                    unsafe { LLVMInstructionEraseFromParent(call.raw()) };
                }
            }
            Some(Check::Failed) => calls.for_each(|call| never_reach(module, call, DEEPEST)),
        }
    }
}

/// The part of a function of `core` in a check.
#[derive(Debug, PartialEq)]
enum Check {
    /// It does the check.
    Whole,
    /// It is called when a check has failed.
    Failed,
}

impl Check {
    fn of(symbol: &[u8]) -> Option<Self> {
        let has = |part: &str| memmem::find(symbol, part.as_bytes()).is_some();
        // To demangle all of `core` takes long.
        if !has("4core") || !(has("panic") || has("precondition_check")) {
            return None;
        }
        // `assert_unsafe_precondition!` makes a function within the function that it checks.
        let is_within = symbol.starts_with(b"_RNvNv") || symbol.starts_with(b"_ZN4core");
        if has("18precondition_check") && is_within {
            return Some(Self::Whole);
        }
        let symbol = String::from_utf8_lossy(symbol);
        let name = format!("{:#}", rustc_demangle::demangle(&symbol));
        let name = name.strip_prefix("core::panicking::")?;
        let overflow = name.strip_prefix("panic_const::panic_const_");
        let overflow = overflow.and_then(|name| name.strip_suffix("_overflow"));
        let is_of_debug_builds = match overflow {
            // What overflows in a division has no result.
            Some(operation) => matches!(operation, "add" | "sub" | "mul" | "neg" | "shl" | "shr"),
            None => matches!(
                name,
                "panic_nounwind"
                    | "panic_nounwind_fmt"
                    | "panic_nounwind_nobacktrace"
                    | "panic_misaligned_pointer_dereference"
                    | "panic_null_pointer_dereference"
                    | "panic_invalid_enum_construction"
            ),
        };
        is_of_debug_builds.then_some(Self::Failed)
    }
}

/// Lets all branches to the block of a call go where they go if the check does not fail.
fn never_reach(module: &Module<'_>, call: Value<'_>, depth: u32) {
    let (Some(block), Some(depth)) = (call.block(), depth.checked_sub(1)) else {
        return;
    };
    let builder = module.get_context().create_builder();
    // SAFETY: a block of this module; what uses it as a value and is an instruction ends another block.
    let branches = unsafe { Value::new(LLVMBasicBlockAsValue(block.as_ptr())) };
    for branch in branches.map_or(Vec::new(), Value::users) {
        let opcode = branch.opcode();
        // The optimiser makes a `switch` of the check and of those around it.
        let is_branch = matches!(opcode, Some(LLVMOpcode::LLVMBr | LLVMOpcode::LLVMSwitch));
        if !is_branch {
            continue;
        }
        // SAFETY: a branch has as many successors as it says; the first of a `switch` is where it goes by
        // default.
        let successors = unsafe {
            (0..LLVMGetNumSuccessors(branch.raw()))
                .map(|index| LLVMGetSuccessor(branch.raw(), index))
        };
        match successors.into_iter().find(|to| *to != block.as_ptr()) {
            Some(other) if opcode == Some(LLVMOpcode::LLVMSwitch) => {
                turn(branch, block.as_ptr(), other);
            }
            // SAFETY: the new branch stands in place of the old one.
            Some(other) => unsafe {
                LLVMPositionBuilderBefore(builder.as_mut_ptr(), branch.raw());
                LLVMBuildBr(builder.as_mut_ptr(), other);
                LLVMInstructionEraseFromParent(branch.raw());
            },
            // From a block that does nothing else.
            None => never_reach(module, branch, depth),
        }
    }
}

/// Lets a `switch` go to another of its blocks wherever it goes to `from`.
fn turn(switch: Value<'_>, from: LLVMBasicBlockRef, to: LLVMBasicBlockRef) {
    let Some(around) = switch.block() else {
        return;
    };
    // SAFETY: all is of one function. A phi has a value for each way from a block, and it is the same for all.
    unsafe {
        for index in 0..LLVMGetNumSuccessors(switch.raw()) {
            if LLVMGetSuccessor(switch.raw(), index) != from {
                continue;
            }
            LLVMSetSuccessor(switch.raw(), index, to);
            let mut phi = LLVMGetFirstInstruction(to);
            while !phi.is_null() && LLVMGetInstructionOpcode(phi) == LLVMOpcode::LLVMPHI {
                let mut ways = 0..LLVMCountIncoming(phi);
                if let Some(way) =
                    ways.find(|way| LLVMGetIncomingBlock(phi, *way) == around.as_ptr())
                {
                    let mut value = LLVMGetIncomingValue(phi, way);
                    LLVMAddIncoming(phi, &mut value, &mut around.as_ptr(), 1);
                }
                phi = LLVMGetNextInstruction(phi);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_of_checks() {
        for (symbol, check) in [
            (
                "_RNvNtNtCsekSLl84fqfl_4core9panicking11panic_const24panic_const_add_overflow",
                Some(Check::Failed),
            ),
            (
                "_ZN4core9panicking11panic_const24panic_const_mul_overflow17h0123456789abcdefE",
                Some(Check::Failed),
            ),
            (
                "_RNvNtCsekSLl84fqfl_4core9panicking18panic_nounwind_fmt",
                Some(Check::Failed),
            ),
            (
                "_RNvNvMNtNtCsekSLl84fqfl_4core3ptr7mut_ptrOp3add18precondition_checkCsi3hKyXlWlev_8aya_ebpf",
                Some(Check::Whole),
            ),
            (
                "_ZN4core3ptr4read18precondition_check17h0123456789abcdefE",
                Some(Check::Whole),
            ),
            // What panics in a release build too.
            (
                "_RNvNtNtCsekSLl84fqfl_4core9panicking11panic_const24panic_const_div_overflow",
                None,
            ),
            (
                "_RNvNtNtCsekSLl84fqfl_4core9panicking11panic_const23panic_const_div_by_zero",
                None,
            ),
            (
                "_RNvNtCsekSLl84fqfl_4core9panicking18panic_bounds_check",
                None,
            ),
            // What is the user's.
            ("_RNvCs1234_4prog18precondition_check", None),
            ("_RNvNtCs1234_4prog9panicking14panic_nounwind", None),
            ("panic_const_add_overflow", None),
        ] {
            assert_eq!(Check::of(symbol.as_bytes()), check, "{symbol}");
        }
    }
}
