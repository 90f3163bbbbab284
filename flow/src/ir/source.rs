//! From an instruction or a function to lines of the source, by debug info.

use std::ffi::{CStr, c_char, c_uint};
use std::marker::PhantomData;
use std::path::Path;
use std::{iter, ptr, slice};

use inkwell::llvm_sys::core::{
    LLVMDisposeMessage, LLVMGetMDNodeNumOperands, LLVMGetMDNodeOperands, LLVMMetadataAsValue,
    LLVMPrintValueToString, LLVMValueAsMetadata,
};
use inkwell::llvm_sys::debuginfo::*;
use inkwell::llvm_sys::prelude::{LLVMContextRef, LLVMMetadataRef, LLVMValueRef};
use inkwell::module::Module;

use super::Value;

/// A place in a source file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// With its folder; empty where debug info names none.
    pub file: String,
    /// From 1; 0 where debug info has none.
    pub line: u32,
    /// From 1; 0 where debug info has none.
    pub column: u32,
}

/// A location of LLVM's debug info: a place in a source file, and the call through which it was inlined.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Location<'m> {
    raw: LLVMMetadataRef,
    module: PhantomData<&'m ()>,
}

impl<'m> Location<'m> {
    /// That of an instruction.
    pub fn of(instruction: Value<'m>) -> Option<Self> {
        if !instruction.is_instruction() {
            return None;
        }
        // SAFETY: the value is an instruction. What hangs on it is a `DILocation` or null.
        Self::new(unsafe { LLVMInstructionGetDebugLoc(instruction.raw()) })
    }

    fn new(raw: LLVMMetadataRef) -> Option<Self> {
        (!raw.is_null()).then_some(Self {
            raw,
            module: PhantomData,
        })
    }

    /// The call through which the function of this location was inlined.
    pub fn caller(self) -> Option<Self> {
        // SAFETY: a `DILocation` is inlined at another one, or at null.
        Self::new(unsafe { LLVMDILocationGetInlinedAt(self.raw) })
    }

    /// Gives it to an instruction of the function that all calls lead to.
    pub fn give(self, instruction: Value<'m>) {
        // SAFETY: the value is an instruction, and the location is alive.
        unsafe { LLVMInstructionSetDebugLoc(instruction.raw(), self.raw) };
    }

    /// Its file, line and column.
    pub fn line(self) -> Line {
        // SAFETY: a `DILocation` has a scope.
        unsafe {
            Line {
                file: file_of(LLVMDILocationGetScope(self.raw)),
                line: LLVMDILocationGetLine(self.raw),
                column: LLVMDILocationGetColumn(self.raw),
            }
        }
    }
}

/// The line of an instruction and those of the calls through which it was inlined, from inside out.
pub fn lines(instruction: Value<'_>) -> impl Iterator<Item = Line> {
    let callers = iter::successors(Location::of(instruction), |here| here.caller());
    callers.map(Location::line)
}

/// The line where a function begins, if it has debug info.
pub fn line_of_function(function: Value<'_>) -> Option<Line> {
    let subprogram = function.subprogram()?;
    Some(Line {
        file: file_of(subprogram),
        // SAFETY: the metadata is a `DISubprogram`.
        line: unsafe { LLVMDISubprogramGetLine(subprogram) },
        column: 0,
    })
}

/// How much debug info LLVM writes for a compile unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emission {
    /// None: the unit is switched off.
    Nothing,
    /// Lines only.
    Lines,
    /// Lines, types and variables.
    Full,
}

impl Emission {
    /// That of a unit.
    ///
    /// # Safety
    /// The metadata is a `DICompileUnit` of the context, and both are alive.
    pub unsafe fn of(context: LLVMContextRef, unit: LLVMMetadataRef) -> Self {
        // The C API tells the kind in print only.
        // SAFETY: the node is of the context; the text is freed once, after its use.
        let text = unsafe {
            let text = LLVMPrintValueToString(LLVMMetadataAsValue(context, unit));
            let printed = CStr::from_ptr(text).to_string_lossy().into_owned();
            LLVMDisposeMessage(text);
            printed
        };
        if text.contains("emissionKind: NoDebug") {
            Self::Nothing
        } else if text.contains("emissionKind: FullDebug") {
            Self::Full
        } else {
            Self::Lines
        }
    }
}

/// How much debug info LLVM writes for a function, if it has any.
pub fn emission(module: &Module<'_>, function: Value<'_>) -> Option<Emission> {
    /// Where a `DISubprogram` holds its unit (`getRawUnit` in `DebugInfoMetadata.h`).
    const UNIT: usize = 5;
    let subprogram = function.subprogram()?;
    let context = module.get_context().raw();
    // SAFETY: the metadata is a node of this context, the array has room for as many operands as the node
    // says it has, and the operand is a unit or null.
    unsafe {
        let node = LLVMMetadataAsValue(context, subprogram);
        let mut operands = vec![ptr::null_mut(); LLVMGetMDNodeNumOperands(node) as usize];
        LLVMGetMDNodeOperands(node, operands.as_mut_ptr());
        let unit = operands.get(UNIT).filter(|unit| !unit.is_null());
        let of = |unit: &LLVMValueRef| Emission::of(context, LLVMValueAsMetadata(*unit));
        Some(unit.map_or(Emission::Nothing, of))
    }
}

fn file_of(scope: LLVMMetadataRef) -> String {
    // SAFETY: the metadata is a scope; its file may be null.
    let file = unsafe { LLVMDIScopeGetFile(scope) };
    if file.is_null() {
        return String::new();
    }
    let text = |get: unsafe extern "C" fn(LLVMMetadataRef, *mut c_uint) -> *const c_char| {
        let mut len = 0;
        // SAFETY: the metadata is a `DIFile`; the text is copied at once.
        unsafe {
            let start = get(file, &mut len);
            if start.is_null() {
                return String::new();
            }
            String::from_utf8_lossy(slice::from_raw_parts(start.cast(), len as usize)).into_owned()
        }
    };
    let path = Path::new(&text(LLVMDIFileGetDirectory)).join(text(LLVMDIFileGetFilename));
    path.to_string_lossy().into_owned()
}
