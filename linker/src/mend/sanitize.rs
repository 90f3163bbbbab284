//! Changes names, members and types in debug info that the kernel or libbpf-cargo would refuse in BTF.
//! bpf-linker's `DISanitizer` changes names and members before optimising; this runs after it.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hasher as _},
    ptr::{null, null_mut},
};

use inkwell::{
    llvm_sys::{
        debuginfo::{
            LLVMCreateDIBuilderDisallowUnresolved, LLVMDIBuilderCreateBasicType,
            LLVMDIBuilderCreateStructType, LLVMDIFlagZero, LLVMDisposeDIBuilder,
        },
        prelude::{LLVMDIBuilderRef, LLVMMetadataRef},
    },
    module::Module,
};

use crate::ir::{
    self,
    metadata::{Metadata, Node, Tag},
};

/// Repairs all that functions and globals of the module lead to.
pub(crate) fn sanitize(module: &Module<'_>) {
    let metadata = Metadata::of(module);
    let mut seen = HashSet::new();
    let mut waiting: Vec<Node<'_>> = ir::functions(module)
        .filter_map(|function| metadata.subprogram(function))
        .chain(ir::globals(module).flat_map(|global| metadata.attached(global)))
        .collect();
    let replacements = Replacements::new(module);
    while let Some(node) = waiting.pop() {
        if node.is_irrelevant_to_btf() || !seen.insert(node) {
            continue;
        }
        node.replace_operands(|operand| replacements.of(operand));
        repair(node);
        waiting.extend(node.operands());
    }
}

/// Makes a type in place of one that a reader of BTF refuses.
struct Replacements(LLVMDIBuilderRef);

impl Replacements {
    fn new(module: &Module<'_>) -> Self {
        // SAFETY: the module outlives its use here. Such a builder needs no compile unit.
        Self(unsafe { LLVMCreateDIBuilderDisallowUnresolved(module.as_mut_ptr()) })
    }

    /// The type to take instead. `None` if the node may stay.
    fn of(&self, node: Node<'_>) -> Option<LLVMMetadataRef> {
        if node.is_character() {
            return Some(self.integer(node));
        }
        node.is_basic_without_bytes().then(|| self.empty_struct())
    }

    /// In place of a character. Without one, a parameter has no type, and the kernel refuses that
    /// (`btf_func_proto_check`).
    fn integer(&self, character: Node<'_>) -> LLVMMetadataRef {
        /// `DW_ATE_unsigned`
        const UNSIGNED: u32 = 7;
        let name = character.name().unwrap_or_default();
        // SAFETY: the builder is alive, and LLVM copies the name.
        unsafe {
            LLVMDIBuilderCreateBasicType(
                self.0,
                name.as_ptr().cast(),
                name.len(),
                character.size_in_bits(),
                UNSIGNED,
                0,
            )
        }
    }

    /// In place of `()` and `!`. libbpf-cargo makes no skeleton of an object with an integer of no bits. `void` is
    /// no way out: libbpf asks for the size of a map's key.
    fn empty_struct(&self) -> LLVMMetadataRef {
        // SAFETY: the builder is alive, and a struct without members needs no name, scope or file.
        unsafe {
            LLVMDIBuilderCreateStructType(
                self.0,
                null_mut(),
                null(),
                0,
                null_mut(),
                0,
                0,
                8,
                LLVMDIFlagZero,
                null_mut(),
                null_mut(),
                0,
                0,
                null_mut(),
                null(),
                0,
            )
        }
    }
}

impl Drop for Replacements {
    fn drop(&mut self) {
        // SAFETY: the builder is not used again.
        unsafe { LLVMDisposeDIBuilder(self.0) };
    }
}

fn repair(node: Node<'_>) {
    if let Some(name) = node.name_in_btf() {
        rename(node, name);
    }
    if matches!(node.tag(), Tag::Struct | Tag::Union) {
        sort_members(node);
    }
}

/// rustc writes members in the order of the source, the kernel wants them by offset
/// (`btf_struct_check_meta`).
fn sort_members(of: Node<'_>) {
    let elements = of.elements();
    let mut members: Vec<Node<'_>> = elements
        .iter()
        .copied()
        .flatten()
        // Functions of a type are among its elements, too.
        .filter(|element| element.is_type())
        .collect();
    let ascending = members.is_sorted_by_key(|member| member.bit_offset());
    if members.is_empty() || (ascending && members.len() == elements.len()) {
        return;
    }
    members.sort_by_cached_key(|member| member.bit_offset());
    of.set_elements(&members);
}

fn rename(node: Node<'_>, name: &[u8]) {
    let clean = c_name(name);
    if clean != name {
        node.rename(&clean);
    }
}

/// The name with hexadecimal numbers in place of what C does not allow; the end of a name that
/// is too long for the kernel becomes a number.
pub(crate) fn c_name(name: &[u8]) -> Vec<u8> {
    /// `KSYM_NAME_LEN` of kernels before 6.1.
    const LONGEST: usize = 128;
    /// `_` and 64 bits in hexadecimal.
    const NUMBER: usize = 17;
    let mut clean = Vec::with_capacity(name.len());
    for &byte in name {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            clean.push(byte);
        } else {
            clean.extend(format!("_{byte:X}_").bytes());
        }
    }
    if clean.len() > LONGEST {
        let mut hasher = DefaultHasher::new();
        hasher.write(&clean);
        clean.truncate(LONGEST - NUMBER);
        clean.extend(format!("_{:x}", hasher.finish()).bytes());
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_c_allows() {
        let clean = |name: &str| String::from_utf8_lossy(&c_name(name.as_bytes())).into_owned();
        assert_eq!(clean("task_struct"), "task_struct");
        assert_eq!(clean("Option<u64>"), "Option_3C_u64_3E_");
        let long = "Entry<alloc::vec::Vec<core::option::Option<program::a::rather::long::Path>>>"
            .repeat(2);
        let (one, other) = (clean(&long), clean(&format!("{long}>")));
        assert!(one.len() <= 128 && other.len() <= 128);
        assert_ne!(one, other);
        assert!(one.starts_with("Entry_3C_alloc_3A__3A_vec"));
    }
}
