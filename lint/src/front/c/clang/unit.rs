//! A parsed file, with its errors and texts.

use std::ffi::CString;
use std::path::Path;
use std::ptr;

use clang_sys::{CXFile, CXIndex, CXTranslationUnit, CXUnsavedFile};

use super::library::Library;
use super::text::owned;

/// What a file is parsed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::front::c) enum Wanted {
    /// To look at it.
    Tree,
    /// To be saved, and included by others.
    Precompiled,
}

/// A parsed file, with all that it includes.
#[derive(Debug)]
pub(in crate::front::c) struct Unit {
    index: CXIndex,
    pub(super) unit: CXTranslationUnit,
}

/// Why a file could not be parsed at all.
#[derive(Clone, Copy, Debug)]
pub(in crate::front::c) enum ParseError {
    /// libclang crashed and recovered.
    Crashed,
    /// The arguments are wrong, or a precompiled header does not fit.
    Failed,
}

/// What the compiler says about a file.
#[derive(Clone, Debug)]
pub(in crate::front::c) struct Diagnostic {
    /// Its words.
    pub(in crate::front::c) text: String,
    /// Where: the file, and the byte.
    pub(in crate::front::c) at: Option<(String, usize)>,
    /// Whether parsing ended there.
    pub(in crate::front::c) fatal: bool,
}

impl Unit {
    /// Parses `path` with the arguments of a compiler, without the compiler's own name.
    pub(in crate::front::c) fn parse(
        _library: &'static Library,
        path: &Path,
        arguments: &[String],
        unsaved: &[(&Path, &str)],
        wanted: Wanted,
    ) -> Result<Self, ParseError> {
        let terminated = |text: &[u8]| CString::new(text).map_err(|_| ParseError::Failed);
        let name = terminated(path.as_os_str().as_encoded_bytes())?;
        let arguments: Vec<CString> = arguments
            .iter()
            .map(|one| terminated(one.as_bytes()))
            .collect::<Result<_, _>>()?;
        let arguments: Vec<_> = arguments.iter().map(|one| one.as_ptr()).collect();
        let names: Vec<CString> = unsaved
            .iter()
            .map(|(path, _)| terminated(path.as_os_str().as_encoded_bytes()))
            .collect::<Result<_, _>>()?;
        let mut files: Vec<CXUnsavedFile> = names
            .iter()
            .zip(unsaved)
            .map(|(name, (_, text))| CXUnsavedFile {
                Filename: name.as_ptr(),
                Contents: text.as_ptr().cast(),
                Length: text.len() as _,
            })
            .collect();
        let options = clang_sys::CXTranslationUnit_DetailedPreprocessingRecord
            | clang_sys::CXTranslationUnit_KeepGoing
            | match wanted {
                Wanted::Tree => 0,
                Wanted::Precompiled => {
                    clang_sys::CXTranslationUnit_ForSerialization
                        | clang_sys::CXTranslationUnit_Incomplete
                }
            };
        let mut unit = ptr::null_mut();
        // SAFETY: the library is loaded on this thread (`Library::get` is the only way to one). All
        // pointers are to strings and arrays that live until the call returns, with their lengths;
        // libclang copies what it keeps.
        let (index, code) = unsafe {
            // Declarations of a precompiled header are not visited: they are not the file's.
            let index = clang_sys::clang_createIndex(1, 0);
            let code = clang_sys::clang_parseTranslationUnit2(
                index,
                name.as_ptr(),
                arguments.as_ptr(),
                arguments.len() as _,
                files.as_mut_ptr(),
                files.len() as _,
                options,
                &raw mut unit,
            );
            (index, code)
        };
        // From here on, `drop` frees both.
        let parsed = Self { index, unit };
        match code {
            clang_sys::CXError_Success if !unit.is_null() => Ok(parsed),
            clang_sys::CXError_Crashed => Err(ParseError::Crashed),
            _ => Err(ParseError::Failed),
        }
    }

    /// Writes it down for `-include-pch`. Whether that worked.
    pub(in crate::front::c) fn save(&self, path: &Path) -> bool {
        let Ok(name) = CString::new(path.as_os_str().as_encoded_bytes()) else {
            return false;
        };
        // SAFETY: the unit is alive, the name is terminated.
        let code = unsafe {
            clang_sys::clang_saveTranslationUnit(
                self.unit,
                name.as_ptr(),
                clang_sys::CXSaveTranslationUnit_None,
            )
        };
        code == clang_sys::CXSaveError_None
    }

    /// The errors, in the order of the file.
    pub(in crate::front::c) fn errors(&self) -> Vec<Diagnostic> {
        let mut errors = Vec::new();
        // SAFETY: the unit is alive; indices are below the count; each diagnostic is disposed of
        // after its last use.
        unsafe {
            for index in 0..clang_sys::clang_getNumDiagnostics(self.unit) {
                let one = clang_sys::clang_getDiagnostic(self.unit, index);
                let severity = clang_sys::clang_getDiagnosticSeverity(one);
                if severity >= clang_sys::CXDiagnostic_Error {
                    let mut file: CXFile = ptr::null_mut();
                    let mut offset = 0;
                    clang_sys::clang_getExpansionLocation(
                        clang_sys::clang_getDiagnosticLocation(one),
                        &raw mut file,
                        ptr::null_mut(),
                        ptr::null_mut(),
                        &raw mut offset,
                    );
                    let at = (!file.is_null()).then(|| (FileId(file).name(), offset as usize));
                    errors.push(Diagnostic {
                        at,
                        text: owned(clang_sys::clang_getDiagnosticSpelling(one)),
                        fatal: severity >= clang_sys::CXDiagnostic_Fatal,
                    });
                }
                clang_sys::clang_disposeDiagnostic(one);
            }
        }
        errors
    }

    /// The handle, for the module's own calls.
    pub(super) fn handle(&self) -> CXTranslationUnit {
        self.unit
    }

    /// The text of a file as it was parsed.
    pub(in crate::front::c) fn text_of(&self, file: FileId) -> &[u8] {
        let mut len = 0;
        // SAFETY: the file is one of this unit (ids come from its locations), whose buffers live
        // as long as the unit; the length is that of the buffer.
        unsafe {
            let text = clang_sys::clang_getFileContents(self.unit, file.0, &raw mut len);
            if text.is_null() {
                return &[];
            }
            std::slice::from_raw_parts(text.cast(), len)
        }
    }
}

/// A file of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::front::c) struct FileId(pub(super) CXFile);

impl FileId {
    /// The name by which it was opened.
    pub(in crate::front::c) fn name(self) -> String {
        // SAFETY: ids come from locations of a unit that is alive where they are used: they are
        // handed out beside cursors and never kept in a view.
        owned(unsafe { clang_sys::clang_getFileName(self.0) })
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        // SAFETY: nothing that borrows from the unit is left; each is disposed of once, the unit
        // before its index.
        unsafe {
            if !self.unit.is_null() {
                clang_sys::clang_disposeTranslationUnit(self.unit);
            }
            clang_sys::clang_disposeIndex(self.index);
        }
    }
}
