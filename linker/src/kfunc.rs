//! Functions of the kernel that a program calls: kfuncs.
//!
//! libbpf finds the kernel's function by name and compares the prototypes
//! (`bpf_object__resolve_ksym_func_btf_id`), so the object's BTF needs one, in `.ksyms`. LLVM writes
//! it for a declaration with a `DISubprogram` (`BTFDebug::processFuncPrototypes`), which rustc
//! does not make. The macro `kfuncs!` leaves the prototype in the name of the symbol.

use std::{collections::HashMap, ffi::c_uint, ptr};

use bpf_core::descriptor::KFUNC_PREFIX;
use inkwell::{
    llvm_sys::{
        core::{
            LLVMDeleteFunction, LLVMGetNamedFunction, LLVMReplaceAllUsesWith, LLVMSetSection,
            LLVMSetValueName2,
        },
        debuginfo::*,
        prelude::{LLVMDIBuilderRef, LLVMMetadataRef},
    },
    module::Module,
};

use crate::{
    error::{Error, Result},
    ir::{self, Value},
    source,
};

/// Where libbpf looks for the functions of the kernel.
const SECTION: &std::ffi::CStr = c".ksyms";

/// From LLVM's `Dwarf.def`; the C API does not name them.
const DW_ATE_BOOLEAN: LLVMDWARFTypeEncoding = 0x02;
const DW_ATE_SIGNED: LLVMDWARFTypeEncoding = 0x05;
const DW_ATE_UNSIGNED: LLVMDWARFTypeEncoding = 0x07;

/// Whether a symbol stands for a function of the kernel.
pub(crate) fn is_kfunc(name: &[u8]) -> bool {
    name.starts_with(KFUNC_PREFIX.as_bytes())
}

/// Whether the module declares one.
pub(crate) fn declared(module: &Module<'_>) -> bool {
    ir::functions(module).any(|function| is_kfunc(function.name()))
}

/// Gives each its own name, and the debug info that its prototype is written from.
///
/// # Errors
/// When a prototype cannot be read, or the name belongs to another function.
pub(crate) fn declare(module: &Module<'_>) -> Result<()> {
    let kfuncs: Vec<Value<'_>> = ir::functions(module)
        .filter(|function| is_kfunc(function.name()))
        .collect();
    if kfuncs.is_empty() {
        return Ok(());
    }
    // SAFETY: the module is alive. A builder that disallows unresolved nodes needs no compile
    // unit of its own.
    let builder = unsafe { LLVMCreateDIBuilderDisallowUnresolved(module.as_mut_ptr()) };
    let mut types = Types {
        builder,
        made: HashMap::new(),
    };
    let declared = kfuncs
        .into_iter()
        .try_for_each(|kfunc| declare_one(module, &mut types, kfunc));
    // SAFETY: it was made above, and nothing uses it after this.
    unsafe { LLVMDisposeDIBuilder(builder) };
    declared
}

fn declare_one(module: &Module<'_>, types: &mut Types, kfunc: Value<'_>) -> Result<()> {
    let symbol = String::from_utf8_lossy(kfunc.name()).into_owned();
    let called = kfunc.users().into_iter().find(|user| user.is_instruction());
    let refused = |why: &str| {
        Error::new(format!("{why}: `{symbol}`"))
            .at(called.and_then(source::line_of))
            .help("declare functions of the kernel with `kfuncs!` of bpf-core, whose version is the linker's")
    };
    if !kfunc.is_declaration() {
        return Err(refused("a function of the kernel is defined"));
    }
    let text = symbol.strip_prefix(KFUNC_PREFIX).unwrap_or_default();
    let Some(prototype) = Prototype::parse(text) else {
        return Err(refused("malformed prototype of a function of the kernel"));
    };
    let name = std::ffi::CString::new(prototype.name)
        .map_err(|_| refused("malformed name of a function of the kernel"))?;
    // SAFETY: the module is alive, and the name a C string.
    let other = Value::new(unsafe { LLVMGetNamedFunction(module.as_mut_ptr(), name.as_ptr()) });
    if let Some(other) = other {
        if !other.is_declaration() {
            return Err(refused("the program defines a function of this name"));
        }
        // SAFETY: both are functions of this module, and pointers are of one type.
        unsafe {
            LLVMReplaceAllUsesWith(kfunc.raw(), other.raw());
            LLVMDeleteFunction(kfunc.raw());
        }
        return Ok(());
    }
    let subprogram = types.subprogram(&prototype);
    // SAFETY: the value is a declaration of this module, and the subprogram of its context.
    unsafe {
        LLVMSetValueName2(
            kfunc.raw(),
            prototype.name.as_ptr().cast(),
            prototype.name.len(),
        );
        LLVMSetSection(kfunc.raw(), SECTION.as_ptr());
        LLVMSetSubprogram(kfunc.raw(), subprogram);
    }
    Ok(())
}

/// As `bpf_core::descriptor` writes it: `name(type,type)type`.
#[derive(Debug, PartialEq)]
struct Prototype<'a> {
    name: &'a str,
    parameters: Vec<&'a str>,
    result: &'a str,
}

impl<'a> Prototype<'a> {
    fn parse(text: &'a str) -> Option<Self> {
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

struct Types {
    builder: LLVMDIBuilderRef,
    made: HashMap<String, LLVMMetadataRef>,
}

impl Types {
    fn subprogram(&mut self, prototype: &Prototype<'_>) -> LLVMMetadataRef {
        let mut types = vec![self.debug(prototype.result)];
        types.extend(prototype.parameters.iter().map(|of| self.debug(of)));
        let name = prototype.name;
        // SAFETY: the builder is alive and copies names; the types are the ones just made, where
        // null is `void`.
        unsafe {
            let file = LLVMDIBuilderCreateFile(
                self.builder,
                c"vmlinux".as_ptr(),
                c"vmlinux".count_bytes(),
                c"".as_ptr(),
                0,
            );
            let of = LLVMDIBuilderCreateSubroutineType(
                self.builder,
                file,
                types.as_mut_ptr(),
                types.len() as c_uint,
                0,
            );
            LLVMDIBuilderCreateFunction(
                self.builder,
                file,
                name.as_ptr().cast(),
                name.len(),
                name.as_ptr().cast(),
                name.len(),
                file,
                0,
                of,
                0,
                0,
                0,
                LLVMDIFlagPrototyped,
                0,
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
        // SAFETY: as above.
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
