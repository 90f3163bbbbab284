//! Copies strings of libclang.

use std::ffi::CStr;

use clang_sys::CXString;

/// Copies a string, and frees it.
pub(super) fn owned(string: CXString) -> String {
    // SAFETY: `string` is what libclang just returned; it is read before it is disposed of, once.
    unsafe {
        let text = clang_sys::clang_getCString(string);
        let copy = if text.is_null() {
            String::new()
        } else {
            CStr::from_ptr(text).to_string_lossy().into_owned()
        };
        clang_sys::clang_disposeString(string);
        copy
    }
}
