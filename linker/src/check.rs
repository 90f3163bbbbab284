//! What must hold before LLVM sees a relocation. LLVM ends the process when a module
//! has none of the debug info that relocations are made from, and makes no record at
//! all, silently, in a function without it.

use std::{collections::HashMap, ffi::CStr, ptr};

use inkwell::{
    llvm_sys::{
        core::{
            LLVMDisposeMessage, LLVMGetMDNodeNumOperands, LLVMGetMDNodeOperands,
            LLVMMetadataAsValue, LLVMPrintValueToString,
        },
        prelude::{LLVMMetadataRef, LLVMValueRef},
    },
    module::Module,
};

use crate::{
    error::{Error, Result},
    ir::Value,
    marker::{Marker, readable},
    source,
};

const HELP: &str = "set `debug = 2`, and no `strip`, in the Cargo.toml of the workspace for the profile \
     in use ([profile.release] or [profile.dev]); with rustc alone, pass `-C debuginfo=2`";

/// Where a `DISubprogram` holds its unit (`getRawUnit` in `DebugInfoMetadata.h`).
const UNIT_OF_SUBPROGRAM: usize = 5;

/// Looks at the debug info of one module.
pub(crate) struct DebugInfo<'m, 'ctx> {
    module: &'m Module<'ctx>,
    /// Whether a unit is switched off, which takes long to find out.
    units: HashMap<LLVMValueRef, bool>,
}

impl<'m, 'ctx> DebugInfo<'m, 'ctx> {
    pub(crate) fn of(module: &'m Module<'ctx>) -> Self {
        Self {
            module,
            units: HashMap::new(),
        }
    }

    /// Checks that the program has a compile unit, and all functions with `markers`
    /// debug info.
    ///
    /// # Errors
    /// When it has not.
    pub(crate) fn check(&mut self, markers: &[Marker<'m>]) -> Result<()> {
        let Some(first) = markers.first() else {
            return Ok(());
        };
        if self.module.get_global_metadata_size("llvm.dbg.cu") == 0 {
            let function = first
                .call
                .parent_function()
                .map(readable)
                .unwrap_or_default();
            return Err(
                Error::new("relocations need debug info: the program has no compile unit")
                    .at(source::line_of(first.call))
                    .note(format!("needed by function `{function}`"))
                    .help(HELP),
            );
        }
        for marker in markers {
            if let Some(function) = marker.call.parent_function() {
                self.check_function(function, marker.call)?;
            }
        }
        Ok(())
    }

    /// Checks that a function has debug info that LLVM does not ignore.
    ///
    /// # Errors
    /// When it has not.
    pub(crate) fn check_function(&mut self, function: Value<'m>, access: Value<'m>) -> Result<()> {
        let what = match function.subprogram() {
            None => "has none",
            Some(subprogram) if self.is_switched_off(subprogram) => {
                "has it switched off (`NoDebug`)"
            }
            Some(_) => return Ok(()),
        };
        Err(Error::new(format!(
            "relocations need debug info: function `{}` {what}",
            readable(function)
        ))
        .at(source::line_of(access))
        .help(HELP))
    }

    fn is_switched_off(&mut self, subprogram: LLVMMetadataRef) -> bool {
        let context = self.module.get_context().raw();
        // SAFETY: the metadata is a node of this context, and the array has room for
        // as many operands as the node says it has.
        let unit = unsafe {
            let node = LLVMMetadataAsValue(context, subprogram);
            let count = LLVMGetMDNodeNumOperands(node);
            let mut operands = vec![ptr::null_mut(); count as usize];
            LLVMGetMDNodeOperands(node, operands.as_mut_ptr());
            operands
                .get(UNIT_OF_SUBPROGRAM)
                .copied()
                .unwrap_or(ptr::null_mut())
        };
        // Without a unit, `DebugHandlerBase` would follow a null pointer.
        unit.is_null()
            || *self.units.entry(unit).or_insert_with(|| {
                // The C API tells the emission kind in print only.
                // SAFETY: the unit is a value; the text is freed once, after its use.
                unsafe {
                    let text = LLVMPrintValueToString(unit);
                    let off = CStr::from_ptr(text)
                        .to_string_lossy()
                        .contains("emissionKind: NoDebug");
                    LLVMDisposeMessage(text);
                    off
                }
            })
    }
}
