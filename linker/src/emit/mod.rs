//! Makes code of an optimised module, as bpf-linker does.

pub(crate) mod linkage;

use std::{ffi::CStr, ptr};

use bpf_linker::LinkerOptions;
use inkwell::{
    OptimizationLevel,
    llvm_sys::support::LLVMParseCommandLineOptions,
    module::Module,
    targets::{CodeModel, FileType, RelocMode, Target, TargetMachine, TargetTriple},
};

use crate::error::{Error, Result};
use crate::input::session;

/// Makes an object or assembly. LLVM changes the module on the way.
///
/// # Errors
/// When LLVM cannot make code of the module.
pub(crate) fn code(
    machine: &TargetMachine,
    module: &Module<'_>,
    kind: FileType,
) -> Result<Vec<u8>> {
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
    copy_no_branches();
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

/// Keeps code generation from copying a block with a branch behind each block that goes to it. The copy is an
/// instruction more, and saves none: the way to the block takes a jump all the same.
fn copy_no_branches() {
    let arguments = [
        c"bpf-core-linker".as_ptr(),
        c"--disable-early-taildup".as_ptr(),
    ];
    // SAFETY: the array holds as many C strings; LLVM copies what it keeps, and takes null for no description.
    unsafe { LLVMParseCommandLineOptions(2, arguments.as_ptr(), ptr::null()) };
}

fn c_str(text: &CStr) -> Result<&str> {
    text.to_str()
        .map_err(|_| Error::new(format!("not UTF-8: `{}`", text.to_string_lossy())))
}
