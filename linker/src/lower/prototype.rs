//! Makes debug info of functions that rustc writes none for.

use inkwell::{
    llvm_sys::{debuginfo::*, prelude::LLVMMetadataRef},
    module::Module,
};

use crate::ask::prototype::Prototype;
use crate::lower::builder::Builder;

/// Makes debug info of prototypes, in one module.
pub(crate) struct Prototypes {
    builder: Builder,
    file: LLVMMetadataRef,
}

impl Prototypes {
    /// Starts with no types. `module` must outlive the result; `file` is said to have the
    /// functions.
    pub(crate) fn new(module: &Module<'_>, file: &str) -> Self {
        let builder = Builder::new(module);
        let name = file.as_ptr().cast();
        // SAFETY: the builder is alive and copies the name.
        let file =
            unsafe { LLVMDIBuilderCreateFile(builder.raw(), name, file.len(), c"".as_ptr(), 0) };
        Self { builder, file }
    }

    /// A `DISubprogram`. One that `is_definition` still needs its unit.
    pub(crate) fn subprogram(
        &self,
        prototype: &Prototype,
        is_definition: bool,
        is_local: bool,
    ) -> LLVMMetadataRef {
        let of = self.subroutine(prototype);
        let name = &prototype.name;
        // SAFETY: the builder is alive and copies the name; file and type are of this builder.
        unsafe {
            LLVMDIBuilderCreateFunction(
                self.builder.raw(),
                self.file,
                name.as_ptr().cast(),
                name.len(),
                name.as_ptr().cast(),
                name.len(),
                self.file,
                0,
                of,
                is_local.into(),
                is_definition.into(),
                0,
                LLVMDIFlagPrototyped,
                0,
            )
        }
    }

    /// The type of a function.
    pub(crate) fn subroutine(&self, prototype: &Prototype) -> LLVMMetadataRef {
        let parts = [&prototype.result].into_iter();
        self.builder.subroutine(parts.chain(&prototype.parameters))
    }

    /// Makes a compile unit for functions with types and variables.
    pub(crate) fn full_unit(&self) -> LLVMMetadataRef {
        let (producer, nothing) = (c"bpf-core-linker", c"".as_ptr());
        // SAFETY: the builder is alive and copies the texts; the file is its own.
        unsafe {
            LLVMDIBuilderCreateCompileUnit(
                self.builder.raw(),
                LLVMDWARFSourceLanguage::LLVMDWARFSourceLanguageRust,
                self.file,
                producer.as_ptr(),
                producer.count_bytes(),
                1,
                nothing,
                0,
                0,
                nothing,
                0,
                LLVMDWARFEmissionKind::LLVMDWARFEmissionKindFull,
                0,
                0,
                0,
                nothing,
                0,
                nothing,
                0,
            )
        }
    }

    /// The variable of a parameter, the first of which has the number 1.
    pub(crate) fn parameter(
        &self,
        subprogram: LLVMMetadataRef,
        number: u32,
        of: LLVMMetadataRef,
    ) -> LLVMMetadataRef {
        let name = format!("arg{number}");
        // SAFETY: the builder is alive and copies the name; all else is of its module.
        unsafe {
            LLVMDIBuilderCreateParameterVariable(
                self.builder.raw(),
                subprogram,
                name.as_ptr().cast(),
                name.len(),
                number,
                self.file,
                0,
                of,
                0,
                LLVMDIFlagZero,
            )
        }
    }
}
