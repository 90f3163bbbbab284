//! A view of LLVM's debug info. The C API shows nodes with operands, and this module says what they mean.
//!
//! The positions of operands are those of `DebugInfoMetadata.h` since LLVM 21.

use std::{
    ffi::{CStr, c_uint},
    marker::PhantomData,
    ptr, slice,
};

use bpf_core_flow::ir::source::Emission;
use inkwell::{
    context::AsContextRef as _,
    llvm_sys::{
        core::*,
        debuginfo::{
            LLVMDITypeGetName, LLVMDITypeGetOffsetInBits, LLVMDITypeGetSizeInBits,
            LLVMGetDINodeTag, LLVMGetMetadataKind, LLVMMetadataKind,
        },
        prelude::{LLVMContextRef, LLVMMetadataRef, LLVMValueRef},
    },
    module::Module,
    values::AsValueRef as _,
};

use crate::ir::Value;

/// The metadata kind under which LLVM looks for the type of an access.
pub(crate) const TYPE_OF_ACCESS: &str = "llvm.preserve.access.index";

/// A node of a module that lives for `'m`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Node<'m> {
    raw: LLVMMetadataRef,
    context: LLVMContextRef,
    module: PhantomData<&'m ()>,
}

/// DWARF's tags that BTF has a kind for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tag {
    Array,
    Enum,
    Member,
    Pointer,
    Struct,
    Typedef,
    Union,
    /// `const`, `volatile`, `restrict`.
    Qualifier,
    Other,
}

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
        (!raw.is_null()).then_some(Node {
            raw,
            context: self.context,
            module: PhantomData,
        })
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

impl<'m> Node<'m> {
    const NAME: usize = 2;
    const TYPE: usize = 4;
    const UNIT: usize = 5;
    const RETAINED: usize = 7;
    const BASE_TYPE: usize = 5;
    const ELEMENTS: usize = 6;

    fn value(self) -> LLVMValueRef {
        // SAFETY: the node is of this context.
        unsafe { LLVMMetadataAsValue(self.context, self.raw) }
    }

    fn kind(self) -> LLVMMetadataKind {
        // SAFETY: the node is not null.
        unsafe { LLVMGetMetadataKind(self.raw) }
    }

    /// Its operands, without those that are not set.
    pub(crate) fn operands(self) -> Vec<Node<'m>> {
        self.slots().into_iter().flatten().collect()
    }

    fn slots(self) -> Vec<Option<Node<'m>>> {
        let node = |value: LLVMValueRef| {
            (!value.is_null()).then(|| Node {
                // SAFETY: the value stands for an operand of the node.
                raw: unsafe { LLVMValueAsMetadata(value) },
                ..self
            })
        };
        self.raw_operands().into_iter().map(node).collect()
    }

    fn raw_operands(self) -> Vec<LLVMValueRef> {
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

    fn slot(self, index: usize) -> Option<Node<'m>> {
        self.slots().get(index).copied().flatten()
    }

    pub(crate) fn is_type(self) -> bool {
        use LLVMMetadataKind::*;
        matches!(
            self.kind(),
            LLVMDIBasicTypeMetadataKind
                | LLVMDIDerivedTypeMetadataKind
                | LLVMDICompositeTypeMetadataKind
                | LLVMDISubroutineTypeMetadataKind
        )
    }

    /// Whether it is a struct, a union, an enum or an array.
    pub(crate) fn is_composite(self) -> bool {
        matches!(
            self.kind(),
            LLVMMetadataKind::LLVMDICompositeTypeMetadataKind
        )
    }

    /// Whether it is made of another type: a pointer, a typedef, a qualifier, a member.
    fn is_derived(self) -> bool {
        matches!(self.kind(), LLVMMetadataKind::LLVMDIDerivedTypeMetadataKind)
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

    /// Whether it is a character, such as Rust's `char`: LLVM writes no type for one.
    pub(crate) fn is_character(self) -> bool {
        matches!(self.kind(), LLVMMetadataKind::LLVMDIBasicTypeMetadataKind)
            && self.printed().contains("DW_ATE_UTF")
    }

    /// The size of a type; 0 of what is none.
    pub(crate) fn size_in_bits(self) -> u64 {
        // SAFETY: the node is a type.
        let size = self
            .is_type()
            .then(|| unsafe { LLVMDITypeGetSizeInBits(self.raw) });
        size.unwrap_or(0)
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

    pub(crate) fn tag(self) -> Tag {
        if !self.is_type() {
            return Tag::Other;
        }
        // From LLVM's `Dwarf.def`.
        // SAFETY: a type is a `DINode`.
        match unsafe { LLVMGetDINodeTag(self.raw) } {
            0x01 => Tag::Array,
            0x04 => Tag::Enum,
            0x0d => Tag::Member,
            0x0f => Tag::Pointer,
            0x13 => Tag::Struct,
            0x16 => Tag::Typedef,
            0x17 => Tag::Union,
            0x26 | 0x35 | 0x37 => Tag::Qualifier,
            _ => Tag::Other,
        }
    }

    /// The name of a type.
    pub(crate) fn name(self) -> Option<&'m [u8]> {
        if !self.is_type() {
            return None;
        }
        let mut len = 0;
        // SAFETY: the node is a type; LLVM keeps strings of metadata as long as the context.
        unsafe {
            let start = LLVMDITypeGetName(self.raw, &mut len);
            (!start.is_null() && len != 0).then(|| slice::from_raw_parts(start.cast(), len))
        }
    }

    /// The operand with the name, for nodes whose name gets into BTF.
    fn slot_of_name(self) -> Option<usize> {
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

    fn string(self) -> Option<&'m [u8]> {
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

    /// How much debug info LLVM writes for a compile unit.
    pub(crate) fn emission(self) -> Option<Emission> {
        let is_unit = matches!(self.kind(), LLVMMetadataKind::LLVMDICompileUnitMetadataKind);
        // SAFETY: the node is a unit of this context.
        is_unit.then(|| unsafe { Emission::of(self.context, self.raw) })
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

    /// What a derived type or an array is made of.
    pub(crate) fn base(self) -> Option<Node<'m>> {
        (self.is_derived() || self.is_composite())
            .then(|| self.slot(Self::BASE_TYPE))
            .flatten()
    }

    /// Members, enumerators, dimensions, with those that are not set.
    pub(crate) fn elements(self) -> Vec<Option<Node<'m>>> {
        if !self.is_composite() {
            return Vec::new();
        }
        self.slot(Self::ELEMENTS).map_or(Vec::new(), Node::slots)
    }

    /// Gives a struct or union other members.
    pub(crate) fn set_elements(self, elements: &[Node<'m>]) {
        self.replace(Self::ELEMENTS, self.tuple(elements));
    }

    /// The name of an enumerator.
    pub(crate) fn enumerator(self) -> Option<&'m [u8]> {
        if !matches!(self.kind(), LLVMMetadataKind::LLVMDIEnumeratorMetadataKind) {
            return None;
        }
        self.slot(0)?.string()
    }

    /// How many elements a dimension of an array has, where it is a constant.
    pub(crate) fn count(self) -> Option<u64> {
        if !matches!(self.kind(), LLVMMetadataKind::LLVMDISubrangeMetadataKind) {
            return None;
        }
        // SAFETY: the operand is of this context.
        unsafe { Value::new(*self.raw_operands().first()?) }?.integer()
    }

    /// Where a member begins, in bits.
    pub(crate) fn bit_offset(self) -> u64 {
        if !self.is_type() {
            return 0;
        }
        // SAFETY: the node is a type.
        unsafe { LLVMDITypeGetOffsetInBits(self.raw) }
    }

    /// The parameters and the result of a function, and its variables that stay known.
    pub(crate) fn types_of_subprogram(self) -> Vec<Node<'m>> {
        const TYPE_OF_VARIABLE: usize = 3;
        let variables = self.variables().into_iter();
        let variables = variables.filter_map(|variable| variable.slot(TYPE_OF_VARIABLE));
        let signature = self.signature().into_iter().flatten();
        signature.chain(variables).collect()
    }

    /// The types of a function's result and parameters, where none is `void`. The C API shows
    /// `void f(void)`, which is `!{null}`, as if it had no types.
    pub(crate) fn signature(self) -> Vec<Option<Node<'m>>> {
        const TYPES: usize = 5;
        let of = self.slot(Self::TYPE).and_then(|of| of.slot(TYPES));
        of.map_or(Vec::new(), Node::slots)
    }

    /// Gives a function another type.
    pub(crate) fn set_signature(self, of: Node<'m>) {
        self.replace(Self::TYPE, of.raw);
    }

    /// The compile unit of a function.
    pub(crate) fn unit(self) -> Option<Node<'m>> {
        self.slot(Self::UNIT)
    }

    /// Puts a function into a compile unit.
    pub(crate) fn set_unit(self, unit: Node<'m>) {
        self.replace(Self::UNIT, unit.raw);
    }

    /// The variables of a function that stay known.
    pub(crate) fn variables(self) -> Vec<Node<'m>> {
        self.slot(Self::RETAINED).map_or(Vec::new(), Node::operands)
    }

    /// Gives a function other variables.
    pub(crate) fn set_variables(self, variables: &[Node<'m>]) {
        self.replace(Self::RETAINED, self.tuple(variables));
    }

    /// The number of the parameter that a variable is, from 1. The C API tells it in print only.
    pub(crate) fn parameter_number(self) -> Option<u32> {
        if !matches!(
            self.kind(),
            LLVMMetadataKind::LLVMDILocalVariableMetadataKind
        ) {
            return None;
        }
        let text = self.printed();
        let (_, number) = text.split_once("arg: ")?;
        let end = number.find(|c: char| !c.is_ascii_digit())?;
        number.get(..end)?.parse().ok()
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

    fn tuple(self, nodes: &[Node<'m>]) -> LLVMMetadataRef {
        let mut raw: Vec<LLVMMetadataRef> = nodes.iter().map(|node| node.raw).collect();
        // SAFETY: the array has that many nodes, all of this context.
        unsafe { LLVMMDNodeInContext2(self.context, raw.as_mut_ptr(), raw.len()) }
    }

    fn replace(self, index: usize, operand: LLVMMetadataRef) {
        // SAFETY: the callers know that such a node has such an operand.
        unsafe { LLVMReplaceMDNodeOperandWith(self.value(), index as u32, operand) };
    }
}
