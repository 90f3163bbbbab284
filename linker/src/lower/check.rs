//! Refuses a program that has relocations but no debug info. LLVM would silently write no records.

use bpf_core_flow::ir::source::Emission;
use inkwell::module::Module;

use crate::ask::marker::Marker;
use crate::error::{Error, Result};
use crate::ir::{
    Value,
    metadata::{Metadata, Node},
    source,
};

const HELP: &str = "set `debug = 2`, and no `strip`, in the Cargo.toml of the workspace for the profile \
     in use ([profile.release] or [profile.dev]); with rustc alone, pass `-C debuginfo=2`";

/// Checks that a program with `markers` has debug info. One crate that has some is enough:
/// `subprogram.rs` makes what the others lack.
///
/// # Errors
/// When it has none.
pub(crate) fn debug_info(module: &Module<'_>, markers: &[Marker<'_>]) -> Result<()> {
    let Some(first) = markers.first() else {
        return Ok(());
    };
    if !units(module).is_empty() {
        return Ok(());
    }
    let what = if module.get_global_metadata_size("llvm.dbg.cu") == 0 {
        "the program has no compile unit"
    } else {
        "the program switches all of it off (`NoDebug`)"
    };
    let function = first.call.parent_function();
    let function = function.map(Value::readable_name).unwrap_or_default();
    Err(Error::new(format!("relocations need debug info: {what}"))
        .at(source::line_of(first.call))
        .note(format!("needed by function `{function}`"))
        .help(HELP))
}

/// The compile units that LLVM writes debug info for.
pub(crate) fn units<'m>(module: &'m Module<'_>) -> Vec<Node<'m>> {
    let units = Metadata::of(module).units(module).into_iter();
    units
        .filter(|unit| unit.emission() != Some(Emission::Nothing))
        .collect()
}

/// The compile units that LLVM writes types and variables for.
pub(crate) fn full_units<'m>(module: &'m Module<'_>) -> Vec<Node<'m>> {
    let units = Metadata::of(module).units(module).into_iter();
    units
        .filter(|unit| unit.emission() == Some(Emission::Full))
        .collect()
}
