//! Makes functions callable in eBPF, where a call has up to five registers of arguments and one of result.
//!
//! rustc uses more: `Result<u64, u64>` is two registers. A function that is not optimised marks its first
//! argument as the result (`sret`). LLVM makes no code for either.

use bpf_core_flow::ir::Value;
use inkwell::{
    attributes::Attribute,
    context::AsContextRef as _,
    llvm_sys::{
        LLVMAttributeFunctionIndex, LLVMTypeKind,
        core::{
            LLVMAddAttributeAtIndex, LLVMCountParamTypes, LLVMCreateEnumAttribute,
            LLVMGetParamTypes, LLVMGetReturnType, LLVMGetTypeKind, LLVMGlobalGetValueType,
            LLVMRemoveCallSiteEnumAttribute, LLVMRemoveEnumAttributeAtIndex,
        },
        prelude::LLVMTypeRef,
        target::{LLVMABISizeOfType, LLVMGetModuleDataLayout, LLVMTargetDataRef},
    },
    module::Module,
};
use memchr::memmem;

use crate::ir;

/// Registers that hold arguments.
const REGISTERS: u64 = 5;

/// Bytes of a register.
const REGISTER: u64 = 8;

/// The attribute indices of a function's first two parameters. One of the two may be the result.
const FIRST: [u32; 2] = [1, 2];

/// Takes the mark `sret` from all parameters: such a result is a pointer like others.
pub(super) fn return_by_pointer(module: &Module<'_>) {
    for function in ir::functions(module) {
        for index in FIRST {
            remove(function, index, "sret");
        }
    }
}

/// Asks LLVM to inline each function that eBPF cannot call. Gives whether any is called.
pub(super) fn inline_others(module: &Module<'_>) -> bool {
    // SAFETY: the module is alive, and its data layout lives as long as it.
    let layout = unsafe { LLVMGetModuleDataLayout(module.as_mut_ptr()) };
    let mut found = false;
    for function in ir::functions(module) {
        // `core::fmt` calls through pointers to functions, and LLVM cannot inline such calls.
        let is_of_formatting = memmem::find(function.name(), b"4core3fmt").is_some();
        let can_be_inlined = function.is_internal() && !function.is_declaration();
        if !can_be_inlined || is_of_formatting || fits(layout, function) {
            continue;
        }
        remove(function, LLVMAttributeFunctionIndex, "noinline");
        let kind = Attribute::get_named_enum_kind_id("alwaysinline");
        // SAFETY: the function and the attribute are of this context.
        unsafe {
            let context = module.get_context().as_ctx_ref();
            let attribute = LLVMCreateEnumAttribute(context, kind, 0);
            LLVMAddAttributeAtIndex(function.raw(), LLVMAttributeFunctionIndex, attribute);
        }
        found |= function
            .users()
            .into_iter()
            .any(|user| user.callee() == Some(function));
    }
    found
}

/// Whether the arguments and the result fit into the registers.
fn fits(layout: LLVMTargetDataRef, function: Value<'_>) -> bool {
    // SAFETY: the value is a function, whose type has as many parameters as it says.
    let (parameters, result) = unsafe {
        let of = LLVMGlobalGetValueType(function.raw());
        let mut parameters = vec![std::ptr::null_mut(); LLVMCountParamTypes(of) as usize];
        LLVMGetParamTypes(of, parameters.as_mut_ptr());
        (parameters, LLVMGetReturnType(of))
    };
    let registers = |of: LLVMTypeRef| {
        // SAFETY: the type is one of a live function.
        unsafe { LLVMABISizeOfType(layout, of).div_ceil(REGISTER) }
    };
    // SAFETY: as above.
    let fits = match unsafe { LLVMGetTypeKind(result) } {
        LLVMTypeKind::LLVMVoidTypeKind => true,
        LLVMTypeKind::LLVMStructTypeKind | LLVMTypeKind::LLVMArrayTypeKind => false,
        _ => registers(result) <= 1,
    };
    fits && parameters.into_iter().map(registers).sum::<u64>() <= REGISTERS
}

/// Takes an attribute from a function and from all calls of it.
fn remove(function: Value<'_>, index: u32, attribute: &str) {
    let kind = Attribute::get_named_enum_kind_id(attribute);
    // SAFETY: the value is a function, and LLVM ignores an attribute that is not there.
    unsafe { LLVMRemoveEnumAttributeAtIndex(function.raw(), index, kind) };
    for call in function.users() {
        if call.callee() == Some(function) {
            // SAFETY: the value is a call.
            unsafe { LLVMRemoveCallSiteEnumAttribute(call.raw(), index, kind) };
        }
    }
}
