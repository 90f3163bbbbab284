//! Reads LLVM's constants: integers, bytes, and pointers into globals.

use std::slice;

use inkwell::llvm_sys::core::*;
use inkwell::llvm_sys::prelude::LLVMTypeRef;
use inkwell::llvm_sys::{LLVMOpcode, LLVMTypeKind, LLVMValueKind};

use super::Value;

impl<'m> Value<'m> {
    /// The value of a constant integer of at most 64 bits.
    pub fn integer(self) -> Option<u64> {
        if self.kind() != LLVMValueKind::LLVMConstantIntValueKind {
            return None;
        }
        // SAFETY: the value is a constant integer; wider ones are kept out.
        unsafe {
            (LLVMGetIntTypeWidth(self.type_of()) <= 64)
                .then(|| LLVMConstIntGetZExtValue(self.raw()))
        }
    }

    /// The same with its sign. A null pointer is 0.
    pub fn number(self) -> Option<i64> {
        match self.kind() {
            // SAFETY: the value is a constant integer; wider ones are kept out.
            LLVMValueKind::LLVMConstantIntValueKind => unsafe {
                (LLVMGetIntTypeWidth(self.type_of()) <= 64)
                    .then(|| LLVMConstIntGetSExtValue(self.raw()))
            },
            LLVMValueKind::LLVMConstantPointerNullValueKind => Some(0),
            _ => None,
        }
    }

    /// Whether it is undefined, or poison.
    pub fn is_undefined(self) -> bool {
        // SAFETY: the value is of a live module.
        unsafe { LLVMIsUndef(self.raw()) != 0 }
    }

    /// Follows a constant pointer to the global that it points into, and tells the
    /// offset in bytes from its start.
    pub fn global_and_offset(self) -> Option<(Value<'m>, u64)> {
        if self.is_global() {
            return Some((self, 0));
        }
        match self.opcode()? {
            LLVMOpcode::LLVMGetElementPtr if !self.is_instruction() => {
                let operands = self.operands();
                let (base, indices) = operands.split_first()?;
                let (global, before) = base.global_and_offset()?;
                // SAFETY: the value is a constant GEP expression.
                let source = unsafe { LLVMGetGEPSourceElementType(self.raw()) };
                Some((global, before.checked_add(byte_index(source, indices)?)?))
            }
            LLVMOpcode::LLVMBitCast | LLVMOpcode::LLVMAddrSpaceCast if !self.is_instruction() => {
                self.operands().first()?.global_and_offset()
            }
            _ => None,
        }
    }

    /// The bytes of a constant that is made of bytes only. Bytes that are undefined
    /// are 0.
    pub fn bytes(self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.append_bytes(&mut bytes)?;
        Some(bytes)
    }

    fn append_bytes(self, bytes: &mut Vec<u8>) -> Option<()> {
        let of = self.type_of();
        match self.kind() {
            LLVMValueKind::LLVMConstantDataArrayValueKind => {
                // Of one byte each, or the string would be in the host's byte order.
                byte_count(of)?;
                // SAFETY: the value is constant data; its bytes are copied at once.
                unsafe {
                    let mut len = 0;
                    let start = LLVMGetAsString(self.raw(), &mut len);
                    bytes.extend_from_slice(slice::from_raw_parts(start.cast(), len));
                }
            }
            LLVMValueKind::LLVMConstantArrayValueKind
            | LLVMValueKind::LLVMConstantStructValueKind => {
                for part in self.operands() {
                    part.append_bytes(bytes)?;
                }
            }
            LLVMValueKind::LLVMConstantIntValueKind if byte_count(of) == Some(1) => {
                bytes.push(u8::try_from(self.integer()?).ok()?);
            }
            LLVMValueKind::LLVMConstantAggregateZeroValueKind
            | LLVMValueKind::LLVMUndefValueValueKind
            | LLVMValueKind::LLVMPoisonValueKind => {
                let count = usize::try_from(byte_count(of)?).ok()?;
                bytes.resize(bytes.len().checked_add(count)?, 0);
            }
            _ => return None,
        }
        Some(())
    }
}

/// The bytes that the indices of a GEP step over; for bytes and arrays of bytes, of
/// which rustc and clang make their constants.
fn byte_index(source: LLVMTypeRef, indices: &[Value<'_>]) -> Option<u64> {
    let (first, rest) = indices.split_first()?;
    let mut offset = first.integer()?.checked_mul(byte_count(source)?)?;
    let mut of = source;
    for index in rest {
        // SAFETY: a constant GEP is well formed, so what is indexed has elements; for
        // an array the element type is asked, all others but a leading field end it.
        unsafe {
            match LLVMGetTypeKind(of) {
                LLVMTypeKind::LLVMArrayTypeKind => {
                    of = LLVMGetElementType(of);
                    offset = offset.checked_add(index.integer()?.checked_mul(byte_count(of)?)?)?;
                }
                LLVMTypeKind::LLVMStructTypeKind if index.integer() == Some(0) => {
                    of = LLVMStructGetTypeAtIndex(of, 0);
                }
                _ => return None,
            }
        }
    }
    Some(offset)
}

/// The size of a type that is made of bytes only.
fn byte_count(of: LLVMTypeRef) -> Option<u64> {
    // SAFETY: the type is that of a live value, and each question fits its kind.
    unsafe {
        match LLVMGetTypeKind(of) {
            LLVMTypeKind::LLVMIntegerTypeKind => (LLVMGetIntTypeWidth(of) == 8).then_some(1),
            LLVMTypeKind::LLVMArrayTypeKind => {
                byte_count(LLVMGetElementType(of))?.checked_mul(LLVMGetArrayLength2(of))
            }
            LLVMTypeKind::LLVMStructTypeKind => (0..LLVMCountStructElementTypes(of))
                .map(|index| byte_count(LLVMStructGetTypeAtIndex(of, index)))
                .try_fold(0_u64, |sum, part| sum.checked_add(part?)),
            _ => None,
        }
    }
}
