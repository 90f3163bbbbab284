//! Optimises a linked module before code generation, as bpf-linker does (`llvm::optimize` there): hides the
//! symbols that are not exported, and runs LLVM's passes.
//!
//! Beside that, a file for each thing that LLVM does not do by itself, in the order in which they are done:
//! - `debug_checks.rs`, `unpack.rs`: what rustc makes, in a form that LLVM sees through
//! - `keys.rs`: names for types while LLVM makes relocations
//! - `callable.rs`, `unread.rs`: functions that eBPF cannot call, results that no caller reads
//! - `assumptions.rs`, `answers.rs`, `filled.rs`: what LLVM may know when the passes run once more
//! - `outcomes.rs`, `errnos.rs`: where a helper has failed, and the number that it gave
//! - `places/`, `slots.rs`: values that are passed on, and variables that have one memory
//! - `ranges.rs`, `widths.rs`, `flags.rs`, `equal.rs`, `alternatives.rs`, `layout.rs`, `errors.rs`: what costs an
//!   instruction in eBPF alone

mod alternatives;
mod answers;
mod assumptions;
mod callable;
mod calls;
pub(crate) mod debug_checks;
mod equal;
mod errnos;
mod errors;
mod filled;
mod flags;
mod keys;
mod layout;
mod outcomes;
mod places;
mod ranges;
mod slots;
mod unpack;
mod unread;
mod widths;

use std::collections::BTreeSet;

use bpf_linker::{LinkerOptions, OptLevel};
use inkwell::{
    attributes::{Attribute, AttributeLoc},
    llvm_sys::{
        LLVMLinkage, LLVMVisibility,
        core::{
            LLVMGetFirstGlobalAlias, LLVMGetModuleInlineAsm, LLVMGetNextGlobalAlias,
            LLVMSetLinkage, LLVMSetModuleInlineAsm2, LLVMSetVisibility,
        },
    },
    module::Module,
    passes::PassBuilderOptions,
    targets::TargetMachine,
    values::FunctionValue,
};
use memchr::memmem;

use crate::error::{Error, Result};
use crate::input::BUILTINS;
use crate::input::session;
use crate::ir::{self, Value};
use crate::optimise::keys::Keys;

/// Optimises the module for the machine.
///
/// # Errors
/// When LLVM does not know the passes.
pub(crate) fn optimise(
    module: &Module<'_>,
    machine: &TargetMachine,
    options: &LinkerOptions,
    export_symbols: &[String],
) -> Result<()> {
    let builtins = BUILTINS.iter().filter(|_| !options.disable_memory_builtins);
    let exported: BTreeSet<&[u8]> = export_symbols
        .iter()
        .map(String::as_bytes)
        .chain(builtins.map(|name| name.as_bytes()))
        .collect();
    forget_probestack(module);
    for symbol in ir::globals(module)
        .chain(aliases(module))
        .chain(ir::functions(module))
    {
        hide(symbol, &exported);
    }
    for function in ir::functions(module).filter(|of| !of.name().starts_with(b"llvm.")) {
        // clang marks functions with it at `-O0`. Code generation makes no relocations in such functions
        // (`skipFunction` in `BPFMISimplifyPatchable.cpp`).
        remove(function, "optnone");
        if options.ignore_inline_never {
            remove(function, "noinline");
        }
    }
    unpack::unpack(module);
    let keys = Keys::separate(module);
    // The pipeline comes first, or LLVM ignores it.
    let passes = format!("{},dce", pipeline(options.optimize));
    let run = || module.run_passes(&passes, machine, PassBuilderOptions::create());
    let mut result = run();
    if result.is_ok() && callable::inline_others(module) {
        result = run();
    }
    if result.is_ok() && unread::take_out(module) {
        result = run();
    }
    callable::return_by_pointer(module);
    keys.restore();
    if result.is_ok() {
        assumptions::drop(module);
        errnos::unbound(module);
        widths::widen(module);
        answers::join(module);
        filled::tell(module);
        result = module.run_passes(FILLED, machine, PassBuilderOptions::create());
        places::merge(module);
        places::reserved::fill(module);
        places::idle::take_out(module);
        places::split::split(module);
        places::chosen::leave(module);
        places::idle::take_out(module);
        places::join::join(module);
        places::constants::write(module);
        slots::share(module);
        result =
            result.and_then(|()| module.run_passes(AGAIN, machine, PassBuilderOptions::create()));
        answers::end(module);
    }
    widths::widen(module);
    flags::take_out(module);
    calls::join(module);
    ranges::part(module);
    equal::bring(module);
    alternatives::join(module);
    layout::order(module);
    errors::meet(module);
    for function in ir::functions(module) {
        // LLVM gives such functions a section of their own, and libbpf takes that section for a program.
        remove(function, "cold");
    }
    result.map_err(|message| {
        Error::new("LLVM cannot optimise this program").note(session::lossy(&message))
    })
}

/// What takes out writes to memory that a helper fills afterwards.
const FILLED: &str = "function(dse)";

/// What is run once more, when LLVM knows more than at first.
const AGAIN: &str = "function(early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,\
                     jump-threading,simplifycfg,instcombine<no-verify-fixpoint>,dse,adce,simplifycfg)";

fn remove(function: Value<'_>, attribute: &str) {
    // SAFETY: the value is a function of a live module.
    if let Some(function) = unsafe { FunctionValue::new(function.raw()) } {
        let kind = Attribute::get_named_enum_kind_id(attribute);
        function.remove_enum_attribute(AttributeLoc::Function, kind);
    }
}

fn pipeline(level: OptLevel) -> &'static str {
    match level {
        // The verifier refuses programs that are optimised less, and nobody steps through one in a
        // debugger. So `cargo build` gives the code of `cargo build --release`.
        OptLevel::No | OptLevel::Less | OptLevel::Default => "default<O2>",
        OptLevel::Aggressive => "default<O3>",
        OptLevel::Size => "default<Os>",
        OptLevel::SizeMin => "default<Oz>",
    }
}

/// Hides a symbol that is not exported, so LLVM may inline and remove it.
fn hide(symbol: Value<'_>, exported: &BTreeSet<&[u8]>) {
    let name = symbol.name();
    if symbol.is_declaration() || name.starts_with(b"llvm.") || exported.contains(name) {
        return;
    }
    // SAFETY: the value is a global symbol with a definition.
    unsafe {
        LLVMSetLinkage(symbol.raw(), LLVMLinkage::LLVMInternalLinkage);
        LLVMSetVisibility(symbol.raw(), LLVMVisibility::LLVMDefaultVisibility);
    }
}

fn aliases<'m>(module: &'m Module<'_>) -> impl Iterator<Item = Value<'m>> {
    // SAFETY: the module is alive.
    let first = unsafe { Value::new(LLVMGetFirstGlobalAlias(module.as_mut_ptr())) };
    // SAFETY: the value is an alias of a live module.
    let next = |alias: &Value<'m>| unsafe { Value::new(LLVMGetNextGlobalAlias(alias.raw())) };
    std::iter::successors(first, next)
}

/// Removes code for x86, which rustc puts into crates that it built for the host.
fn forget_probestack(module: &Module<'_>) {
    let mut len = 0;
    // SAFETY: the module is alive; its assembly is read before it is replaced.
    unsafe {
        let start = LLVMGetModuleInlineAsm(module.as_mut_ptr(), &mut len);
        if start.is_null() {
            return;
        }
        let assembly = std::slice::from_raw_parts(start.cast::<u8>(), len);
        if memmem::find(assembly, b"__rust_probestack").is_some() {
            LLVMSetModuleInlineAsm2(module.as_mut_ptr(), std::ptr::null(), 0);
        }
    }
}
