//! LLVM's values (from `flow`), blocks, debug info, source lines, and passes over one function.

pub(crate) mod block;
pub(crate) mod metadata;
pub(crate) mod source;

use std::ffi::CStr;
use std::ptr;

use inkwell::context::AsContextRef as _;
use inkwell::llvm_sys::LLVMOpcode;
use inkwell::llvm_sys::core::{LLVMGetMDKindIDInContext, LLVMSetMetadata};
use inkwell::llvm_sys::error::LLVMConsumeError;
use inkwell::llvm_sys::transforms::pass_builder::{
    LLVMCreatePassBuilderOptions, LLVMDisposePassBuilderOptions, LLVMRunPassesOnFunction,
};

use inkwell::module::Module;

pub(crate) use bpf_core_flow::ir::{Value, functions, globals};

/// Takes metadata of these kinds from an instruction.
pub(crate) fn forget(module: &Module<'_>, instruction: Value<'_>, kinds: &[&str]) {
    let context = module.get_context().as_ctx_ref();
    for name in kinds {
        // SAFETY: the name has that length; LLVM ignores what is not there.
        unsafe {
            let kind = LLVMGetMDKindIDInContext(context, name.as_ptr().cast(), name.len() as u32);
            LLVMSetMetadata(instruction.raw(), kind, ptr::null_mut());
        }
    }
}

/// Runs passes over a function with a body. They must not remove a value that is still at hand.
pub(crate) fn run_passes(function: Value<'_>, passes: &CStr) {
    // SAFETY: the value is a function. An error is a failure to parse the list of passes, and is freed.
    unsafe {
        let options = LLVMCreatePassBuilderOptions();
        let error =
            LLVMRunPassesOnFunction(function.raw(), passes.as_ptr(), ptr::null_mut(), options);
        LLVMDisposePassBuilderOptions(options);
        if !error.is_null() {
            LLVMConsumeError(error);
        }
    }
}

/// Whether an instruction gives a number or an address of its operands alone, whatever they are: it may stand wherever they
/// are known. A division may not.
pub(crate) fn computes(instruction: Value<'_>) -> bool {
    use LLVMOpcode::{
        LLVMAShr, LLVMAdd, LLVMAnd, LLVMGetElementPtr, LLVMICmp, LLVMIntToPtr, LLVMLShr, LLVMMul,
        LLVMOr, LLVMPtrToInt, LLVMSExt, LLVMShl, LLVMSub, LLVMTrunc, LLVMXor, LLVMZExt,
    };
    let opcode = instruction.opcode();
    opcode.is_some_and(|opcode| {
        matches!(
            opcode,
            LLVMAShr
                | LLVMAdd
                | LLVMAnd
                | LLVMGetElementPtr
                | LLVMICmp
                | LLVMIntToPtr
                | LLVMLShr
                | LLVMMul
                | LLVMOr
                | LLVMPtrToInt
                | LLVMSExt
                | LLVMShl
                | LLVMSub
                | LLVMTrunc
                | LLVMXor
                | LLVMZExt
        )
    })
}
