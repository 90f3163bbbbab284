//! The sections of an eBPF object: its code, and what the code refers to.

use std::collections::{HashMap, HashSet};

use bpf_core_btf::Endian;
use object::read::elf::ElfFile;
use object::read::elf::FileHeader;
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, RelocationTarget, elf};

use super::insn::{self, Insn};

/// An eBPF object.
#[derive(Debug)]
pub(super) struct Elf<'data> {
    /// Sections with code.
    pub(super) sections: Vec<Section>,
    /// All functions, by section and place.
    pub(super) functions: Vec<Function>,
    /// The index of the function that starts at a place of a section.
    starts: HashMap<(usize, u32), usize>,
    /// `.BTF`.
    pub(super) btf: Option<&'data [u8]>,
    /// `.BTF.ext`.
    pub(super) btf_ext: Option<&'data [u8]>,
    /// Names of symbols that the object uses and does not have.
    pub(super) undefined: Vec<String>,
}

/// A section with code.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) insns: Vec<Insn>,
    /// What instructions refer to, by their place.
    pub(super) references: HashMap<u32, Reference>,
}

/// What an instruction refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// Code of this object: a section of `Elf::sections`, and the place in it.
    Code { section: usize, at: u32 },
    /// What the loader finds in the kernel.
    Undefined(String),
    /// Maps and data.
    Other,
}

/// A function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    /// Of `Elf::sections`.
    pub(super) section: usize,
    /// Its first instruction.
    pub(super) start: u32,
    /// Behind its last instruction.
    pub(super) end: u32,
}

/// Why a file is no eBPF object, or none that can be read.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It is for another machine.
    Foreign,
    /// It is damaged.
    Damaged(String),
}

impl From<object::Error> for Refusal {
    fn from(error: object::Error) -> Self {
        let text = error.to_string();
        let mut chars = text.chars();
        let first = chars.next().into_iter().flat_map(char::to_lowercase);
        Self::Damaged(first.chain(chars).collect())
    }
}

/// Reads the ELF file. The byte order is that of the program too.
pub(super) fn read(bytes: &[u8]) -> Result<(Elf<'_>, Endian), Refusal> {
    let file = ElfFile::<elf::FileHeader64<object::Endianness>>::parse(bytes)?;
    let endian = match file.endian() {
        object::Endianness::Little => Endian::Little,
        object::Endianness::Big => Endian::Big,
    };
    if file.elf_header().e_machine(file.endian()) != elf::EM_BPF {
        return Err(Refusal::Foreign);
    }
    let mut found = Elf {
        sections: Vec::new(),
        functions: Vec::new(),
        starts: HashMap::new(),
        btf: None,
        btf_ext: None,
        undefined: Vec::new(),
    };
    let mut indices = HashMap::new();
    for section in file.sections() {
        let name = section.name()?;
        match name {
            ".BTF" => found.btf = Some(section.data()?),
            ".BTF.ext" => found.btf_ext = Some(section.data()?),
            _ if section.kind() == object::SectionKind::Text => {
                indices.insert(section.index(), found.sections.len());
                found.sections.push(Section {
                    name: name.to_owned(),
                    insns: insn::decode(section.data()?, endian),
                    references: HashMap::new(),
                });
            }
            _ => {}
        }
    }
    for section in file.sections() {
        let Some(&index) = indices.get(&section.index()) else {
            continue;
        };
        for (offset, relocation) in section.relocations() {
            let RelocationTarget::Symbol(symbol) = relocation.target() else {
                continue;
            };
            let at = place(offset);
            let Some(insn) = found.sections[index].insns.get(at as usize) else {
                continue;
            };
            let symbol = file.symbol_by_index(symbol)?;
            let reference = match symbol.section_index().map(|index| indices.get(&index)) {
                Some(Some(&section)) => Reference::Code {
                    section,
                    // `imm` of a call counts from behind the instruction.
                    at: place(symbol.address()).wrapping_add_signed(addend(insn)),
                },
                Some(None) => Reference::Other,
                None => Reference::Undefined(symbol.name()?.to_owned()),
            };
            found.sections[index].references.insert(at, reference);
        }
    }
    for symbol in file.symbols() {
        let name = symbol.name().unwrap_or_default();
        match symbol.section_index().map(|index| indices.get(&index)) {
            Some(Some(&section)) if symbol.kind() == object::SymbolKind::Text => {
                let len = found.sections[section].insns.len() as u32;
                found.functions.push(Function {
                    name: name.to_owned(),
                    section,
                    start: place(symbol.address()).min(len),
                    end: len,
                });
            }
            None if symbol.is_undefined() && !name.is_empty() => {
                found.undefined.push(name.to_owned());
            }
            _ => {}
        }
    }
    found.bound_functions();
    Ok((found, endian))
}

fn place(offset: u64) -> u32 {
    u32::try_from(offset / insn::SIZE as u64).unwrap_or(u32::MAX)
}

fn addend(insn: &Insn) -> i32 {
    match insn.op {
        insn::Op::Call { .. } => i32::try_from(insn.imm + 1).unwrap_or(0),
        _ => i32::try_from(insn.imm / insn::SIZE as i64).unwrap_or(0),
    }
}

impl Elf<'_> {
    /// Sorts the functions, ends each where the next one starts, and makes one of a section
    /// without symbols.
    fn bound_functions(&mut self) {
        self.functions.sort_by(|a, b| {
            let key = |one: &Function| (one.section, one.start);
            key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
        });
        self.functions.dedup_by_key(|one| (one.section, one.start));
        for index in 1..self.functions.len() {
            let next = self.functions[index].clone();
            let function = &mut self.functions[index - 1];
            if function.section == next.section {
                function.end = next.start;
            }
        }
        let known: HashSet<usize> = self.functions.iter().map(|one| one.section).collect();
        for (section, code) in self.sections.iter().enumerate() {
            let len = code.insns.len() as u32;
            if len != 0 && !known.contains(&section) {
                self.functions.push(Function {
                    name: String::new(),
                    section,
                    start: 0,
                    end: len,
                });
            }
        }
        let starts = self.functions.iter().enumerate();
        self.starts = starts
            .map(|(index, one)| ((one.section, one.start), index))
            .collect();
    }

    /// The function that starts there.
    pub(super) fn function_at(&self, section: usize, start: u32) -> Option<usize> {
        self.starts.get(&(section, start)).copied()
    }
}
