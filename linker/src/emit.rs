//! Code generation as bpf-linker does it, from an optimised module.

use std::ffi::CStr;

use bpf_linker::{LinkerOptions, OutputType};
use inkwell::{
    OptimizationLevel,
    module::Module,
    targets::{CodeModel, FileType, RelocMode, Target, TargetMachine, TargetTriple},
};

use crate::{
    diagnosis,
    error::{Error, Result},
    linkage, loadable,
    session::{self, Session},
    verify::Wanted,
};

/// Makes the output, and checks it against what is `wanted` where it has records.
///
/// # Errors
/// When LLVM cannot make code, reports an error on the way and `fatal_errors` is set,
/// or leaves out a relocation.
pub(crate) fn emit(
    session: &Session,
    module: &Module<'_>,
    machine: &TargetMachine,
    output_type: OutputType,
    fatal_errors: bool,
    wanted: &Wanted,
) -> Result<Vec<u8>> {
    let output = match output_type {
        OutputType::Bitcode => module.write_bitcode_to_memory().as_slice().to_vec(),
        OutputType::LlvmAssembly => module.print_to_string().to_bytes().to_vec(),
        OutputType::Object => {
            let mut object = generate(machine, module, FileType::Object)?;
            refuse_errors(session, module, fatal_errors)?;
            wanted.check(&object)?;
            if fatal_errors {
                loadable::check(&object)?;
            }
            linkage::hide_functions(&mut object)
                .map_err(|why| Error::new(format!("cannot read the object back: {why}")))?;
            object
        }
        OutputType::Assembly => {
            // Code generation changes the module, so the object to check is made of a
            // copy.
            wanted.check(&generate(machine, &module.clone(), FileType::Object)?)?;
            generate(machine, module, FileType::Assembly)?
        }
    };
    refuse_errors(session, module, fatal_errors)?;
    Ok(output)
}

fn refuse_errors(session: &Session, module: &Module<'_>, fatal_errors: bool) -> Result<()> {
    let errors = session.take_errors();
    if errors.is_empty() || !fatal_errors {
        return Ok(());
    }
    Err(diagnosis::of(Some(module), &errors))
}

fn generate(machine: &TargetMachine, module: &Module<'_>, kind: FileType) -> Result<Vec<u8>> {
    let buffer = machine
        .write_to_memory_buffer(module, kind)
        .map_err(|message| {
            Error::new("LLVM cannot make code for this program").note(session::lossy(&message))
        })?;
    Ok(buffer.as_slice().to_vec())
}

/// The same choice of target and the same options as bpf-linker's
/// `create_target_machine`, or the two would make different code.
///
/// # Errors
/// When LLVM does not know the target.
pub(crate) fn target_machine(
    module: &Module<'_>,
    options: &LinkerOptions,
) -> Result<TargetMachine> {
    let of_module = module.get_triple();
    let triple = match &options.target {
        Some(target) => c_str(target)?.to_owned(),
        None if of_module.as_str().to_bytes().starts_with(b"bpf") => {
            c_str(of_module.as_str())?.to_owned()
        }
        None => "bpf".to_owned(),
    };
    let unknown = |why: &str| Error::new(format!("invalid LLVM target `{triple}`")).note(why);
    let target_triple = TargetTriple::create(&triple);
    Target::from_triple(&target_triple)
        .map_err(|message| unknown(&session::lossy(&message)))?
        .create_target_machine(
            &target_triple,
            &options.cpu.to_string(),
            c_str(&options.cpu_features)?,
            OptimizationLevel::Aggressive,
            RelocMode::Static,
            CodeModel::Default,
        )
        .ok_or_else(|| unknown("LLVM makes no target machine for it"))
}

fn c_str(text: &CStr) -> Result<&str> {
    text.to_str()
        .map_err(|_| Error::new(format!("not UTF-8: `{}`", text.to_string_lossy())))
}
