//! Makes debug info of a function's prototype, for functions that rustc writes none for.
//!
//! A prototype is text, as the macro `kfuncs!` writes it and `subprogram.rs` makes it of
//! LLVM's types: `name(type,type)type`.

use std::{collections::HashMap, ffi::c_uint, ptr};

use inkwell::{
    llvm_sys::{
        debuginfo::*,
        prelude::{LLVMDIBuilderRef, LLVMMetadataRef},
    },
    module::Module,
};

/// From LLVM's `Dwarf.def`; the C API does not name them.
const DW_ATE_BOOLEAN: LLVMDWARFTypeEncoding = 0x02;
const DW_ATE_SIGNED: LLVMDWARFTypeEncoding = 0x05;
const DW_ATE_UNSIGNED: LLVMDWARFTypeEncoding = 0x07;

/// A function's name and types.
#[derive(Debug, PartialEq)]
pub(crate) struct Prototype<'a> {
    pub(crate) name: &'a str,
    pub(crate) parameters: Vec<&'a str>,
    pub(crate) result: &'a str,
}

impl<'a> Prototype<'a> {
    /// Reads the text behind the prefix of a kfunc's symbol.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (name, rest) = text.split_once('(')?;
        let (parameters, result) = rest.split_once(')')?;
        let parameters: Vec<&str> = match parameters {
            "" => Vec::new(),
            parameters => parameters.split(',').collect(),
        };
        let is_identifier = |name: &str| {
            !name.is_empty()
                && !name.starts_with(|c: char| c.is_ascii_digit())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        let is_type = |text: &&str| {
            let pointee = text.trim_start_matches('*');
            match pointee.strip_prefix("struct ") {
                Some(name) => pointee.len() < text.len() && is_identifier(name),
                None => {
                    Scalar::parse(pointee).is_some()
                        || pointee == "void" && pointee.len() < text.len()
                }
            }
        };
        let known = is_identifier(name)
            && parameters.iter().all(is_type)
            && (result == "void" || is_type(&result));
        known.then_some(Self {
            name,
            parameters,
            result,
        })
    }
}

/// What fits into a register and is no pointer.
struct Scalar {
    encoding: LLVMDWARFTypeEncoding,
    bits: u64,
}

impl Scalar {
    fn parse(text: &str) -> Option<Self> {
        if text == "bool" {
            return Some(Self {
                encoding: DW_ATE_BOOLEAN,
                bits: 8,
            });
        }
        let (encoding, bits) = match text.split_at_checked(1)? {
            ("u", bits) => (DW_ATE_UNSIGNED, bits),
            ("i", bits) => (DW_ATE_SIGNED, bits),
            _ => return None,
        };
        let bits = bits
            .parse()
            .ok()
            .filter(|bits| [8, 16, 32, 64].contains(bits))?;
        Some(Self { encoding, bits })
    }
}

/// Makes debug info of prototypes, in one module.
pub(crate) struct Prototypes {
    builder: LLVMDIBuilderRef,
    file: LLVMMetadataRef,
    made: HashMap<String, LLVMMetadataRef>,
}

impl Prototypes {
    /// Starts with no types. `module` must outlive the result; `file` is said to have the
    /// functions.
    pub(crate) fn new(module: &Module<'_>, file: &str) -> Self {
        // SAFETY: the module is alive. A builder that disallows unresolved nodes needs no compile
        // unit of its own, and copies the name.
        let (builder, file) = unsafe {
            let builder = LLVMCreateDIBuilderDisallowUnresolved(module.as_mut_ptr());
            let name = file.as_ptr().cast();
            (
                builder,
                LLVMDIBuilderCreateFile(builder, name, file.len(), c"".as_ptr(), 0),
            )
        };
        Self {
            builder,
            file,
            made: HashMap::new(),
        }
    }

    /// A `DISubprogram`. One that `is_definition` still needs its unit.
    pub(crate) fn subprogram(
        &mut self,
        prototype: &Prototype<'_>,
        is_definition: bool,
        is_local: bool,
    ) -> LLVMMetadataRef {
        let of = self.subroutine(prototype);
        let name = prototype.name;
        // SAFETY: the builder is alive and copies the name; file and type are of this builder.
        unsafe {
            LLVMDIBuilderCreateFunction(
                self.builder,
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
    pub(crate) fn subroutine(&mut self, prototype: &Prototype<'_>) -> LLVMMetadataRef {
        let mut types = vec![self.debug(prototype.result)];
        types.extend(prototype.parameters.iter().map(|of| self.debug(of)));
        // SAFETY: the builder is alive; the types are the ones just made, where null is `void`.
        unsafe {
            LLVMDIBuilderCreateSubroutineType(
                self.builder,
                self.file,
                types.as_mut_ptr(),
                types.len() as c_uint,
                0,
            )
        }
    }

    /// Makes a compile unit for functions with types and variables.
    pub(crate) fn full_unit(&mut self) -> LLVMMetadataRef {
        let (producer, nothing) = (c"bpf-core-linker", c"".as_ptr());
        // SAFETY: the builder is alive and copies the texts; the file is its own.
        unsafe {
            LLVMDIBuilderCreateCompileUnit(
                self.builder,
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
                self.builder,
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

    fn debug(&mut self, of: &str) -> LLVMMetadataRef {
        if of == "void" {
            return ptr::null_mut();
        }
        if let Some(made) = self.made.get(of) {
            return *made;
        }
        // SAFETY: the builder is alive and copies names; null is no scope and no file.
        let made = unsafe {
            if let Some(pointee) = of.strip_prefix('*') {
                let pointee = self.debug(pointee);
                LLVMDIBuilderCreatePointerType(self.builder, pointee, 64, 0, 0, ptr::null(), 0)
            } else if let Some(scalar) = Scalar::parse(of) {
                LLVMDIBuilderCreateBasicType(
                    self.builder,
                    of.as_ptr().cast(),
                    of.len(),
                    scalar.bits,
                    scalar.encoding,
                    0,
                )
            } else {
                // No declaration: libbpf wants the kernel's kind of type behind a pointer, which is
                // not `BTF_KIND_FWD`. It looks at nothing else of it.
                let name = of.strip_prefix("struct ").unwrap_or(of);
                LLVMDIBuilderCreateStructType(
                    self.builder,
                    ptr::null_mut(),
                    name.as_ptr().cast(),
                    name.len(),
                    ptr::null_mut(),
                    0,
                    0,
                    0,
                    0,
                    ptr::null_mut(),
                    ptr::null_mut(),
                    0,
                    0,
                    ptr::null_mut(),
                    ptr::null(),
                    0,
                )
            }
        };
        self.made.insert(of.to_owned(), made);
        made
    }
}

impl Drop for Prototypes {
    fn drop(&mut self) {
        // SAFETY: the builder was made in `new`, its module still lives, and nothing else disposes
        // of it.
        unsafe { LLVMDisposeDIBuilder(self.builder) };
    }
}

#[cfg(test)]
mod tests {
    use super::Prototype;

    #[test]
    fn prototypes() {
        assert_eq!(
            Prototype::parse("bpf_task_acquire(*struct task_struct,u32,**i8)*void"),
            Some(Prototype {
                name: "bpf_task_acquire",
                parameters: vec!["*struct task_struct", "u32", "**i8"],
                result: "*void",
            })
        );
        assert!(Prototype::parse("bpf_rcu_read_lock()void").is_some());
        for text in [
            "",
            "f",
            "f(",
            "(u32)void",
            "f()",
            "f(void)void",
            "f(u7)void",
            "f(struct s)void",
            "f(*struct 1)void",
            "f(u32,)void",
            "f()void)",
            "1f()void",
        ] {
            assert_eq!(Prototype::parse(text), None, "{text}");
        }
    }
}
