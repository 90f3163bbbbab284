//! Gives types unique names while LLVM makes relocations, so that none gets the relocation of another.
//!
//! LLVM names the global that stands for a relocation after the *name* of its type, its kind, its
//! value and its access string, and looks it up in one map for the whole process (`GEPGlobals` in
//! `BPFAbstractMemberAccess.cpp`). Two types of one name, from Rust and C or from two C files,
//! would share a global, and one of them would get the relocation of the other. So each type has a
//! unique name until LLVM is done.

use std::collections::HashSet;

use inkwell::module::Module;

use crate::ask::foreign;
use crate::ir::{
    self,
    metadata::{Metadata, Node, Tag},
};

/// The types that have another name for now.
pub(crate) struct Keys<'m> {
    renamed: Vec<(Node<'m>, &'m [u8])>,
    seen: HashSet<Node<'m>>,
}

impl<'m> Keys<'m> {
    /// Gives each type that an intrinsic of the module names a name that this process never had.
    pub(crate) fn separate(module: &'m Module<'_>) -> Self {
        let metadata = Metadata::of(module);
        let mut keys = Self {
            renamed: Vec::new(),
            seen: HashSet::new(),
        };
        let mut functions = HashSet::new();
        for intrinsic in ir::functions(module).filter(|function| function.is_relocation_intrinsic())
        {
            for call in intrinsic.users() {
                keys.rename(metadata.accessed(call));
                functions.extend(call.parent_function());
            }
        }
        // The pass takes the typedef of an unnamed struct from here (`CheckAnonRecordType`).
        for subprogram in functions
            .into_iter()
            .filter_map(|of| metadata.subprogram(of))
        {
            for of in subprogram.types_of_subprogram() {
                keys.rename(Some(of));
            }
        }
        keys
    }

    /// Renames a type and all that it leads to: what is behind pointers, typedefs and arrays.
    fn rename(&mut self, from: Option<Node<'m>>) {
        let mut next = from;
        while let Some(of) = next.filter(|of| self.seen.insert(*of)) {
            if let Some(name) = of.name().filter(|_| of.tag() != Tag::Member) {
                let number = foreign::fresh_number();
                let own = [format!("{number}.").as_bytes(), name].concat();
                of.rename(&own);
                self.renamed.push((of, name));
            }
            next = of.base();
        }
    }

    /// Gives the types their names back.
    pub(crate) fn restore(self) {
        for (of, name) in self.renamed {
            of.rename(name);
        }
    }
}
