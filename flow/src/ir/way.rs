//! The way of a `getelementptr` from its base, in bytes.

use std::ffi::c_uint;

use inkwell::llvm_sys::core::*;
use inkwell::llvm_sys::prelude::LLVMTypeRef;
use inkwell::llvm_sys::target::{LLVMABISizeOfType, LLVMGetModuleDataLayout, LLVMOffsetOfElement};
use inkwell::llvm_sys::{LLVMOpcode, LLVMTypeKind};
use inkwell::module::Module;

use super::Value;

/// One part of the way of a GEP.
pub enum Step<'m> {
    /// A known number of bytes.
    Bytes(i64),
    /// As many times these bytes.
    Scaled(Value<'m>, i64),
}

impl<'m> Value<'m> {
    /// The base of a GEP, and the way from there.
    pub fn way(self, module: &Module<'_>) -> Option<(Value<'m>, Vec<Step<'m>>)> {
        if self.opcode() != Some(LLVMOpcode::LLVMGetElementPtr) {
            return None;
        }
        let operands = self.operands();
        let (base, indices) = operands.split_first()?;
        let (first, rest) = indices.split_first()?;
        // SAFETY: the value is a well-formed GEP, so its types have sizes, and each index fits what
        // it indexes. The layout is the module's own.
        unsafe {
            let layout = LLVMGetModuleDataLayout(module.as_mut_ptr());
            let size = |of: LLVMTypeRef| i64::try_from(LLVMABISizeOfType(layout, of)).ok();
            let mut of = LLVMGetGEPSourceElementType(self.raw());
            let mut steps = vec![step(*first, size(of)?)];
            for index in rest {
                match LLVMGetTypeKind(of) {
                    LLVMTypeKind::LLVMStructTypeKind => {
                        let field = c_uint::try_from(index.number()?).ok()?;
                        let offset = LLVMOffsetOfElement(layout, of, field);
                        steps.push(Step::Bytes(i64::try_from(offset).ok()?));
                        of = LLVMStructGetTypeAtIndex(of, field);
                    }
                    LLVMTypeKind::LLVMArrayTypeKind => {
                        of = LLVMGetElementType(of);
                        steps.push(step(*index, size(of)?));
                    }
                    _ => return None,
                }
            }
            Some((*base, steps))
        }
    }
}

fn step(index: Value<'_>, size: i64) -> Step<'_> {
    match index.number() {
        Some(index) => Step::Bytes(index.wrapping_mul(size)),
        None => Step::Scaled(index, size),
    }
}
