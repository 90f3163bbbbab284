//! LLVM's values (from `flow`), debug info, source lines, and passes over one function.

pub(crate) mod metadata;
pub(crate) mod source;

use std::ffi::CStr;
use std::ptr;

use inkwell::llvm_sys::error::LLVMConsumeError;
use inkwell::llvm_sys::transforms::pass_builder::{
    LLVMCreatePassBuilderOptions, LLVMDisposePassBuilderOptions, LLVMRunPassesOnFunction,
};

pub(crate) use bpf_core_flow::ir::{Value, functions, globals};

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
