//! From an instruction to the line of the user's source that it comes from.

use std::{
    ffi::{c_char, c_uint},
    path::{Component, Path, PathBuf},
    slice,
};

use inkwell::llvm_sys::{
    debuginfo::{
        LLVMDIFileGetDirectory, LLVMDIFileGetFilename, LLVMDILocationGetColumn,
        LLVMDILocationGetInlinedAt, LLVMDILocationGetLine, LLVMDILocationGetScope,
        LLVMDIScopeGetFile, LLVMDISubprogramGetLine, LLVMInstructionGetDebugLoc,
    },
    prelude::LLVMMetadataRef,
};

use crate::error::Location;
use crate::ir::Value;

/// How many callers up the search goes.
const FARTHEST: usize = 8;

/// The line that a user would change: the innermost one that is not of bpf-core
/// itself, be it in this function or in a caller.
pub(crate) fn line_of(instruction: Value<'_>) -> Option<Location> {
    let mut fallback = None;
    let mut here = instruction;
    for _ in 0..FARTHEST {
        for location in inlining(here) {
            if !is_runtime(&location.file) {
                return Some(location);
            }
            fallback = Some(location);
        }
        let Some(caller) = here.parent_function().and_then(|function| {
            function
                .users()
                .into_iter()
                .find(|user| user.callee() == Some(function))
        }) else {
            break;
        };
        here = caller;
    }
    fallback
}

/// Where a function begins.
pub(crate) fn line_of_function(function: Value<'_>) -> Option<Location> {
    let subprogram = function.subprogram()?;
    // SAFETY: the metadata is a `DISubprogram`, which is a scope.
    let line = unsafe { LLVMDISubprogramGetLine(subprogram) };
    Some(Location {
        file: file_of(subprogram)?,
        line,
        column: 0,
    })
}

/// Where a function begins; one that is not the user's, where it is called.
pub(crate) fn line_around(function: Value<'_>) -> Option<Location> {
    let mut waiting = vec![function];
    let mut next = 0;
    while let Some(&here) = waiting.get(next).filter(|_| next < FARTHEST * FARTHEST) {
        next += 1;
        let line = line_of_function(here).filter(|line| line.line != 0);
        if let Some(line) = line.filter(|line| !is_runtime(&line.file) && !is_of_core(&line.file)) {
            return Some(line);
        }
        for call in here.users().into_iter().filter(|user| user.is_call()) {
            let mut lines = inlining(call).into_iter().filter(|line| line.line != 0);
            let line = lines.find(|line| !is_runtime(&line.file) && !is_of_core(&line.file));
            if line.is_some() {
                return line;
            }
            let caller = call.parent_function();
            waiting.extend(caller.filter(|caller| !waiting.contains(caller)));
        }
    }
    None
}

/// Whether a file is one of Rust's own libraries.
pub(crate) fn is_of_core(file: &Path) -> bool {
    let file = file.to_string_lossy();
    ["/library/core/", "/library/compiler-builtins/", "/rustc/"]
        .iter()
        .any(|folder| file.contains(folder))
}

/// The location of an instruction and of the calls through which it was inlined,
/// inside out.
fn inlining(instruction: Value<'_>) -> Vec<Location> {
    let mut locations = Vec::new();
    // SAFETY: the value is an instruction. What hangs on it is a `DILocation` or
    // null, and so is what that one is inlined at.
    unsafe {
        let mut next = LLVMInstructionGetDebugLoc(instruction.raw());
        while !next.is_null() {
            if let Some(file) = file_of(LLVMDILocationGetScope(next)) {
                locations.push(Location {
                    file,
                    line: LLVMDILocationGetLine(next),
                    column: LLVMDILocationGetColumn(next),
                });
            }
            next = LLVMDILocationGetInlinedAt(next);
        }
    }
    locations
}

fn file_of(scope: LLVMMetadataRef) -> Option<PathBuf> {
    // SAFETY: the metadata is a scope; its file may be null.
    let file = unsafe { LLVMDIScopeGetFile(scope) };
    if file.is_null() {
        return None;
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
    Some(Path::new(&text(LLVMDIFileGetDirectory)).join(text(LLVMDIFileGetFilename)))
}

/// Whether a file is one of bpf-core's: `.../bpf-core/src/...` in a checkout,
/// `.../bpf-core-0.1.0/src/...` from a registry.
fn is_runtime(file: &Path) -> bool {
    let folders: Vec<&str> = file
        .components()
        .filter_map(|component| match component {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    folders.windows(2).any(|pair| {
        let version = pair[0].strip_prefix("bpf-core");
        let is_ours = version.is_some_and(|version| {
            version.is_empty()
                || version
                    .strip_prefix('-')
                    .is_some_and(|v| v.starts_with(|c: char| c.is_ascii_digit()))
        });
        is_ours && pair[1] == "src"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_bpf_core() {
        for file in [
            "/home/u/bpf-core/src/read.rs",
            "/r/src/x/bpf-core-0.1.0/src/lib.rs",
        ] {
            assert!(is_runtime(Path::new(file)), "{file}");
        }
        for file in [
            "/home/u/src/main.rs",
            "/r/bpf-core-demo/src/main.rs",
            "/u/bpf-core/examples/a.rs",
        ] {
            assert!(!is_runtime(Path::new(file)), "{file}");
        }
    }
}
