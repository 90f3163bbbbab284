//! libclang, made safe: the only place of this crate that calls it, and the only unsafe code.
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
pub(super) use unit::{FileId, ParseError, Unit, Wanted};

/// libclang's numbers for kinds of cursors and types.
pub(super) use clang_sys as raw;
