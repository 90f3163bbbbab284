//! Functions of the kernel that a program calls: kfuncs.
//!
//! libbpf finds the kernel's function by name and compares the prototypes
//! (`bpf_object__resolve_ksym_func_btf_id`), so the object's BTF needs one, in `.ksyms`. LLVM writes
//! it for a declaration with a `DISubprogram` (`BTFDebug::processFuncPrototypes`), which rustc
//! does not make. The macro `kfuncs!` leaves the prototype in the name of the symbol.

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

/// Gives each its own name, and the debug info that its prototype is written from.
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
            .help("declare functions of the kernel with `kfuncs!` of bpf-core, whose version is the linker's")
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
