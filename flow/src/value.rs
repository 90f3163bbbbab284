//! A read-only view of LLVM values, as far as pointers are followed.

use std::ffi::{CStr, c_uint};
use std::marker::PhantomData;
use std::slice;

use inkwell::llvm_sys::core::*;
use inkwell::llvm_sys::prelude::{LLVMTypeRef, LLVMValueRef};
use inkwell::llvm_sys::target::{LLVMABISizeOfType, LLVMGetModuleDataLayout, LLVMOffsetOfElement};
use inkwell::llvm_sys::{LLVMLinkage, LLVMOpcode, LLVMTypeKind, LLVMValueKind};
use inkwell::module::Module;
use inkwell::values::AsValueRef as _;

/// A value of a module that lives for `'m`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Value<'m> {
    raw: LLVMValueRef,
    module: PhantomData<&'m ()>,
}

/// The functions of a module, declarations included.
pub(crate) fn functions<'m>(module: &'m Module<'_>) -> impl Iterator<Item = Value<'m>> {
    module.get_functions().map(|function| Value {
        raw: function.as_value_ref(),
        module: PhantomData,
    })
}

/// One part of the way of a GEP.
pub(crate) enum Step<'m> {
    /// A known number of bytes.
    Bytes(i64),
    /// As many times these bytes.
    Scaled(Value<'m>, i64),
}

impl<'m> Value<'m> {
    fn new(raw: LLVMValueRef) -> Option<Self> {
        (!raw.is_null()).then_some(Self {
            raw,
            module: PhantomData,
        })
    }

    pub(crate) fn raw(self) -> LLVMValueRef {
        self.raw
    }

    fn kind(self) -> LLVMValueKind {
        // SAFETY: the value is not null and its module is alive.
        unsafe { LLVMGetValueKind(self.raw) }
    }

    pub(crate) fn name(self) -> String {
        let mut len = 0;
        // SAFETY: the name lives as long as the value, and is copied at once.
        unsafe {
            let start = LLVMGetValueName2(self.raw, &mut len);
            String::from_utf8_lossy(slice::from_raw_parts(start.cast(), len)).into_owned()
        }
    }

    pub(crate) fn is_function(self) -> bool {
        self.kind() == LLVMValueKind::LLVMFunctionValueKind
    }

    /// The function of an argument, and its position.
    pub(crate) fn argument(self) -> Option<(Value<'m>, usize)> {
        if self.kind() != LLVMValueKind::LLVMArgumentValueKind {
            return None;
        }
        // SAFETY: the value is an argument, whose function has as many parameters as it says.
        unsafe {
            let function = LLVMGetParamParent(self.raw);
            let position = (0..LLVMCountParams(function))
                .position(|index| LLVMGetParam(function, index) == self.raw)?;
            Some((Self::new(function)?, position))
        }
    }

    /// Whether a function is declared only.
    pub(crate) fn is_declaration(self) -> bool {
        // SAFETY: the callers ask this of functions.
        unsafe { LLVMIsDeclaration(self.raw) != 0 }
    }

    /// Whether all calls of a function are in this module.
    pub(crate) fn is_internal(self) -> bool {
        // SAFETY: the callers ask this of functions.
        let linkage = unsafe { LLVMGetLinkage(self.raw) };
        matches!(
            linkage,
            LLVMLinkage::LLVMInternalLinkage | LLVMLinkage::LLVMPrivateLinkage
        )
    }

    /// The section of a function.
    pub(crate) fn section(self) -> Option<String> {
        // SAFETY: the callers ask this of functions; the text is copied at once.
        unsafe {
            let section = LLVMGetSection(self.raw);
            (!section.is_null()).then(|| CStr::from_ptr(section).to_string_lossy().into_owned())
        }
    }

    pub(crate) fn instructions(self) -> Vec<Value<'m>> {
        let mut all = Vec::new();
        // SAFETY: the callers ask this of functions; the lists are not changed here.
        unsafe {
            let mut block = LLVMGetFirstBasicBlock(self.raw);
            while !block.is_null() {
                let mut next = LLVMGetFirstInstruction(block);
                while !next.is_null() {
                    all.extend(Self::new(next));
                    next = LLVMGetNextInstruction(next);
                }
                block = LLVMGetNextBasicBlock(block);
            }
        }
        all
    }

    pub(crate) fn users(self) -> Vec<Value<'m>> {
        let mut users = Vec::new();
        // SAFETY: the list of uses is not changed here.
        unsafe {
            let mut next = LLVMGetFirstUse(self.raw);
            while !next.is_null() {
                users.extend(Self::new(LLVMGetUser(next)));
                next = LLVMGetNextUse(next);
            }
        }
        users
    }

    /// The function around an instruction.
    pub(crate) fn parent(self) -> Option<Value<'m>> {
        if !self.is_instruction() {
            return None;
        }
        // SAFETY: an instruction of a module has a block, which has a function.
        Self::new(unsafe { LLVMGetBasicBlockParent(LLVMGetInstructionParent(self.raw)) })
    }

    pub(crate) fn is_instruction(self) -> bool {
        self.kind() == LLVMValueKind::LLVMInstructionValueKind
    }

    /// The opcode of an instruction or a constant expression.
    pub(crate) fn opcode(self) -> Option<LLVMOpcode> {
        match self.kind() {
            // SAFETY: the value is an instruction.
            LLVMValueKind::LLVMInstructionValueKind => unsafe {
                Some(LLVMGetInstructionOpcode(self.raw))
            },
            // SAFETY: the value is a constant expression.
            LLVMValueKind::LLVMConstantExprValueKind => unsafe {
                Some(LLVMGetConstOpcode(self.raw))
            },
            _ => None,
        }
    }

    /// The operands of an instruction or a constant expression; of a phi, what comes in.
    pub(crate) fn operands(self) -> Vec<Value<'m>> {
        if self.opcode().is_none() {
            return Vec::new();
        }
        // SAFETY: a user has as many operands as it says.
        unsafe {
            let count = c_uint::try_from(LLVMGetNumOperands(self.raw)).unwrap_or(0);
            (0..count)
                .filter_map(|index| Self::new(LLVMGetOperand(self.raw, index)))
                .collect()
        }
    }

    /// What a call calls, and with what.
    pub(crate) fn call(self) -> Option<(Value<'m>, Vec<Value<'m>>)> {
        if !self.is_instruction() || self.opcode() != Some(LLVMOpcode::LLVMCall) {
            return None;
        }
        // SAFETY: the value is a call, which has that many arguments.
        unsafe {
            let callee = Self::new(LLVMGetCalledValue(self.raw))?;
            let count = LLVMGetNumArgOperands(self.raw);
            let arguments =
                (0..count).filter_map(|index| Self::new(LLVMGetOperand(self.raw, index)));
            Some((callee, arguments.collect()))
        }
    }

    /// A constant integer of at most 64 bits. A null pointer is 0.
    pub(crate) fn integer(self) -> Option<i64> {
        match self.kind() {
            // SAFETY: the value is a constant integer; wider ones are kept out.
            LLVMValueKind::LLVMConstantIntValueKind => unsafe {
                (LLVMGetIntTypeWidth(LLVMTypeOf(self.raw)) <= 64)
                    .then(|| LLVMConstIntGetSExtValue(self.raw))
            },
            LLVMValueKind::LLVMConstantPointerNullValueKind => Some(0),
            _ => None,
        }
    }

    /// Whether it is a pointer or has 64 bits.
    pub(crate) fn is_wide(self) -> bool {
        // SAFETY: every value has a type, and the width is asked of integers only.
        unsafe {
            let of = LLVMTypeOf(self.raw);
            match LLVMGetTypeKind(of) {
                LLVMTypeKind::LLVMPointerTypeKind => true,
                LLVMTypeKind::LLVMIntegerTypeKind => LLVMGetIntTypeWidth(of) == 64,
                _ => false,
            }
        }
    }

    /// Whether it is one of the globals whose value is a relocation's
    /// (`BPFCoreSharedInfo::AmaAttr` in `BPFCORE.h`).
    pub(crate) fn is_relocation(self) -> bool {
        self.kind() == LLVMValueKind::LLVMGlobalVariableValueKind && {
            let name = self.name();
            name.starts_with("llvm.") && name.contains(':') && name.contains('$')
        }
    }

    /// The base of a GEP, and the way from there.
    pub(crate) fn way(self, module: &Module<'_>) -> Option<(Value<'m>, Vec<Step<'m>>)> {
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
            let mut of = LLVMGetGEPSourceElementType(self.raw);
            let mut steps = vec![step(*first, size(of)?)];
            for index in rest {
                match LLVMGetTypeKind(of) {
                    LLVMTypeKind::LLVMStructTypeKind => {
                        let field = c_uint::try_from(index.integer()?).ok()?;
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
    match index.integer() {
        Some(index) => Step::Bytes(index.wrapping_mul(size)),
        None => Step::Scaled(index, size),
    }
}
