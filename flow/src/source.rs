//! From an instruction to the line of the user's source that it comes from.

use std::ffi::{CStr, c_char, c_uint};
use std::path::Path;
use std::{ptr, slice};

use inkwell::llvm_sys::core::{
    LLVMDisposeMessage, LLVMGetMDNodeNumOperands, LLVMGetMDNodeOperands, LLVMMetadataAsValue,
    LLVMPrintValueToString,
};
use inkwell::llvm_sys::debuginfo::*;
use inkwell::llvm_sys::prelude::LLVMMetadataRef;
use inkwell::module::Module;

use crate::library::is_library;
use crate::value::Value;

/// A place in a source file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// The innermost line that is not a library's, be it that of a caller that the instruction was
/// inlined into.
pub(crate) fn line_of(instruction: Value<'_>) -> Line {
    let mut first = None;
    // SAFETY: the value is an instruction. What hangs on it is a `DILocation` or null, and so is
    // what that one is inlined at.
    unsafe {
        let mut next = LLVMInstructionGetDebugLoc(instruction.raw());
        while !next.is_null() {
            let line = Line {
                file: file_of(LLVMDILocationGetScope(next)),
                line: LLVMDILocationGetLine(next),
                column: LLVMDILocationGetColumn(next),
            };
            if line.line != 0 && !is_library(&line.file) {
                return line;
            }
            first = first.or(Some(line));
            next = LLVMDILocationGetInlinedAt(next);
        }
    }
    first.unwrap_or_default()
}

/// The debug info of a function.
pub(crate) fn subprogram(function: Value<'_>) -> Option<LLVMMetadataRef> {
    // SAFETY: the callers ask this of functions.
    let subprogram = unsafe { LLVMGetSubprogram(function.raw()) };
    (!subprogram.is_null()).then_some(subprogram)
}

/// Where a function begins.
pub(crate) fn line_of_function(function: Value<'_>) -> Line {
    subprogram(function).map_or_else(Line::default, |subprogram| Line {
        file: file_of(subprogram),
        // SAFETY: the metadata is a `DISubprogram`.
        line: unsafe { LLVMDISubprogramGetLine(subprogram) },
        column: 0,
    })
}

/// Whether LLVM ignores the debug info of a function, because its unit is switched off.
pub(crate) fn is_switched_off(module: &Module<'_>, subprogram: LLVMMetadataRef) -> bool {
    /// Where a `DISubprogram` holds its unit (`getRawUnit` in `DebugInfoMetadata.h`).
    const UNIT: usize = 5;
    // SAFETY: the metadata is a node of this module's context, the array has room for as many
    // operands as the node says it has, and the text is freed once, after its use. The C API tells
    // the emission kind in print only.
    unsafe {
        let node = LLVMMetadataAsValue(module.get_context().raw(), subprogram);
        let mut operands = vec![ptr::null_mut(); LLVMGetMDNodeNumOperands(node) as usize];
        LLVMGetMDNodeOperands(node, operands.as_mut_ptr());
        let Some(unit) = operands.get(UNIT).filter(|unit| !unit.is_null()) else {
            return true;
        };
        let text = LLVMPrintValueToString(*unit);
        let off = CStr::from_ptr(text)
            .to_string_lossy()
            .contains("emissionKind: NoDebug");
        LLVMDisposeMessage(text);
        off
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
