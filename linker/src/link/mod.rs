//! Runs the phases of a link in their order, and gives the bytes of the output.

mod plain;

use std::{
    fs, mem,
    path::{Path, PathBuf},
};

use bpf_linker::{Linker, LinkerOptions, OutputType};
use inkwell::{
    module::Module,
    targets::{FileType, TargetMachine},
};
use memchr::memmem;

use crate::ask::{asked::Asked, foreign};
use crate::corelint;
use crate::diagnosis::{self, fatal};
use crate::emit::{self, linkage};
use crate::error::{Error, Result};
use crate::input::{self, Piece, join, session::Session};
use crate::lower;
use crate::mend::{context, guard, lines, modulo, no_return, sanitize, subprogram, undefined};
use crate::optimise::{self, debug_checks};
use crate::verify::{self, Wanted, loadable, statics, witness};

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
            .all
            .iter()
            .any(|piece| !piece.ir.is_known_to_bpf_linker());
    let by_bpf_linker = || plain::link(&options, &inputs, &pieces.all);
    let may_be_relocated = pieces.all.iter().any(may_have_relocations);
    if !must_be_ours
        && !may_be_relocated
        && let Some(output) = by_bpf_linker()?
    {
        return Ok(output);
    }
    // A process links once. To free all of a module takes longer than all that is done here
    // beside LLVM's own work.
    let session = mem::ManuallyDrop::new(start(&options.linker));
    let joined = join::join(&session, &pieces, &options.export_symbols)?;
    let is_plain = may_be_relocated && !must_be_ours && !joined.relocated;
    if is_plain && let Some(output) = by_bpf_linker()? {
        return Ok(output);
    }
    let module = mem::ManuallyDrop::new(joined.module);
    lower::lower(&module)?;
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
    mem::forget(Linker::new(plain::copy(options)));
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
    modulo::bound(module);
    context::part(module);
    lines::tell(module);
    let wanted = verify::wanted(module, asked)?;
    output(options, session, module, machine, &wanted)
}

/// Makes the output. An object with a record too few or too many is an error, and so is one that
/// loaders refuse.
fn output(
    options: &Options,
    session: &Session,
    module: &Module<'_>,
    machine: &TargetMachine,
    wanted: &Wanted,
) -> Result<Vec<u8>> {
    let refuse_errors = || -> Result<()> {
        let errors = session.take_errors();
        match errors.is_empty() || !options.fatal_errors {
            true => Ok(()),
            false => Err(diagnosis::of(module, &errors)),
        }
    };
    let output = match options.output_type {
        OutputType::Bitcode => module.write_bitcode_to_memory().as_slice().to_vec(),
        OutputType::LlvmAssembly => module.print_to_string().to_bytes().to_vec(),
        OutputType::Object => {
            // Code generation changes the module, but its own errors are told first.
            let statics = statics::check(module);
            let mut object = emit::code(machine, module, FileType::Object)?;
            refuse_errors()?;
            wanted.check(&object)?;
            if options.fatal_errors {
                loadable::check(&object)?;
                statics?;
                witness::check(&object)?;
            }
            linkage::hide_functions(&mut object)
                .map_err(|why| Error::new(format!("cannot read the object back: {why}")))?;
            object
        }
        OutputType::Assembly => {
            // Code generation changes the module, so the object to check is made of a copy.
            wanted.check(&emit::code(machine, &module.clone(), FileType::Object)?)?;
            emit::code(machine, module, FileType::Assembly)?
        }
    };
    refuse_errors()?;
    Ok(output)
}

/// LLVM keeps the names of symbols in a blob of whole bytes, so this finds them in bitcode as well
/// as in text.
fn may_have_relocations(piece: &Piece<'_>) -> bool {
    let bytes = piece.ir.bytes();
    memmem::find(bytes, bpf_core::contract::MARKER_PREFIX.as_bytes()).is_some()
        || foreign::may_have(bytes)
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
