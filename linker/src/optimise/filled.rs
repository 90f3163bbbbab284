//! Tells LLVM which memory a helper fills, so that a program need not clear it first.
//!
//! A variable that a read is to fill has a value before: Rust has no other. LLVM does not know that the helper
//! writes all of the variable. It does so where it fails too: then it clears it (`bpf_probe_read_kernel_common` and
//! its like in `kernel/trace/bpf_trace.c`, `bpf_copy_from_user` and `bpf_get_current_comm` in `kernel/bpf/helpers.c`).

use std::collections::BTreeMap;

use bpf_core_flow::helper;
use bpf_core_kernel_facts::helper::Helper;
use inkwell::{
    attributes::Attribute,
    llvm_sys::{
        core::{LLVMAddCallSiteAttribute, LLVMGetEnumAttributeAtIndex, LLVMGetNamedFunction},
        prelude::LLVMAttributeRef,
    },
    memory_buffer::MemoryBuffer,
    module::Module,
};

use crate::ir::{self, Value};

/// The attribute index of the first argument: where the helpers write.
const DESTINATION: u32 = 1;

/// Tells it at all calls of such helpers.
pub(super) fn tell(module: &Module<'_>) {
    let mut known = BTreeMap::new();
    for call in ir::functions(module).flat_map(Value::instructions) {
        let Some(size) = filled(call).filter(|size| *size != 0) else {
            continue;
        };
        for attribute in known
            .entry(size)
            .or_insert_with(|| attributes(module, size))
        {
            // SAFETY: the value is a call with a pointer as its first argument, and the attribute one of such.
            unsafe { LLVMAddCallSiteAttribute(call.raw(), DESTINATION, *attribute) };
        }
    }
}

/// How many bytes of its destination a call fills, whatever comes of it.
pub(super) fn filled(call: Value<'_>) -> Option<u64> {
    let arguments = call.arguments();
    let (destination, size) = match (helper(call.callee()?)?, arguments.as_slice()) {
        // `bpf_copy_from_user_task` has more, and writes nothing where it does not know its flags.
        (Helper::Reads { string: false, .. }, [destination, size, _]) => (destination, size),
        (Helper::Fills, [destination, size]) => (destination, size),
        _ => return None,
    };
    destination.is_pointer().then(|| size.integer())?
}

/// `writeonly`, `initializes` and `captures(none)` for that many bytes. LLVM's C API makes no list of ranges, so
/// they are those of a declaration in text.
fn attributes(module: &Module<'_>, size: u64) -> Vec<LLVMAttributeRef> {
    let text = format!("declare void @f(ptr writeonly captures(none) initializes((0, {size})))");
    let buffer = MemoryBuffer::create_from_memory_range_copy(text.as_bytes(), "attributes");
    let Ok(declared) = module.get_context().create_module_from_ir(buffer) else {
        return Vec::new();
    };
    let of = |name| {
        let kind = Attribute::get_named_enum_kind_id(name);
        // SAFETY: the module is alive and has the function; attributes live as long as the context.
        unsafe {
            let function = LLVMGetNamedFunction(declared.as_mut_ptr(), c"f".as_ptr());
            LLVMGetEnumAttributeAtIndex(function, DESTINATION, kind)
        }
    };
    let all = ["writeonly", "captures", "initializes"].map(of);
    all.into_iter().filter(|it| !it.is_null()).collect()
}
