//! A node of debug info: its operands, its name, and what can be changed in it.

use std::{ffi::CStr, marker::PhantomData, ptr, slice};

use bpf_core_flow::ir::source::Emission;
use inkwell::llvm_sys::{
    core::*,
    debuginfo::{LLVMGetMetadataKind, LLVMMetadataKind},
    prelude::{LLVMContextRef, LLVMMetadataRef, LLVMValueRef},
};

/// A node of a module that lives for `'m`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Node<'m> {
    raw: LLVMMetadataRef,
    context: LLVMContextRef,
    module: PhantomData<&'m ()>,
}

impl<'m> Node<'m> {
    const NAME: usize = 2;

    /// A node of the context, unless it is null.
    pub(super) fn new(context: LLVMContextRef, raw: LLVMMetadataRef) -> Option<Self> {
        (!raw.is_null()).then_some(Self {
            raw,
            context,
            module: PhantomData,
        })
    }

    pub(super) fn value(self) -> LLVMValueRef {
        // SAFETY: the node is of this context.
        unsafe { LLVMMetadataAsValue(self.context, self.raw) }
    }

    pub(super) fn kind(self) -> LLVMMetadataKind {
        // SAFETY: the node is not null.
        unsafe { LLVMGetMetadataKind(self.raw) }
    }

    /// Its operands, without those that are not set.
    pub(crate) fn operands(self) -> Vec<Node<'m>> {
        self.slots().into_iter().flatten().collect()
    }

    pub(super) fn slots(self) -> Vec<Option<Node<'m>>> {
        let node = |value: LLVMValueRef| {
            (!value.is_null()).then(|| Node {
                // SAFETY: the value stands for an operand of the node.
                raw: unsafe { LLVMValueAsMetadata(value) },
                ..self
            })
        };
        self.raw_operands().into_iter().map(node).collect()
    }

    pub(super) fn raw_operands(self) -> Vec<LLVMValueRef> {
        use LLVMMetadataKind::{
            LLVMConstantAsMetadataMetadataKind, LLVMDIArgListMetadataKind,
            LLVMLocalAsMetadataMetadataKind, LLVMMDStringMetadataKind,
        };
        if matches!(
            self.kind(),
            LLVMMDStringMetadataKind
                | LLVMConstantAsMetadataMetadataKind
                | LLVMLocalAsMetadataMetadataKind
                | LLVMDIArgListMetadataKind
        ) {
            return Vec::new();
        }
        let value = self.value();
        // SAFETY: all other kinds of metadata are nodes, and the array has room for as many
        // operands as the node says it has.
        unsafe {
            let mut operands = vec![ptr::null_mut(); LLVMGetMDNodeNumOperands(value) as usize];
            LLVMGetMDNodeOperands(value, operands.as_mut_ptr());
            operands
        }
    }

    pub(super) fn slot(self, index: usize) -> Option<Node<'m>> {
        self.slots().get(index).copied().flatten()
    }

    /// Puts `other` in the place of each operand that it is given for.
    pub(crate) fn replace_operands(
        self,
        mut other: impl FnMut(Node<'m>) -> Option<LLVMMetadataRef>,
    ) {
        for (index, operand) in self.slots().into_iter().enumerate() {
            if let Some(other) = operand.and_then(&mut other) {
                self.replace(index, other);
            }
        }
    }

    pub(super) fn string(self) -> Option<&'m [u8]> {
        if !matches!(self.kind(), LLVMMetadataKind::LLVMMDStringMetadataKind) {
            return None;
        }
        let mut len = 0;
        // SAFETY: the node is a string, which LLVM keeps as long as the context.
        unsafe {
            let start = LLVMGetMDString(self.value(), &mut len);
            Some(slice::from_raw_parts(start.cast(), len as usize))
        }
    }

    /// The operand with the name, for nodes whose name gets into BTF.
    pub(super) fn slot_of_name(self) -> Option<usize> {
        use LLVMMetadataKind::*;
        match self.kind() {
            LLVMDIEnumeratorMetadataKind => Some(0),
            LLVMDIGlobalVariableMetadataKind | LLVMDILocalVariableMetadataKind => Some(1),
            LLVMDISubprogramMetadataKind
            | LLVMDIDerivedTypeMetadataKind
            | LLVMDICompositeTypeMetadataKind => Some(Self::NAME),
            _ => None,
        }
    }

    /// The name of a type, a member, an enumerator, a variable or a function: these get into BTF.
    pub(crate) fn name_in_btf(self) -> Option<&'m [u8]> {
        self.slot(self.slot_of_name()?)?.string()
    }

    /// Gives what has a name in BTF another one.
    pub(crate) fn rename(self, name: &[u8]) {
        let Some(slot) = self.slot_of_name() else {
            return;
        };
        // SAFETY: LLVM copies the string.
        let string =
            unsafe { LLVMMDStringInContext2(self.context, name.as_ptr().cast(), name.len()) };
        self.replace(slot, string);
    }

    /// How much debug info LLVM writes for a compile unit.
    pub(crate) fn emission(self) -> Option<Emission> {
        let is_unit = matches!(self.kind(), LLVMMetadataKind::LLVMDICompileUnitMetadataKind);
        // SAFETY: the node is a unit of this context.
        is_unit.then(|| unsafe { Emission::of(self.context, self.raw) })
    }

    /// Whether BTF can be written without looking into it.
    pub(crate) fn is_irrelevant_to_btf(self) -> bool {
        use LLVMMetadataKind::*;
        matches!(
            self.kind(),
            LLVMDICompileUnitMetadataKind
                | LLVMDIFileMetadataKind
                | LLVMDINamespaceMetadataKind
                | LLVMDITemplateTypeParameterMetadataKind
                | LLVMDITemplateValueParameterMetadataKind
        )
    }

    /// As text.
    pub(crate) fn printed(self) -> String {
        // SAFETY: the text is freed once, after its use.
        unsafe {
            let text = LLVMPrintValueToString(self.value());
            let printed = CStr::from_ptr(text).to_string_lossy().into_owned();
            LLVMDisposeMessage(text);
            printed
        }
    }

    pub(crate) fn raw(self) -> LLVMMetadataRef {
        self.raw
    }

    pub(super) fn tuple(self, nodes: &[Node<'m>]) -> LLVMMetadataRef {
        let mut raw: Vec<LLVMMetadataRef> = nodes.iter().map(|node| node.raw).collect();
        // SAFETY: the array has that many nodes, all of this context.
        unsafe { LLVMMDNodeInContext2(self.context, raw.as_mut_ptr(), raw.len()) }
    }

    pub(super) fn replace(self, index: usize, operand: LLVMMetadataRef) {
        // SAFETY: the callers know that such a node has such an operand.
        unsafe { LLVMReplaceMDNodeOperandWith(self.value(), index as u32, operand) };
    }
}
