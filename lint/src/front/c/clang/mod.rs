//! Wraps libclang in safe types. Only this folder calls libclang, and only it has unsafe code.
//!
//! A `Unit` owns a parsed file; cursors, types and locations borrow from it. libclang is loaded
//! when the first C file is met, so that the tool runs where it is not installed.

mod cursor;
mod library;
mod text;
mod ty;
mod unit;

pub(super) use cursor::Cursor;
pub(super) use library::Library;
pub(super) use ty::Type;
pub(super) use unit::{Diagnostic, FileId, ParseError, Unit, Wanted};

/// libclang's numbers for kinds of cursors and types.
pub(super) use clang_sys as raw;
