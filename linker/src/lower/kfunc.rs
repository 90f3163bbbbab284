//! Declares the kfuncs that a program calls, with the debug info that loaders need.
//!
//! libbpf finds the kernel's function by name, and compares its prototype with that in the object's BTF
//! (`bpf_object__resolve_ksym_func_btf_id`). LLVM writes a prototype for a declaration that has a
//! `DISubprogram` (`BTFDebug::processFuncPrototypes`). rustc makes none, so the macro `kfuncs!` puts the
//! prototype into the name of the symbol, and this module makes the `DISubprogram`.

use inkwell::{
    llvm_sys::{
        core::{
            LLVMDeleteFunction, LLVMGetNamedFunction, LLVMReplaceAllUsesWith, LLVMSetSection,
            LLVMSetValueName2,
        },
        debuginfo::LLVMSetSubprogram,
    },
    module::Module,
};

use crate::ask::prototype::{Prototype, is_kfunc};
use crate::error::{Error, Result};
use crate::ir::{self, Value, source};
use crate::lower::prototype::Prototypes;

/// Where libbpf looks for the functions of the kernel.
const SECTION: &std::ffi::CStr = c".ksyms";

/// Whether the module declares one.
pub(crate) fn declared(module: &Module<'_>) -> bool {
    ir::functions(module).any(|function| is_kfunc(function.name()))
}

/// Gives each declaration of a kfunc the kernel's name and a `DISubprogram`.
///
/// # Errors
/// When a prototype cannot be read, or the name belongs to another function.
pub(crate) fn declare(module: &Module<'_>) -> Result<()> {
    let kfuncs: Vec<Value<'_>> = ir::functions(module)
        .filter(|function| is_kfunc(function.name()))
        .collect();
    if kfuncs.is_empty() {
        return Ok(());
    }
    let prototypes = Prototypes::new(module, "vmlinux");
    kfuncs
        .into_iter()
        .try_for_each(|kfunc| declare_one(module, &prototypes, kfunc))
}

fn declare_one(module: &Module<'_>, prototypes: &Prototypes, kfunc: Value<'_>) -> Result<()> {
    let symbol = String::from_utf8_lossy(kfunc.name()).into_owned();
    let called = kfunc.users().into_iter().find(|user| user.is_instruction());
    let refused = |why: &str| {
        Error::new(format!("{why}: `{symbol}`"))
            .at(called.and_then(source::line_of))
            .help("declare functions of the kernel with `kfuncs!`, in bpf-core of the linker's version")
    };
    if !kfunc.is_declaration() {
        return Err(refused("a function of the kernel is defined"));
    }
    let Some(prototype) = Prototype::of_symbol(&symbol) else {
        return Err(refused("malformed prototype of a function of the kernel"));
    };
    let name = std::ffi::CString::new(&*prototype.name)
        .map_err(|_| refused("malformed name of a function of the kernel"))?;
    // SAFETY: the module is alive, and the name a C string.
    let other = unsafe { Value::new(LLVMGetNamedFunction(module.as_mut_ptr(), name.as_ptr())) };
    if let Some(other) = other {
        if !other.is_declaration() {
            return Err(refused("the program defines a function of this name"));
        }
        // SAFETY: both are functions of this module, and pointers are of one type.
        unsafe {
            LLVMReplaceAllUsesWith(kfunc.raw(), other.raw());
            LLVMDeleteFunction(kfunc.raw());
        }
        return Ok(());
    }
    let subprogram = prototypes.subprogram(&prototype, false, false);
    // SAFETY: the value is a declaration of this module, and the subprogram of its context.
    unsafe {
        LLVMSetValueName2(
            kfunc.raw(),
            prototype.name.as_ptr().cast(),
            prototype.name.len(),
        );
        LLVMSetSection(kfunc.raw(), SECTION.as_ptr());
        LLVMSetSubprogram(kfunc.raw(), subprogram);
    }
    Ok(())
}
