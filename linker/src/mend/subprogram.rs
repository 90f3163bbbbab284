//! Gives every function of the linked module debug info, so that the object loads.
//!
//! Loaders and the kernel want a `func_info` for all functions of a program or for none
//! (`check_btf_func`). LLVM writes one for each function with a `DISubprogram`. Functions of a crate with
//! `debug = 0`, such as `memset` of `compiler_builtins`, have no `DISubprogram`. Functions of a crate with
//! `debug = 1` or `"line-tables-only"` have one without types, and LLVM makes a damaged prototype of it.

use std::ptr;

use inkwell::{
    context::AsContextRef as _,
    llvm_sys::{
        LLVMTypeKind,
        core::{
            LLVMCountParamTypes, LLVMGetIntTypeWidth, LLVMGetParamTypes, LLVMGetReturnType,
            LLVMGetTypeKind, LLVMGlobalGetValueType,
        },
        debuginfo::{
            LLVMDIBuilderCreateDebugLocation, LLVMDILocationGetColumn, LLVMDILocationGetInlinedAt,
            LLVMDILocationGetLine, LLVMDILocationGetScope, LLVMInstructionGetDebugLoc,
            LLVMInstructionSetDebugLoc, LLVMSetSubprogram,
        },
        prelude::{LLVMContextRef, LLVMMetadataRef, LLVMTypeRef},
        target::{LLVMABISizeOfType, LLVMGetModuleDataLayout, LLVMTargetDataRef},
    },
    module::Module,
};

use crate::ask::{
    declaration::{Declaration, Spelled},
    prototype::Prototype,
    request::Int,
};
use crate::ir::{
    self, Value,
    metadata::{Metadata, Node},
};
use crate::lower::{check, prototype::Prototypes};
use crate::mend::sanitize;

/// The file of a function without debug info.
const FILE: &str = "unknown";

/// Completes the debug info of an optimised module. A module with none at all stays so: its object
/// has no BTF.
pub(crate) fn complete(module: &Module<'_>) {
    if check::units(module).is_empty() {
        return;
    }
    let metadata = Metadata::of(module);
    // SAFETY: the module is alive, and its data layout lives as long as it.
    let layout = unsafe { LLVMGetModuleDataLayout(module.as_mut_ptr()) };
    let prototypes = Prototypes::new(module, FILE);
    let units = check::full_units(module);
    // LLVM crashes over a variable of a function whose unit has lines only.
    let unit = units.first().copied();
    let unit = unit.or_else(|| metadata.node(prototypes.full_unit()));
    for function in ir::functions(module).filter(|function| !function.is_declaration()) {
        let name = sanitize::c_name(function.name());
        let name = String::from_utf8_lossy(&name).into_owned();
        let prototype = by_registers(layout, function, name);
        let subprogram = match metadata.subprogram(function) {
            Some(subprogram) => subprogram,
            None => {
                // The verifier checks a global function without its callers, by its BTF.
                let is_local = function.section().is_none();
                let made = prototypes.subprogram(&prototype, true, is_local);
                // SAFETY: the function is one of this module, and its subprogram distinct.
                unsafe { LLVMSetSubprogram(function.raw(), made) };
                for instruction in function.instructions() {
                    locate(module.get_context().as_ctx_ref(), instruction, made);
                }
                let Some(made) = metadata.node(made) else {
                    continue;
                };
                made
            }
        };
        let is_full = subprogram.unit().is_some_and(|of| units.contains(&of));
        if let Some(unit) = unit.filter(|_| !is_full) {
            subprogram.set_unit(unit);
        }
        if subprogram.signature().is_empty()
            && let Some(signature) = metadata.node(prototypes.subroutine(&prototype))
        {
            subprogram.set_signature(signature);
        }
        name_parameters(metadata, &prototypes, function, subprogram);
    }
}

/// Names the parameters that have no name, such as `_` in Rust: the kernel refuses a function with
/// one (`btf_func_check`). LLVM takes the names from the variables of the function. Code that was
/// not optimised has them at its instructions only, and a second variable for a parameter makes
/// LLVM crash.
fn name_parameters<'m>(
    metadata: Metadata<'m>,
    prototypes: &Prototypes,
    function: Value<'m>,
    subprogram: Node<'m>,
) {
    let mut variables = subprogram.variables();
    let number = |of: &Node<'m>| of.parameter_number();
    let mut named: Vec<u32> = variables.iter().filter_map(number).collect();
    if named.len() + 1 < subprogram.signature().len() {
        for variable in metadata.variables_in(function, subprogram) {
            if let Some(number) = variable.parameter_number().filter(|of| !named.contains(of)) {
                named.push(number);
                variables.push(variable);
            }
        }
    }
    for variable in &variables {
        // rustc writes a variable for `_`, and no name.
        if let Some(number) = variable.parameter_number()
            && variable.name_in_btf().is_none_or(<[u8]>::is_empty)
        {
            variable.rename(format!("arg{number}").as_bytes());
        }
    }
    for (number, of) in (0..).zip(subprogram.signature()).skip(1) {
        if let Some(of) = of.filter(|_| !named.contains(&number)) {
            let made = prototypes.parameter(subprogram.raw(), number, of.raw());
            variables.extend(metadata.node(made));
        }
    }
    subprogram.set_variables(&variables);
}

/// What the registers hold that a function takes and gives.
fn by_registers(layout: LLVMTargetDataRef, function: Value<'_>, name: String) -> Prototype {
    // SAFETY: the value is a function, whose type has as many parameters as it says.
    let (parameters, result) = unsafe {
        let of = LLVMGlobalGetValueType(function.raw());
        let mut parameters = vec![ptr::null_mut(); LLVMCountParamTypes(of) as usize];
        LLVMGetParamTypes(of, parameters.as_mut_ptr());
        (parameters, LLVMGetReturnType(of))
    };
    let registers = |of: LLVMTypeRef| registers(layout, of);
    let first = registers(result).into_iter().next();
    Prototype {
        name,
        parameters: parameters.into_iter().flat_map(registers).collect(),
        result: first.unwrap_or(Declaration::Void),
    }
}

fn registers(layout: LLVMTargetDataRef, of: LLVMTypeRef) -> Vec<Declaration<Spelled>> {
    // SAFETY: the type is one of a live function.
    let size = unsafe {
        match LLVMGetTypeKind(of) {
            LLVMTypeKind::LLVMVoidTypeKind => return Vec::new(),
            LLVMTypeKind::LLVMPointerTypeKind => {
                return vec![Declaration::Pointer(Box::new(Declaration::Void))];
            }
            LLVMTypeKind::LLVMIntegerTypeKind if LLVMGetIntTypeWidth(of) == 1 => {
                return vec![Declaration::Integer(Int::Bool.into())];
            }
            _ => LLVMABISizeOfType(layout, of),
        }
    };
    let bits = match size {
        0 => return Vec::new(),
        1 => 8,
        2 => 16,
        3..=4 => 32,
        _ => 64,
    };
    let count = usize::try_from(size.div_ceil(8)).unwrap_or(1);
    vec![Declaration::Integer(Int::Unsigned(bits).into()); count]
}

/// Gives an instruction a line in `subprogram`. LLVM wants one for each call, if only line 0, and wants to know
/// where inlined code was inlined.
fn locate(context: LLVMContextRef, instruction: Value<'_>, subprogram: LLVMMetadataRef) {
    // SAFETY: the value is an instruction, and null no location.
    let old = unsafe { LLVMInstructionGetDebugLoc(instruction.raw()) };
    if old.is_null() && !instruction.is_call() {
        return;
    }
    // SAFETY: all is of this context.
    unsafe {
        let here = LLVMDIBuilderCreateDebugLocation(context, 0, 0, subprogram, ptr::null_mut());
        LLVMInstructionSetDebugLoc(instruction.raw(), inlined_at(context, old, here));
    }
}

/// A location as it is when what it is in has been inlined at `here`; without one, `here`.
fn inlined_at(
    context: LLVMContextRef,
    location: LLVMMetadataRef,
    here: LLVMMetadataRef,
) -> LLVMMetadataRef {
    if location.is_null() {
        return here;
    }
    // SAFETY: both are locations of this context.
    unsafe {
        LLVMDIBuilderCreateDebugLocation(
            context,
            LLVMDILocationGetLine(location),
            LLVMDILocationGetColumn(location),
            LLVMDILocationGetScope(location),
            inlined_at(context, LLVMDILocationGetInlinedAt(location), here),
        )
    }
}
