//! Links inputs without relocations by bpf-linker itself, as a library.

use bpf_linker::{Linker, LinkerError, LinkerInput, LinkerOptions, OutputType};
use tracing::info;

use super::Options;
use crate::diagnosis::fatal;
use crate::error::{Error, Result};
use crate::input::{Input, Piece, session::Session};
use crate::log;
use crate::verify::loadable;

/// The output of bpf-linker, unless it is an object that loaders refuse and this linker can mend.
///
/// # Errors
/// Those of bpf-linker.
pub(super) fn link(
    options: &Options,
    inputs: &[Input],
    pieces: &[Piece<'_>],
) -> Result<Option<Vec<u8>>> {
    info!("no relocations in any input");
    let Some(output) = by_bpf_linker(options, inputs, pieces)? else {
        return Ok(None);
    };
    if !matches!(options.output_type, OutputType::Object) {
        return Ok(Some(output));
    }
    if options.fatal_errors {
        loadable::check(&output)?;
    }
    Ok(loadable::is_whole(&output).then_some(output))
}

/// Nothing where LLVM has reported an error, which this linker may mend, or tells with its line.
fn by_bpf_linker(
    options: &Options,
    inputs: &[Input],
    pieces: &[Piece<'_>],
) -> Result<Option<Vec<u8>>> {
    let mut linker = Linker::new(copy(&options.linker));
    fatal::install();
    if let Some(path) = &options.dump_module {
        linker.set_dump_module_path(path);
    }
    let output = linker
        .link_to_buffer(
            inputs
                .iter()
                .map(|input| LinkerInput::new_from_buffer(&input.name, &input.bytes)),
            options.output_type,
            options.export_symbols.iter().map(String::as_str),
        )
        .map_err(|error| explain(&error, pieces))?;
    if options.fatal_errors && linker.has_errors() {
        log::take_reports();
        return Ok(None);
    }
    Ok(Some(output.as_slice().to_vec()))
}

/// `LinkerOptions` cannot be cloned.
pub(super) fn copy(options: &LinkerOptions) -> LinkerOptions {
    let LinkerOptions {
        target,
        cpu,
        cpu_features,
        optimize,
        unroll_loops,
        ignore_inline_never,
        llvm_args,
        disable_expand_memcpy_in_order,
        disable_memory_builtins,
        btf,
        allow_bpf_trap,
    } = options;
    LinkerOptions {
        target: target.clone(),
        cpu: *cpu,
        cpu_features: cpu_features.clone(),
        optimize: *optimize,
        unroll_loops: *unroll_loops,
        ignore_inline_never: *ignore_inline_never,
        llvm_args: llvm_args.clone(),
        disable_expand_memcpy_in_order: *disable_expand_memcpy_in_order,
        disable_memory_builtins: *disable_memory_builtins,
        btf: *btf,
        allow_bpf_trap: *allow_bpf_trap,
    }
}

/// bpf-linker tells which input it failed at, not why: LLVM's report went to the log.
/// Reading the inputs once more tells a damaged one from a newer one.
fn explain(error: &LinkerError, pieces: &[Piece<'_>]) -> Error {
    let unreadable = matches!(
        error,
        LinkerError::LinkModuleError(_)
            | LinkerError::LinkArchiveModuleError(..)
            | LinkerError::IRParseError(..)
            | LinkerError::EmbeddedBitcodeError(_)
    );
    if unreadable {
        let session = Session::new();
        for piece in pieces {
            if let Err(error) = session.parse(piece) {
                log::take_reports();
                return error;
            }
        }
    }
    with_reports(Error::new(error.to_string().replace("in_memory::", "")))
}

fn with_reports(error: Error) -> Error {
    log::take_reports().into_iter().fold(error, Error::note)
}
