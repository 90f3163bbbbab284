//! The order of things: read, lower, link, generate, check.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};

use bpf_linker::{Linker, LinkerError, LinkerInput, LinkerOptions, OutputType};
use inkwell::module::Module;
use memchr::memmem;
use tracing::info;

use crate::{
    check::DebugInfo,
    corelint,
    descriptor::Request,
    emit,
    error::{Error, Result},
    fatal, foreign, guard,
    input::{self, Input, Ir},
    kfunc,
    layout::Table,
    log, lower,
    marker::{self, Marker},
    session::Session,
    verify,
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

/// Set once a link of this process has had relocations.
static RELOCATED: AtomicBool = AtomicBool::new(false);

/// Links the inputs and gives the bytes of the output.
///
/// LLVM remembers relocations of a process for good, with pointers into modules that
/// are gone (`GEPGlobals` in `BPFAbstractMemberAccess.cpp`). So a process can link
/// inputs with relocations once.
///
/// # Errors
/// Everything that can be wrong with the inputs, and whatever would make an object
/// without a relocation that was asked for.
pub fn link(options: Options) -> Result<Vec<u8>> {
    let inputs = input::read(&options.inputs)?;
    let session = Session::new();
    let mut suspects = Vec::new();
    for (at, input) in inputs.iter().enumerate() {
        let Some(ir) = input.suspect else { continue };
        let module = session.parse(&input.name, &input.bytes, ir)?;
        if marker::declared(&module) {
            suspects.push((at, module));
        }
    }
    let marked = suspects
        .iter()
        .map(|(at, module)| Ok((*at, module, marker::find(module)?)))
        .collect::<Result<Vec<_>>>()?;
    if marked
        .iter()
        .all(|(_, module, markers)| markers.is_empty() && !kfunc::declared(module))
    {
        info!("no relocations in any input");
        if options.corelint.is_none() {
            return plain(options, &inputs);
        }
        let linked = relink(&options, &inputs, &BTreeMap::new())?;
        return finish(&options, &linked, options.linker.btf);
    }
    if RELOCATED.swap(true, Ordering::Relaxed) {
        return Err(Error::new("a process can link relocations only once"));
    }
    let lowered = lower_all(&session, &inputs, marked)?;
    let linked = relink(&options, &inputs, &lowered)?;
    finish(&options, &linked, true)
}

/// bpf-linker as it is.
fn plain(options: Options, inputs: &[Input]) -> Result<Vec<u8>> {
    let Options {
        linker: linker_options,
        output_type,
        export_symbols,
        dump_module,
        fatal_errors,
        ..
    } = options;
    let linker = start(linker_options, dump_module);
    let output = linker
        .link_to_buffer(
            inputs
                .iter()
                .map(|input| LinkerInput::new_from_buffer(&input.name, &input.bytes)),
            output_type,
            export_symbols.iter().map(String::as_str),
        )
        .map_err(|error| explain(&error, inputs))?;
    if fatal_errors && linker.has_errors() {
        return Err(with_reports(Error::new(
            "LLVM cannot make code for this program",
        )));
    }
    Ok(output.as_slice().to_vec())
}

/// Lowers all relocations; gives the bitcode of the inputs that had some, by their
/// position.
fn lower_all(
    session: &Session,
    inputs: &[Input],
    marked: Vec<(usize, &Module<'_>, Vec<Marker<'_>>)>,
) -> Result<BTreeMap<usize, Vec<u8>>> {
    let mut requests: BTreeMap<String, Request> = BTreeMap::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut shared: BTreeSet<Vec<u8>> = BTreeSet::new();
    for (at, module, markers) in &marked {
        DebugInfo::of(module).check(&inputs[*at].name, markers)?;
        for marker in markers {
            requests
                .entry(marker.text.clone())
                .or_insert_with(|| marker.request.clone());
        }
        taken.extend(foreign::type_names(module));
        shared.extend(lower::shared_wrappers(markers));
    }
    let is_marked = |at: usize| marked.iter().any(|(marked, ..)| *marked == at);
    let mut lowered = BTreeMap::new();
    for (at, input) in inputs.iter().enumerate() {
        if is_marked(at) {
            continue;
        }
        if foreign::may_have(&input.bytes) {
            taken.extend(foreign::type_names_of_input(session, input)?);
        }
        let calls = |name: &Vec<u8>| memmem::find(&input.bytes, name).is_some();
        if let Some(ir) = input.ir().filter(|_| shared.iter().any(calls)) {
            let module = session.parse(&input.name, &input.bytes, ir)?;
            lower::allow_inlining_of(&module, &shared);
            lowered.insert(at, bitcode(&module));
        }
    }
    let table = Table::new(&requests, &taken).map_err(|impossible| {
        Error::new(format!("relocations have no local type: {impossible}"))
    })?;
    info!("{} different relocations", requests.len());
    let mut sequence = 0;
    for (at, module, markers) in marked {
        lower::lower(&inputs[at].name, module, markers, &table, &mut sequence)?;
        lower::allow_inlining_of(module, &shared);
        lowered.insert(at, bitcode(module));
    }
    Ok(lowered)
}

fn bitcode(module: &Module<'_>) -> Vec<u8> {
    module.write_bitcode_to_memory().as_slice().to_vec()
}

/// bpf-linker's linking and optimising, with the lowered inputs in their places.
fn relink(
    options: &Options,
    inputs: &[Input],
    lowered: &BTreeMap<usize, Vec<u8>>,
) -> Result<Vec<u8>> {
    // Without BTF there are no records, and bpf-linker would strip all debug info.
    let linker_options = LinkerOptions {
        btf: true,
        ..copy(&options.linker)
    };
    let linker = start(linker_options, options.dump_module.clone());
    let linked = linker
        .link_to_buffer(
            inputs.iter().enumerate().map(|(at, input)| {
                let bytes = lowered.get(&at).unwrap_or(&input.bytes);
                LinkerInput::new_from_buffer(&input.name, bytes)
            }),
            OutputType::Bitcode,
            options.export_symbols.iter().map(String::as_str),
        )
        .map_err(|error| explain(&error, inputs))?;
    if options.fatal_errors && linker.has_errors() {
        return Err(with_reports(Error::new("LLVM cannot link this program")));
    }
    if log::take_reports()
        .iter()
        .any(|report| log::is_of_two_byte_orders(report))
    {
        return Err(of_two_byte_orders(inputs));
    }
    let linked = linked.as_slice().to_vec();
    // A process does this once. To free all of the module takes longer than all that
    // is done here beside bpf-linker's own work.
    mem::forget(linker);
    Ok(linked)
}

/// Checks the linked program and makes code of it. `btf`: whether it keeps debug info.
fn finish(options: &Options, linked: &[u8], btf: bool) -> Result<Vec<u8>> {
    let session = Session::new();
    let module = session.parse("linked_module", linked, Ir::Bitcode(0, linked.len()))?;
    module.set_name("linked_module");
    if let Some(level) = options.corelint {
        corelint::check(&module, level)?;
    }
    if !btf {
        module.strip_debug_info();
    }
    guard::keep(&module);
    let wanted = verify::wanted(&module)?;
    let output_type = options.output_type;
    emit::emit(
        &session,
        &module,
        &options.linker,
        output_type,
        options.fatal_errors,
        &wanted,
    )
}

fn start(options: LinkerOptions, dump_module: Option<PathBuf>) -> Linker {
    let mut linker = Linker::new(options);
    // bpf-linker has just installed its own.
    fatal::install();
    if let Some(path) = dump_module {
        linker.set_dump_module_path(path);
    }
    linker
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
fn explain(error: &LinkerError, inputs: &[Input]) -> Error {
    let unreadable = matches!(
        error,
        LinkerError::LinkModuleError(_)
            | LinkerError::LinkArchiveModuleError(..)
            | LinkerError::IRParseError(..)
            | LinkerError::EmbeddedBitcodeError(_)
    );
    if unreadable {
        let session = Session::new();
        for input in inputs {
            if let Err(error) = input::each_ir(input, |name, bytes, ir| {
                session.parse(name, bytes, ir).map(drop)
            }) {
                log::take_reports();
                return error;
            }
        }
    }
    with_reports(Error::new(error.to_string().replace("in_memory::", "")))
}

/// LLVM's report has no names of inputs.
fn of_two_byte_orders(inputs: &[Input]) -> Error {
    let session = Session::new();
    let mut first_of = [None, None];
    for input in inputs {
        let read = input::each_ir(input, |name, bytes, ir| {
            let module = session.parse(name, bytes, ir)?;
            let big = module
                .get_data_layout()
                .as_str()
                .to_bytes()
                .starts_with(b"E");
            first_of[usize::from(big)].get_or_insert_with(|| name.to_owned());
            Ok(())
        });
        if let Err(error) = read {
            return error;
        }
    }
    let error = Error::new("the inputs are of both byte orders");
    let [Some(little), Some(big)] = first_of else {
        return error;
    };
    error
        .note(format!("`{little}` is for `bpfel`, `{big}` for `bpfeb`"))
        .help("build all of them for one target: `clang -target bpf` takes the byte order of the machine")
}

fn with_reports(error: Error) -> Error {
    log::take_reports().into_iter().fold(error, Error::note)
}
