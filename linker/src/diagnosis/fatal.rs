//! Ends the process with one error when LLVM gives up (`report_fatal_error`), and no stack trace.

use std::{
    ffi::{CStr, c_char},
    io::Write as _,
    process,
};

use inkwell::llvm_sys::error_handling::{LLVMInstallFatalErrorHandler, LLVMResetFatalErrorHandler};

use crate::diagnosis;

/// Makes `report_fatal_error` end the process with exit code 1 and a message, in place
/// of whatever handler there is.
pub(crate) fn install() {
    // SAFETY: both only set a pointer; the handler is a function of this program.
    unsafe {
        LLVMResetFatalErrorHandler();
        LLVMInstallFatalErrorHandler(Some(give_up));
    }
}

extern "C" fn give_up(reason: *const c_char) {
    // SAFETY: LLVM passes a C string.
    let reason = unsafe { CStr::from_ptr(reason) }.to_string_lossy();
    let error = diagnosis::of_last_words(&reason);
    // Nothing is left to do where even this cannot be written.
    let _ = writeln!(std::io::stderr(), "{error}");
    process::exit(1);
}
