//! An ELF eBPF object: its programs and the functions that they call, what their instructions refer
//! to, and its BTF. Needs the feature `object`.
//!
//! An object is what clang, `bpf-linker` or `bpftool gen object` write, in either byte order, before
//! a loader has changed it. What libbpf takes is taken: a file whose `e_machine` is 0 comes from
//! an old LLVM.
//!
//! ```
//! use bpf_core_btf::object::{ExternKind, Object};
//!
//! // Of two programs that share functions: `tests/fixtures/object.bpf.c`.
//! let bytes = include_bytes!("../../tests/fixtures/object.bpf.o");
//! let object = Object::parse(bytes)?;
//! let first = object.programs().next().unwrap();
//! assert_eq!((first.name, object.section_of(first).name), ("first", "tp_btf/sched_switch"));
//!
//! // The program and all functions that it calls, each with its records and their instructions.
//! let ext = object.btf_ext()?.unwrap();
//! let mut records = Vec::new();
//! for function in object.reachable(first) {
//!     let section = object.section_of(function);
//!     for relo in ext.core_relos_in(section.name, function.range()) {
//!         let insn = section.insn_at(relo.insn_off).unwrap();
//!         records.push(format!("{}: {} {}: {insn}", function.name, relo.kind, relo.access));
//!     }
//! }
//! assert_eq!(records[0], "shared: byte_off 0:0: w1 = *(u32 *)(r6 + 0)");
//! assert_eq!(records.len(), 3);
//!
//! // What it needs of the kernel besides.
//! let kfunc = object.externs().iter().find(|one| one.kind == ExternKind::Kfunc);
//! assert_eq!(kfunc.map(|one| (one.name, one.is_weak)), Some(("missing_kfunc", true)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod function;
mod image;
mod lines;
mod map;
mod place;
mod read;
mod variable;

use core::ops::Range;

use crate::btf::Btf;
use crate::bytes::Endian;
use crate::ext::BtfExt;
use crate::insn::{Insn, decode};
use crate::raw::Kind;

pub use error::ObjectError;
pub use image::{Image, Order};
pub use lines::Lines;
pub use map::MapDefinition;
pub use place::Place;
pub use read::{HEAD, btf_bytes, is_object};

/// Where functions are that name no section.
const TEXT: &str = ".text";

/// An eBPF object. Borrows the bytes of the file.
#[derive(Debug)]
pub struct Object<'d> {
    endian: Endian,
    sections: Vec<Section<'d>>,
    /// By section and place.
    functions: Vec<Function<'d>>,
    maps: Vec<Map<'d>>,
    variables: Vec<Variable<'d>>,
    externs: Vec<Extern<'d>>,
    btf: Option<Btf<'d>>,
    btf_ext: Option<&'d [u8]>,
}

/// A section of an object.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Section<'d> {
    /// Its name.
    pub name: &'d str,
    /// Its content. Empty for `.bss` and the like, which have none in the file.
    pub data: &'d [u8],
    /// Its size when loaded.
    pub size: u64,
    /// Whether it holds instructions.
    pub is_code: bool,
    /// What its instructions, or its data, refer to, in the order of their places. Only sections
    /// that are loaded have some: not those of debug info.
    pub relocations: Vec<Relocation<'d>>,
    endian: Endian,
}

/// A place in a section whose value the loader puts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Relocation<'d> {
    /// The place, in bytes from the start of the section.
    pub offset: u32,
    /// What belongs there.
    pub target: Target<'d>,
}

/// What a relocation refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target<'d> {
    /// Code of this object, called or taken the address of.
    Code {
        /// Index in [`Object::sections`].
        section: usize,
        /// In bytes.
        offset: u32,
    },
    /// A map of this object.
    Map(&'d str),
    /// A variable of this object.
    Data {
        /// Index in [`Object::sections`].
        section: usize,
        /// In bytes.
        offset: u64,
    },
    /// What the loader finds elsewhere: see [`Object::externs`].
    Extern(&'d str),
}

/// A function: a program, or one that programs call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Function<'d> {
    /// Its name. Empty for the code of a section without symbols.
    pub name: &'d str,
    /// Index in [`Object::sections`].
    pub section: usize,
    /// Where it starts in the section, in bytes.
    pub start: u32,
    /// Its length in bytes.
    pub len: u32,
    /// Whether other objects can name it. A program is.
    pub is_global: bool,
    /// Whether only this object can call it for all that (`STV_HIDDEN`): libbpf makes it static in BTF.
    pub is_hidden: bool,
}

/// A map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Map<'d> {
    /// Its name.
    pub name: &'d str,
    /// Index in [`Object::sections`]: `.maps`, or `maps` of objects from before BTF.
    pub section: usize,
    /// Where its declaration starts in the section, in bytes.
    pub offset: u64,
}

/// A variable. BTF does not tell its place until the object was linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable<'d> {
    /// Its name.
    pub name: &'d str,
    /// Index in [`Object::sections`]: `.rodata`, `.data` or `.bss`, for instance.
    pub section: usize,
    /// Where it starts in the section, in bytes.
    pub offset: u64,
    /// Its size in bytes.
    pub size: u64,
    /// Whether other objects can name it.
    pub is_global: bool,
}

/// What an object uses and does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extern<'d> {
    /// Its name.
    pub name: &'d str,
    /// Whether the object loads without it.
    pub is_weak: bool,
    /// What the object's BTF says that it is.
    pub kind: ExternKind,
}

/// What an extern is, by the data section that its BTF stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExternKind {
    /// A function of the kernel: a function in `.ksyms`.
    Kfunc,
    /// A variable of the kernel: a variable in `.ksyms`.
    Ksym,
    /// An option of the kernel's configuration: a variable in `.kconfig`.
    Kconfig,
    /// BTF does not tell: the object was not linked, or the compiler wrote no BTF for it.
    Unknown,
}

impl<'d> Object<'d> {
    /// Reads an object.
    ///
    /// # Errors
    /// The file is no eBPF object, or one that is damaged: the error names the section and the
    /// offset.
    pub fn parse(bytes: &'d [u8]) -> Result<Self, ObjectError> {
        read::object(bytes)
    }

    /// The byte order, which is that of the eBPF target.
    pub fn endian(&self) -> Endian {
        self.endian
    }

    /// All sections in the order of the file, without the empty one that each ELF file starts with.
    pub fn sections(&self) -> &[Section<'d>] {
        &self.sections
    }

    /// The first section of this name.
    pub fn section(&self, name: &str) -> Option<&Section<'d>> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// All functions, by section and place.
    pub fn functions(&self) -> &[Function<'d>] {
        &self.functions
    }

    /// The maps that it declares.
    pub fn maps(&self) -> &[Map<'d>] {
        &self.maps
    }

    /// Its variables, in the order of the symbols.
    pub fn variables(&self) -> &[Variable<'d>] {
        &self.variables
    }

    /// What it uses and does not have: kfuncs, variables and options of the kernel.
    pub fn externs(&self) -> &[Extern<'d>] {
        &self.externs
    }

    /// The text of the section `license`.
    pub fn license(&self) -> Option<&'d str> {
        let data = self.section("license")?.data;
        let end = data.iter().position(|&byte| byte == 0);
        core::str::from_utf8(&data[..end.unwrap_or(data.len())]).ok()
    }

    /// `.BTF`, if it has one.
    pub fn btf(&self) -> Option<&Btf<'d>> {
        self.btf.as_ref()
    }

    /// `.BTF.ext`, if it has one and `.BTF`: lines, functions and CO-RE records. Parsed by each call.
    ///
    /// # Errors
    /// It is damaged.
    pub fn btf_ext(&self) -> Result<Option<BtfExt<'_>>, ObjectError> {
        let Some((btf, bytes)) = self.btf.as_ref().zip(self.btf_ext) else {
            return Ok(None);
        };
        let ext = BtfExt::parse(bytes, btf);
        ext.map(Some).map_err(|error| ObjectError::Btf {
            section: ".BTF.ext",
            error,
        })
    }
}

impl<'d> Section<'d> {
    /// Its instructions from the byte `range.start` to `range.end`, each with its offset in the section.
    pub fn insns(&self, range: Range<u32>) -> impl Iterator<Item = (u32, Insn)> + use<'d> {
        let Range { start, end } = range;
        let code: &'d [u8] = self.data.get(start as usize..end as usize).unwrap_or(&[]);
        decode(code, self.endian).map(move |(at, insn)| (start + at, insn))
    }

    /// The instruction at this offset. `None` if the section ends before or in it.
    pub fn insn_at(&self, offset: u32) -> Option<Insn> {
        Insn::read(self.data.get(offset as usize..)?, self.endian)
    }

    /// What the instruction, or the word, at this offset refers to.
    pub fn target_at(&self, offset: u32) -> Option<Target<'d>> {
        let found = self
            .relocations
            .binary_search_by_key(&offset, |relocation| relocation.offset);
        Some(self.relocations[found.ok()?].target)
    }
}

/// The kind of an extern by its name.
fn extern_kind(btf: &Btf<'_>, name: &str) -> ExternKind {
    for (section, of_function, of_variable) in [
        (".ksyms", ExternKind::Kfunc, ExternKind::Ksym),
        (".kconfig", ExternKind::Unknown, ExternKind::Kconfig),
    ] {
        let variables = btf.find_by_name_kind(section, Kind::Datasec);
        let variables = variables
            .into_iter()
            .flat_map(|section| section.variables());
        for found in variables.filter_map(|entry| btf.type_by_id(entry.type_id)) {
            if found.name() == name {
                return match found.kind() {
                    Kind::Func => of_function,
                    _ => of_variable,
                };
            }
        }
    }
    ExternKind::Unknown
}
