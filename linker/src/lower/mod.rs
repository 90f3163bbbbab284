//! Turns what Rust asks for into LLVM's preserve-access intrinsics, the form in which clang asks.

mod builder;
pub(crate) mod check;
mod debug_info;
pub(crate) mod kfunc;
mod layout;
pub(crate) mod prototype;
mod replace;

use std::collections::BTreeMap;

use inkwell::module::Module;
use tracing::info;

use crate::ask::marker;
use crate::ask::request::Request;
use crate::error::{Error, Result};
use crate::lower::layout::Table;

/// Makes LLVM's intrinsics of all that Rust asks for, and declares the kernel's functions.
///
/// # Errors
/// When a marker is wrong, when there is no debug info to put its types into, and when its type is
/// declared in ways that exclude each other.
pub(crate) fn lower(module: &Module<'_>) -> Result<()> {
    let markers = marker::find(module)?;
    check::debug_info(module, &markers)?;
    if markers.is_empty() && !kfunc::declared(module) {
        return Ok(());
    }
    let requests: BTreeMap<String, Request> = markers
        .iter()
        .map(|marker| {
            let of = &marker.descriptor;
            (of.text.clone(), of.request.clone())
        })
        .collect();
    let table = Table::new(&requests).map_err(|impossible| {
        Error::new(format!("relocations have no local type: {impossible}"))
    })?;
    info!("{} different relocations", requests.len());
    replace::replace(module, markers, &table)
}
