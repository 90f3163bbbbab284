//! A read-only view of LLVM values, where inkwell's own does not reach: the users of
//! functions and globals, constants of any kind, and metadata.
//!
//! Every [`Value`] borrows the module that it is in, so it cannot outlive it. To
//! change the module while a `Value` of it is at hand is allowed as long as the
//! value itself stays: LLVM values do not move.

pub(crate) mod metadata;
pub(crate) mod source;

use std::{
    ffi::{CStr, c_uint},
    marker::PhantomData,
    ptr::{self, NonNull},
    slice,
};

use inkwell::{
    llvm_sys::{
        LLVMBasicBlock, LLVMOpcode, LLVMTypeKind, LLVMValueKind,
        core::*,
        debuginfo::LLVMGetSubprogram,
        error::LLVMConsumeError,
        prelude::{LLVMMetadataRef, LLVMTypeRef, LLVMValueRef},
        transforms::pass_builder::{
            LLVMCreatePassBuilderOptions, LLVMDisposePassBuilderOptions, LLVMRunPassesOnFunction,
        },
    },
    module::Module,
    values::{AsValueRef as _, FunctionValue, GlobalValue},
};

/// A value in a module that lives for `'m`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Value<'m> {
    raw: LLVMValueRef,
    module: PhantomData<&'m ()>,
}

/// The functions of a module, declarations included.
pub(crate) fn functions<'m>(module: &'m Module<'_>) -> impl Iterator<Item = Value<'m>> {
    module.get_functions().map(Value::function)
}

/// The global variables of a module, declarations included.
pub(crate) fn globals<'m>(module: &'m Module<'_>) -> impl Iterator<Item = Value<'m>> {
    module.get_globals().map(Value::global)
}

impl<'m> Value<'m> {
    /// A value of a module that lives for `'m`, unless it is null.
    pub(crate) fn new(raw: LLVMValueRef) -> Option<Self> {
        (!raw.is_null()).then_some(Self {
            raw,
            module: PhantomData,
        })
    }

    fn function(function: FunctionValue<'_>) -> Self {
        Self {
            raw: function.as_value_ref(),
            module: PhantomData,
        }
    }

    fn global(global: GlobalValue<'_>) -> Self {
        Self {
            raw: global.as_value_ref(),
            module: PhantomData,
        }
    }

    pub(crate) fn raw(self) -> LLVMValueRef {
        self.raw
    }

    fn kind(self) -> LLVMValueKind {
        // SAFETY: the value is not null and its module is alive.
        unsafe { LLVMGetValueKind(self.raw) }
    }

    /// The name, which may be any bytes.
    pub(crate) fn name(self) -> &'m [u8] {
        let mut len = 0;
        // SAFETY: the value is not null; its name lives as long as it does, and no
        // value is renamed while a view of its module exists.
        unsafe {
            let start = LLVMGetValueName2(self.raw, &mut len);
            slice::from_raw_parts(start.cast(), len)
        }
    }

    /// The instructions and constants that have this value as an operand, one for
    /// each operand.
    pub(crate) fn users(self) -> Vec<Value<'m>> {
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
    pub(crate) fn is_used(self) -> bool {
        // SAFETY: the value is not null.
        unsafe { !LLVMGetFirstUse(self.raw).is_null() }
    }

    /// Whether it is a global variable.
    pub(crate) fn is_global(self) -> bool {
        self.kind() == LLVMValueKind::LLVMGlobalVariableValueKind
    }

    /// Whether it is a declaration rather than a definition; for functions and
    /// globals.
    pub(crate) fn is_declaration(self) -> bool {
        // SAFETY: the callers ask this of functions and globals.
        unsafe { LLVMIsDeclaration(self.raw) != 0 }
    }

    /// The initializer of a global constant.
    pub(crate) fn constant_initializer(self) -> Option<Value<'m>> {
        if !self.is_global() {
            return None;
        }
        // SAFETY: the value is a global variable.
        unsafe {
            (LLVMIsGlobalConstant(self.raw) != 0)
                .then(|| LLVMGetInitializer(self.raw))
                .and_then(Self::new)
        }
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

    /// Whether it is an instruction.
    pub(crate) fn is_instruction(self) -> bool {
        self.kind() == LLVMValueKind::LLVMInstructionValueKind
    }

    /// Whether it is a plain call, no `invoke`.
    pub(crate) fn is_call(self) -> bool {
        self.is_instruction() && self.opcode() == Some(LLVMOpcode::LLVMCall)
    }

    /// What a call calls.
    pub(crate) fn callee(self) -> Option<Value<'m>> {
        if !self.is_call() {
            return None;
        }
        // SAFETY: the value is a call.
        Self::new(unsafe { LLVMGetCalledValue(self.raw) })
    }

    /// The arguments of a call.
    pub(crate) fn arguments(self) -> Vec<Value<'m>> {
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

    /// The operands of an instruction or a constant.
    pub(crate) fn operands(self) -> Vec<Value<'m>> {
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
    pub(crate) fn type_of(self) -> LLVMTypeRef {
        // SAFETY: every value has a type.
        unsafe { LLVMTypeOf(self.raw) }
    }

    /// The type by which a `getelementptr` instruction steps.
    pub(crate) fn gep_source(self) -> Option<LLVMTypeRef> {
        let is_gep = self.opcode() == Some(LLVMOpcode::LLVMGetElementPtr);
        // SAFETY: the value is a `getelementptr`.
        is_gep.then(|| unsafe { LLVMGetGEPSourceElementType(self.raw) })
    }

    /// Runs passes over a function, which must not remove a value that is still at
    /// hand.
    pub(crate) fn run_passes(self, passes: &CStr) {
        // SAFETY: the callers ask this of functions with a body. An error is a failure
        // to parse the list of passes, and is freed.
        unsafe {
            let options = LLVMCreatePassBuilderOptions();
            let error =
                LLVMRunPassesOnFunction(self.raw, passes.as_ptr(), ptr::null_mut(), options);
            LLVMDisposePassBuilderOptions(options);
            if !error.is_null() {
                LLVMConsumeError(error);
            }
        }
    }

    /// The function around an instruction.
    pub(crate) fn parent_function(self) -> Option<Value<'m>> {
        // SAFETY: every block in a module has a function.
        Self::new(unsafe { LLVMGetBasicBlockParent(self.block()?.as_ptr()) })
    }

    /// Tells the block of an instruction from others.
    pub(crate) fn block(self) -> Option<NonNull<LLVMBasicBlock>> {
        if !self.is_instruction() {
            return None;
        }
        // SAFETY: the value is an instruction.
        NonNull::new(unsafe { LLVMGetInstructionParent(self.raw) })
    }

    /// The instructions of a function.
    pub(crate) fn instructions(self) -> Vec<Value<'m>> {
        let mut instructions = Vec::new();
        // SAFETY: the callers ask this of functions, whose lists are not changed here.
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
    pub(crate) fn section(self) -> Option<String> {
        // SAFETY: the callers ask this of functions and globals; the string is
        // copied at once.
        unsafe {
            let section = LLVMGetSection(self.raw);
            (!section.is_null()).then(|| CStr::from_ptr(section).to_string_lossy().into_owned())
        }
    }

    /// The debug info of a function.
    pub(crate) fn subprogram(self) -> Option<LLVMMetadataRef> {
        // SAFETY: the callers ask this of functions.
        let subprogram = unsafe { LLVMGetSubprogram(self.raw) };
        (!subprogram.is_null()).then_some(subprogram)
    }

    /// The value of a constant integer of at most 64 bits.
    pub(crate) fn integer(self) -> Option<u64> {
        if self.kind() != LLVMValueKind::LLVMConstantIntValueKind {
            return None;
        }
        // SAFETY: the value is a constant integer; wider ones are kept out.
        unsafe {
            let of = LLVMTypeOf(self.raw);
            (LLVMGetIntTypeWidth(of) <= 64).then(|| LLVMConstIntGetZExtValue(self.raw))
        }
    }

    /// Follows a constant pointer to the global that it points into, and tells the
    /// offset in bytes from its start.
    pub(crate) fn global_and_offset(self) -> Option<(Value<'m>, u64)> {
        if self.is_global() {
            return Some((self, 0));
        }
        match self.opcode()? {
            LLVMOpcode::LLVMGetElementPtr if !self.is_instruction() => {
                let operands = self.operands();
                let (base, indices) = operands.split_first()?;
                let (global, before) = base.global_and_offset()?;
                // SAFETY: the value is a constant GEP expression.
                let source = unsafe { LLVMGetGEPSourceElementType(self.raw) };
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
    pub(crate) fn bytes(self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.append_bytes(&mut bytes)?;
        Some(bytes)
    }

    fn append_bytes(self, bytes: &mut Vec<u8>) -> Option<()> {
        // SAFETY: every value has a type.
        let of = unsafe { LLVMTypeOf(self.raw) };
        match self.kind() {
            LLVMValueKind::LLVMConstantDataArrayValueKind => {
                // Of one byte each, or the string would be in the host's byte order.
                byte_count(of)?;
                // SAFETY: the value is constant data; its bytes are copied at once.
                unsafe {
                    let mut len = 0;
                    let start = LLVMGetAsString(self.raw, &mut len);
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
