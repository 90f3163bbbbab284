//! The order of things: read, join, lower, optimise, generate, check.

use std::{
    collections::BTreeMap,
    fs, mem,
    path::{Path, PathBuf},
};

use bpf_linker::{Linker, LinkerError, LinkerInput, LinkerOptions, OutputType};
use inkwell::{module::Module, targets::TargetMachine};
use memchr::memmem;
use tracing::info;

use crate::{
    asked::Asked,
    check, corelint, debug_checks,
    descriptor::Request,
    diagnosis, emit,
    error::{Error, Result},
    fatal, foreign, guard,
    input::{self, Input, Piece},
    join, kfunc,
    layout::Table,
    loadable, log, lower, marker, no_return, optimise, sanitize,
    session::Session,
    subprogram, undefined, verify,
};

/// What to link, and how.
pub struct Options {
    /// bpf-linker's own options. Relocations turn `btf` on.
    pub linker: LinkerOptions,
    /// The files, in order.
    pub inputs: Vec<PathBuf>,
    /// What to make of them.
    pub output_type: OutputType,
    /// Symbols that stay visible.
    pub export_symbols: Vec<String>,
    /// A folder for the IR before and after optimisation.
    pub dump_module: Option<PathBuf>,
    /// Whether what LLVM reports as an error is one.
    pub fatal_errors: bool,
    /// What to do about findings of the linter. Without a level, it does not run.
    pub corelint: Option<corelint::Level>,
}

/// Links the inputs and gives the bytes of the output.
///
/// # Errors
/// Everything that can be wrong with the inputs, and whatever would make an object
/// without a relocation that was asked for.
pub fn link(options: Options) -> Result<Vec<u8>> {
    let inputs = input::read(&options.inputs)?;
    let pieces = input::pieces(&inputs)?;
    let must_be_ours = options.corelint.is_some()
        || pieces
            .iter()
            .any(|piece| !piece.ir.is_known_to_bpf_linker());
    let by_bpf_linker = || -> Result<Option<Vec<u8>>> {
        let output = plain(&options, &inputs, &pieces)?;
        if !matches!(options.output_type, OutputType::Object) {
            return Ok(Some(output));
        }
        if options.fatal_errors {
            loadable::check(&output)?;
        }
        Ok(loadable::knows_all_functions(&output).then_some(output))
    };
    let may_be_relocated = pieces.iter().any(may_have_relocations);
    if !must_be_ours
        && !may_be_relocated
        && let Some(output) = by_bpf_linker()?
    {
        return Ok(output);
    }
    // A process links once. To free all of a module takes longer than all that is done here
    // beside LLVM's own work.
    let session = mem::ManuallyDrop::new(start(&options.linker));
    let joined = join::join(&session, &pieces)?;
    let is_plain = may_be_relocated && !must_be_ours && !joined.relocated;
    if is_plain && let Some(output) = by_bpf_linker()? {
        return Ok(output);
    }
    let module = mem::ManuallyDrop::new(joined.module);
    lower_all(&module)?;
    let asked = Asked::of(&module);
    dump(&options, &module, "pre-opt.ll")?;
    debug_checks::remove(&module);
    let machine = emit::target_machine(&module, &options.linker)?;
    optimise::optimise(&module, &machine, &options.linker, &options.export_symbols)?;
    undefined::define(&module);
    sanitize::sanitize(&module);
    dump(&options, &module, "post-opt.ll")?;
    let btf = joined.relocated || options.linker.btf;
    finish(&options, &session, &module, &machine, &asked, btf)
}

/// Sets up LLVM as bpf-linker does: its targets, and its command line.
fn start(options: &LinkerOptions) -> Session {
    mem::forget(Linker::new(copy(options)));
    // bpf-linker has just installed its own.
    fatal::install();
    Session::new()
}

/// Checks the optimised program and makes code of it. `btf`: whether it keeps debug info.
fn finish(
    options: &Options,
    session: &Session,
    module: &Module<'_>,
    machine: &TargetMachine,
    asked: &Asked,
    btf: bool,
) -> Result<Vec<u8>> {
    if let Some(level) = options.corelint {
        corelint::check(module, level)?;
    }
    if btf {
        subprogram::complete(module);
    } else {
        module.strip_debug_info();
    }
    guard::keep(module);
    no_return::end(module);
    let wanted = verify::wanted(module, asked)?;
    emit::emit(
        session,
        module,
        machine,
        options.output_type,
        options.fatal_errors,
        &wanted,
    )
}

/// LLVM keeps the names of symbols in a blob of whole bytes, so this finds them in bitcode as well
/// as in text.
fn may_have_relocations(piece: &Piece<'_>) -> bool {
    let bytes = piece.ir.bytes();
    memmem::find(bytes, bpf_core::descriptor::MARKER_PREFIX.as_bytes()).is_some()
        || foreign::may_have(bytes)
}

/// bpf-linker as it is.
fn plain(options: &Options, inputs: &[Input], pieces: &[Piece<'_>]) -> Result<Vec<u8>> {
    info!("no relocations in any input");
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
        return Err(diagnosis::of(None, &log::take_reports()));
    }
    Ok(output.as_slice().to_vec())
}

/// Makes LLVM's intrinsics of all that Rust asks for.
fn lower_all(module: &Module<'_>) -> Result<()> {
    let markers = marker::find(module)?;
    check::debug_info(module, &markers)?;
    if markers.is_empty() && !kfunc::declared(module) {
        return Ok(());
    }
    let requests: BTreeMap<String, Request> = markers
        .iter()
        .map(|marker| (marker.text.clone(), marker.request.clone()))
        .collect();
    let table = Table::new(&requests).map_err(|impossible| {
        Error::new(format!("relocations have no local type: {impossible}"))
    })?;
    info!("{} different relocations", requests.len());
    lower::lower(module, markers, &table)
}

/// As bpf-linker's `--dump-module` does.
fn dump(options: &Options, module: &Module<'_>, name: &str) -> Result<()> {
    let Some(folder) = &options.dump_module else {
        return Ok(());
    };
    let write = |path: &Path| {
        fs::create_dir_all(folder)?;
        fs::write(path, module.print_to_string().to_bytes())
    };
    let path = folder.join(name);
    write(&path).map_err(|error| Error::file("write", &path, &error))
}

fn copy(options: &LinkerOptions) -> LinkerOptions {
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
