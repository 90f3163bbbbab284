//! A view of LLVM's debug info. The C API shows nodes with operands, and this module says what they mean.
//!
//! The positions of operands are those of `DebugInfoMetadata.h` since LLVM 21.
//!
//! - `node.rs`: a node and its operands
//! - `types.rs`: nodes that are types; `functions.rs`: those that are functions

mod functions;
mod node;
mod types;

use std::{ffi::c_uint, marker::PhantomData};

use inkwell::{
    context::AsContextRef as _,
    llvm_sys::{
        core::*,
        prelude::{LLVMContextRef, LLVMMetadataRef},
    },
    module::Module,
    values::AsValueRef as _,
};

use crate::ir::Value;

pub(crate) use node::Node;
pub(crate) use types::Tag;

/// The metadata kind under which LLVM looks for the type of an access.
pub(crate) const TYPE_OF_ACCESS: &str = "llvm.preserve.access.index";

/// Finds the nodes of a module.
#[derive(Clone, Copy)]
pub(crate) struct Metadata<'m> {
    context: LLVMContextRef,
    type_of_access: c_uint,
    module: PhantomData<&'m ()>,
}

impl<'m> Metadata<'m> {
    pub(crate) fn of(module: &'m Module<'_>) -> Self {
        let context = module.get_context();
        Self {
            context: context.as_ctx_ref(),
            type_of_access: context.get_kind_id(TYPE_OF_ACCESS),
            module: PhantomData,
        }
    }

    /// A node of the module, unless it is null.
    pub(crate) fn node(self, raw: LLVMMetadataRef) -> Option<Node<'m>> {
        Node::new(self.context, raw)
    }

    /// The type that an access carries.
    pub(crate) fn accessed(self, call: Value<'m>) -> Option<Node<'m>> {
        if !call.is_instruction() {
            return None;
        }
        // SAFETY: the value is an instruction; what hangs on it is metadata or null.
        unsafe {
            let value = LLVMGetMetadata(call.raw(), self.type_of_access);
            (!value.is_null()).then(|| LLVMValueAsMetadata(value))
        }
        .and_then(|raw| self.node(raw))
    }

    /// The type that the global of a relocation carries.
    pub(crate) fn relocated(self, global: Value<'m>) -> Option<Node<'m>> {
        let entries = self.entries(global).into_iter();
        entries
            .filter(|(kind, _)| *kind == self.type_of_access)
            .map(|(_, node)| node)
            .next()
    }

    /// All that hangs on a global variable.
    pub(crate) fn attached(self, global: Value<'m>) -> Vec<Node<'m>> {
        self.entries(global)
            .into_iter()
            .map(|(_, node)| node)
            .collect()
    }

    /// The compile units.
    pub(crate) fn units(self, module: &'m Module<'_>) -> Vec<Node<'m>> {
        let units = module.get_global_metadata("llvm.dbg.cu").into_iter();
        // SAFETY: a unit is metadata.
        units
            .filter_map(|unit| self.node(unsafe { LLVMValueAsMetadata(unit.as_value_ref()) }))
            .collect()
    }

    /// The variables of `subprogram` that records at the instructions of a function name. LLVM 21
    /// does not show them.
    pub(crate) fn variables_in(self, function: Value<'m>, subprogram: Node<'m>) -> Vec<Node<'m>> {
        let mut variables = Vec::new();
        for instruction in function.instructions() {
            for variable in self.recorded(instruction) {
                let is_own = variable.slot(0) == Some(subprogram);
                if is_own && !variables.contains(&variable) {
                    variables.push(variable);
                }
            }
        }
        variables
    }

    #[cfg(not(feature = "llvm-21"))]
    fn recorded(self, instruction: Value<'m>) -> Vec<Node<'m>> {
        use inkwell::llvm_sys::LLVMDbgRecordKind::LLVMDbgRecordLabel;
        let mut variables = Vec::new();
        // SAFETY: the value is an instruction. All records but labels have a variable.
        unsafe {
            let mut record = LLVMGetFirstDbgRecord(instruction.raw());
            while !record.is_null() {
                if LLVMDbgRecordGetKind(record) != LLVMDbgRecordLabel {
                    variables.extend(self.node(LLVMDbgVariableRecordGetVariable(record)));
                }
                record = LLVMGetNextDbgRecord(record);
            }
        }
        variables
    }

    #[cfg(feature = "llvm-21")]
    fn recorded(self, _: Value<'m>) -> Vec<Node<'m>> {
        Vec::new()
    }

    /// The debug info of a function.
    pub(crate) fn subprogram(self, function: Value<'m>) -> Option<Node<'m>> {
        self.node(function.subprogram()?)
    }

    fn entries(self, global: Value<'m>) -> Vec<(c_uint, Node<'m>)> {
        if !global.is_global() {
            return Vec::new();
        }
        let mut count = 0;
        // SAFETY: the value is a global; the entries are freed once, after their use.
        unsafe {
            let entries = LLVMGlobalCopyAllMetadata(global.raw(), &mut count);
            let found = (0..c_uint::try_from(count).unwrap_or(0))
                .filter_map(|index| {
                    let node = self.node(LLVMValueMetadataEntriesGetMetadata(entries, index))?;
                    Some((LLVMValueMetadataEntriesGetKind(entries, index), node))
                })
                .collect();
            LLVMDisposeValueMetadataEntries(entries);
            found
        }
    }
}
