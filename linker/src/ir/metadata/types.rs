//! Types in debug info: kinds, sizes, members, enumerators.

use std::slice;

use inkwell::llvm_sys::debuginfo::{
    LLVMDITypeGetName, LLVMDITypeGetOffsetInBits, LLVMDITypeGetSizeInBits, LLVMGetDINodeTag,
    LLVMMetadataKind,
};

use super::Node;
use crate::ir::Value;

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

impl<'m> Node<'m> {
    const BASE_TYPE: usize = 5;
    const ELEMENTS: usize = 6;

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
    pub(super) fn is_derived(self) -> bool {
        matches!(self.kind(), LLVMMetadataKind::LLVMDIDerivedTypeMetadataKind)
    }

    /// Whether it is a character, such as Rust's `char`: LLVM writes no type for one.
    pub(crate) fn is_character(self) -> bool {
        matches!(self.kind(), LLVMMetadataKind::LLVMDIBasicTypeMetadataKind)
            && self.printed().contains("DW_ATE_UTF")
    }

    /// Whether it is a basic type without a byte, such as Rust's `()` and `!`.
    pub(crate) fn is_basic_without_bytes(self) -> bool {
        matches!(self.kind(), LLVMMetadataKind::LLVMDIBasicTypeMetadataKind)
            && self.size_in_bits() == 0
    }

    /// The size of a type; 0 of what is none.
    pub(crate) fn size_in_bits(self) -> u64 {
        // SAFETY: the node is a type.
        let size = self
            .is_type()
            .then(|| unsafe { LLVMDITypeGetSizeInBits(self.raw()) });
        size.unwrap_or(0)
    }

    pub(crate) fn tag(self) -> Tag {
        if !self.is_type() {
            return Tag::Other;
        }
        // From LLVM's `Dwarf.def`.
        // SAFETY: a type is a `DINode`.
        match unsafe { LLVMGetDINodeTag(self.raw()) } {
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
            let start = LLVMDITypeGetName(self.raw(), &mut len);
            (!start.is_null() && len != 0).then(|| slice::from_raw_parts(start.cast(), len))
        }
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
        unsafe { LLVMDITypeGetOffsetInBits(self.raw()) }
    }
}
