//! A read-only view of LLVM's values, where inkwell's own does not reach: users, operands, arguments.
//!
//! Each [`Value`] borrows its module, and so cannot outlive it. The module may be changed while a `Value` of
//! it is at hand, as long as that value stays in it: LLVM does not move values.

use std::ffi::{CStr, c_uint};
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::slice;

use inkwell::llvm_sys::core::*;
use inkwell::llvm_sys::debuginfo::LLVMGetSubprogram;
use inkwell::llvm_sys::prelude::{LLVMMetadataRef, LLVMTypeRef, LLVMValueRef};
use inkwell::llvm_sys::{LLVMBasicBlock, LLVMLinkage, LLVMOpcode, LLVMTypeKind, LLVMValueKind};
use inkwell::module::Module;
use inkwell::values::AsValueRef;
use rustc_demangle::demangle;

/// A value in a module that lives for `'m`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Value<'m> {
    raw: LLVMValueRef,
    module: PhantomData<&'m ()>,
}

/// The functions of a module, declarations included.
pub fn functions<'m>(module: &'m Module<'_>) -> impl Iterator<Item = Value<'m>> {
    module.get_functions().map(|of| Value::of(&of))
}

/// The global variables of a module, declarations included.
pub fn globals<'m>(module: &'m Module<'_>) -> impl Iterator<Item = Value<'m>> {
    module.get_globals().map(|of| Value::of(&of))
}

impl<'m> Value<'m> {
    /// A value, unless it is null.
    ///
    /// # Safety
    /// It is in a module that lives for `'m`.
    pub unsafe fn new(raw: LLVMValueRef) -> Option<Self> {
        (!raw.is_null()).then_some(Self {
            raw,
            module: PhantomData,
        })
    }

    fn of(value: &impl AsValueRef) -> Self {
        Self {
            raw: value.as_value_ref(),
            module: PhantomData,
        }
    }

    /// As LLVM's C API wants it.
    pub fn raw(self) -> LLVMValueRef {
        self.raw
    }

    pub(super) fn kind(self) -> LLVMValueKind {
        // SAFETY: the value is not null and its module is alive.
        unsafe { LLVMGetValueKind(self.raw) }
    }

    /// The name, which may be any bytes.
    pub fn name(self) -> &'m [u8] {
        let mut len = 0;
        // SAFETY: the value is not null; its name lives as long as it does, and no
        // value is renamed while a view of its module exists.
        unsafe {
            let start = LLVMGetValueName2(self.raw, &mut len);
            slice::from_raw_parts(start.cast(), len)
        }
    }

    /// The name as its author wrote it.
    pub fn readable_name(self) -> String {
        format!("{:#}", demangle(&String::from_utf8_lossy(self.name())))
    }

    /// The instructions and constants that have this value as an operand, one for each operand.
    pub fn users(self) -> Vec<Value<'m>> {
        let mut users = Vec::new();
        // SAFETY: the value is not null, and the list of uses is not changed here.
        unsafe {
            let mut next = LLVMGetFirstUse(self.raw);
            while !next.is_null() {
                users.extend(Self::new(LLVMGetUser(next)));
                next = LLVMGetNextUse(next);
            }
        }
        users
    }

    /// Whether anything has this value as an operand.
    pub fn is_used(self) -> bool {
        // SAFETY: the value is not null.
        unsafe { !LLVMGetFirstUse(self.raw).is_null() }
    }

    /// Whether it is a global variable.
    pub fn is_global(self) -> bool {
        self.kind() == LLVMValueKind::LLVMGlobalVariableValueKind
    }

    /// Whether it is a function.
    pub fn is_function(self) -> bool {
        self.kind() == LLVMValueKind::LLVMFunctionValueKind
    }

    /// Whether it is a function, a global variable or an alias.
    fn is_symbol(self) -> bool {
        matches!(
            self.kind(),
            LLVMValueKind::LLVMFunctionValueKind
                | LLVMValueKind::LLVMGlobalVariableValueKind
                | LLVMValueKind::LLVMGlobalAliasValueKind
                | LLVMValueKind::LLVMGlobalIFuncValueKind
        )
    }

    /// Whether it is a function or a global without a definition.
    pub fn is_declaration(self) -> bool {
        // SAFETY: the value is a symbol.
        self.is_symbol() && unsafe { LLVMIsDeclaration(self.raw) != 0 }
    }

    /// Whether all uses of a function or global are in this module.
    pub fn is_internal(self) -> bool {
        // SAFETY: the value is a symbol.
        let linkage = self
            .is_symbol()
            .then(|| unsafe { LLVMGetLinkage(self.raw) });
        matches!(
            linkage,
            Some(LLVMLinkage::LLVMInternalLinkage | LLVMLinkage::LLVMPrivateLinkage)
        )
    }

    /// The function of an argument, and the argument's position.
    pub fn argument(self) -> Option<(Value<'m>, usize)> {
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

    /// The initializer of a global constant.
    pub fn constant_initializer(self) -> Option<Value<'m>> {
        if !self.is_global() {
            return None;
        }
        // SAFETY: the value is a global variable.
        unsafe {
            (LLVMIsGlobalConstant(self.raw) != 0)
                .then(|| LLVMGetInitializer(self.raw))
                .and_then(|value| Self::new(value))
        }
    }

    /// The opcode of an instruction or a constant expression.
    pub fn opcode(self) -> Option<LLVMOpcode> {
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

    /// Whether it is an instruction.
    pub fn is_instruction(self) -> bool {
        self.kind() == LLVMValueKind::LLVMInstructionValueKind
    }

    /// Whether it is a phi.
    pub fn is_phi(self) -> bool {
        self.is_instruction() && self.opcode() == Some(LLVMOpcode::LLVMPHI)
    }

    /// Whether it is a plain call, no `invoke`.
    pub fn is_call(self) -> bool {
        self.is_instruction() && self.opcode() == Some(LLVMOpcode::LLVMCall)
    }

    /// What a call calls.
    pub fn callee(self) -> Option<Value<'m>> {
        if !self.is_call() {
            return None;
        }
        // SAFETY: the value is a call.
        unsafe { Self::new(LLVMGetCalledValue(self.raw)) }
    }

    /// What a call calls, and with what.
    pub fn call(self) -> Option<(Value<'m>, Vec<Value<'m>>)> {
        Some((self.callee()?, self.arguments()))
    }

    /// The arguments of a call.
    pub fn arguments(self) -> Vec<Value<'m>> {
        if !self.is_call() {
            return Vec::new();
        }
        // SAFETY: the value is a call, which has that many arguments.
        unsafe {
            (0..LLVMGetNumArgOperands(self.raw))
                .filter_map(|index| Self::new(LLVMGetOperand(self.raw, index)))
                .collect()
        }
    }

    /// The operands of an instruction or a constant; of a phi, what comes in.
    pub fn operands(self) -> Vec<Value<'m>> {
        // SAFETY: `LLVMIsAUser` answers null for what has no operands, and a user has
        // as many as it says.
        unsafe {
            if LLVMIsAUser(self.raw).is_null() {
                return Vec::new();
            }
            let count = c_uint::try_from(LLVMGetNumOperands(self.raw)).unwrap_or(0);
            (0..count)
                .filter_map(|index| Self::new(LLVMGetOperand(self.raw, index)))
                .collect()
        }
    }

    /// Tells its type from others.
    pub fn type_of(self) -> LLVMTypeRef {
        // SAFETY: every value has a type.
        unsafe { LLVMTypeOf(self.raw) }
    }

    /// Whether it is a pointer.
    pub fn is_pointer(self) -> bool {
        // SAFETY: every value has a type.
        unsafe { LLVMGetTypeKind(self.type_of()) == LLVMTypeKind::LLVMPointerTypeKind }
    }

    /// The width of an integer in bits.
    pub fn integer_width(self) -> Option<u32> {
        let of = self.type_of();
        // SAFETY: every value has a type, and the width is asked of integers only.
        unsafe {
            let is_integer = LLVMGetTypeKind(of) == LLVMTypeKind::LLVMIntegerTypeKind;
            is_integer.then(|| LLVMGetIntTypeWidth(of))
        }
    }

    /// Whether it is an integer of 64 bits.
    pub fn is_i64(self) -> bool {
        self.integer_width() == Some(64)
    }

    /// The type by which a `getelementptr` instruction steps.
    pub fn gep_source(self) -> Option<LLVMTypeRef> {
        let is_gep = self.opcode() == Some(LLVMOpcode::LLVMGetElementPtr);
        // SAFETY: the value is a `getelementptr`.
        is_gep.then(|| unsafe { LLVMGetGEPSourceElementType(self.raw) })
    }

    /// The function around an instruction.
    pub fn parent_function(self) -> Option<Value<'m>> {
        // SAFETY: every block in a module has a function.
        unsafe { Self::new(LLVMGetBasicBlockParent(self.block()?.as_ptr())) }
    }

    /// Tells the block of an instruction from others.
    pub fn block(self) -> Option<NonNull<LLVMBasicBlock>> {
        if !self.is_instruction() {
            return None;
        }
        // SAFETY: the value is an instruction.
        NonNull::new(unsafe { LLVMGetInstructionParent(self.raw) })
    }

    /// The instructions of a function.
    pub fn instructions(self) -> Vec<Value<'m>> {
        let mut instructions = Vec::new();
        if !self.is_function() {
            return instructions;
        }
        // SAFETY: the value is a function, whose lists are not changed here.
        unsafe {
            let mut block = LLVMGetFirstBasicBlock(self.raw);
            while !block.is_null() {
                let mut next = LLVMGetFirstInstruction(block);
                while !next.is_null() {
                    instructions.extend(Self::new(next));
                    next = LLVMGetNextInstruction(next);
                }
                block = LLVMGetNextBasicBlock(block);
            }
        }
        instructions
    }

    /// The section of a function or global.
    pub fn section(self) -> Option<String> {
        if !self.is_symbol() {
            return None;
        }
        // SAFETY: the value is a symbol; the string is copied at once.
        unsafe {
            let section = LLVMGetSection(self.raw);
            (!section.is_null()).then(|| CStr::from_ptr(section).to_string_lossy().into_owned())
        }
    }

    /// The debug info of a function.
    pub fn subprogram(self) -> Option<LLVMMetadataRef> {
        if !self.is_function() {
            return None;
        }
        // SAFETY: the value is a function.
        let subprogram = unsafe { LLVMGetSubprogram(self.raw) };
        (!subprogram.is_null()).then_some(subprogram)
    }
}
