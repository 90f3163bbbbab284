//! From the bytes of an ELF file to an [`Object`].

use std::collections::HashSet;

use object::elf::{EM_BPF, EM_NONE, ET_REL, FileHeader64, SHF_ALLOC, STV_HIDDEN, STV_INTERNAL};
use object::read::elf::{ElfFile64, ElfSection64, ElfSymbol64, FileHeader as _};
use object::{
    Endianness, File, Object as _, ObjectSection as _, ObjectSymbol as _, RelocationTarget,
    SectionFlags, SectionKind, SymbolKind,
};

use super::error::ObjectError;
use super::{
    Extern, ExternKind, Function, Map, Object, Relocation, Section, Target, Variable, extern_kind,
};
use crate::btf::Btf;
use crate::bytes::Endian;
use crate::error::{Error, ErrorKind};
use crate::insn::{Callee, INSN_SIZE, Insn, Op};

/// The bytes of BTF in a file: `.BTF` of an ELF file of any machine, such as a kernel image or a
/// module, or else the file as it is, such as `/sys/kernel/btf/vmlinux` (`btf__parse` of libbpf).
///
/// # Errors
/// The file is a damaged ELF file, or one without `.BTF`.
pub fn btf_bytes(file: &[u8]) -> Result<&[u8], ObjectError> {
    if !file.starts_with(b"\x7fELF") {
        return Ok(file);
    }
    let elf = File::parse(file)?;
    let section = elf.section_by_name(".BTF");
    let section = section.ok_or_else(|| ObjectError::Elf("it has no section `.BTF`".to_owned()))?;
    Ok(section.data()?)
}

/// How many bytes [`is_object`] looks at.
pub const HEAD: usize = size_of::<FileHeader64<Endianness>>();

/// Whether a file that starts with these bytes is an object of eBPF programs. Says no more of the file.
pub fn is_object(head: &[u8]) -> bool {
    let header = FileHeader64::<Endianness>::parse(head);
    header.is_ok_and(|header| {
        header
            .endian()
            .is_ok_and(|endian| foreign(header, endian).is_none())
    })
}

/// The machine and the type of a file that is no object of eBPF programs.
fn foreign(header: &FileHeader64<Endianness>, endian: Endianness) -> Option<(u16, u16)> {
    let (machine, kind) = (header.e_machine(endian), header.e_type(endian));
    // LLVM did not have a number for BPF at first.
    let is_ours = matches!(machine, EM_BPF | EM_NONE) && kind == ET_REL;
    (!is_ours).then_some((machine.0, kind.0))
}

/// See [`Object::parse`].
pub(super) fn object(bytes: &[u8]) -> Result<Object<'_>, ObjectError> {
    let file = ElfFile64::<Endianness>::parse(bytes)?;
    let endian = match file.endian() {
        Endianness::Little => Endian::Little,
        Endianness::Big => Endian::Big,
    };
    if let Some((machine, kind)) = foreign(file.elf_header(), file.endian()) {
        return Err(ObjectError::Foreign { machine, kind });
    }
    let sections: Result<Vec<_>, _> = file
        .sections()
        .map(|section| self::section(&section, endian))
        .collect();
    let mut reader = Reader {
        file: &file,
        sections: sections?,
        functions: Vec::new(),
        maps: Vec::new(),
        variables: Vec::new(),
        externs: Vec::new(),
    };
    for symbol in file.symbols() {
        reader.symbol(&symbol)?;
    }
    reader.maps.sort_by_key(|map| (map.section, map.offset));
    reader.bound_functions()?;
    for section in file.sections() {
        let relocations = reader.relocations(&section)?;
        reader.sections[place_of(section.index().0)].relocations = relocations;
    }
    let Reader {
        sections,
        functions,
        maps,
        variables,
        mut externs,
        ..
    } = reader;
    let data_of = |name| {
        let section = sections.iter().find(|section| section.name == name);
        section.map(|section| section.data)
    };
    let btf = data_of(".BTF")
        .map(|data| own_btf(data, endian))
        .transpose()?;
    if let Some(btf) = &btf {
        for one in &mut externs {
            one.kind = extern_kind(btf, one.name);
        }
    }
    Ok(Object {
        endian,
        btf,
        btf_ext: data_of(".BTF.ext"),
        sections,
        functions,
        maps,
        variables,
        externs,
    })
}

/// The first entry of the table is no section.
fn place_of(elf_index: usize) -> usize {
    elf_index.wrapping_sub(1)
}

fn own_btf(data: &[u8], endian: Endian) -> Result<Btf<'_>, ObjectError> {
    let btf = Btf::parse(data).and_then(|btf| {
        if btf.endian() == endian {
            return Ok(btf);
        }
        let kind = ErrorKind::OtherByteOrder;
        Err(Error { kind, offset: 0 })
    });
    btf.map_err(|error| ObjectError::Btf {
        section: ".BTF",
        error,
    })
}

fn section<'d>(
    section: &ElfSection64<'d, '_, Endianness>,
    endian: Endian,
) -> Result<Section<'d>, ObjectError> {
    let number = || format!("number {}", section.index().0);
    let bytes = section.name_bytes()?;
    let name = text(bytes).ok_or_else(|| damaged(&number(), 0, "its name is not UTF-8"))?;
    let data = section.data();
    let data = data.map_err(|error| damaged(name, 0, &lower_case(&error)))?;
    Ok(Section {
        name,
        data,
        size: section.size(),
        is_code: section.kind() == SectionKind::Text,
        relocations: Vec::new(),
        endian,
    })
}

/// What is read so far.
struct Reader<'f, 'd> {
    file: &'f ElfFile64<'d, Endianness>,
    sections: Vec<Section<'d>>,
    functions: Vec<Function<'d>>,
    maps: Vec<Map<'d>>,
    variables: Vec<Variable<'d>>,
    externs: Vec<Extern<'d>>,
}

impl<'d> Reader<'_, 'd> {
    /// Takes a function, a map or an extern. Other symbols are of no interest by themselves.
    fn symbol(&mut self, symbol: &ElfSymbol64<'d, '_, Endianness>) -> Result<(), ObjectError> {
        let name = || self.name(symbol);
        let Some(section) = self.section_of(symbol)? else {
            if symbol.is_undefined() && !name()?.is_empty() {
                self.externs.push(Extern {
                    name: name()?,
                    is_weak: symbol.is_weak(),
                    kind: ExternKind::Unknown,
                });
            }
            return Ok(());
        };
        let of = &self.sections[section];
        if of.is_code && symbol.kind() == SymbolKind::Text {
            let name = name()?;
            let (start, len) = (symbol.address(), symbol.size());
            let end = start.checked_add(len).filter(|&end| end <= of.size);
            let whole = [start, len].iter().all(|at| at % INSN_SIZE as u64 == 0);
            let (Some(_), true, Ok(start), Ok(len)) =
                (end, whole, u32::try_from(start), u32::try_from(len))
            else {
                let why = format!(
                    "function `{name}` of {len} bytes is not all in it, or cuts an instruction"
                );
                return Err(damaged(of.name, start, &why));
            };
            self.functions.push(Function {
                name,
                section,
                start,
                len,
                is_global: symbol.is_global(),
                is_hidden: matches!(
                    symbol.elf_symbol().st_visibility(),
                    STV_HIDDEN | STV_INTERNAL
                ),
            });
        } else if matches!(of.name, ".maps" | "maps") && symbol.kind() != SymbolKind::Section {
            let (name, offset) = (name()?, symbol.address());
            self.maps.push(Map {
                name,
                section,
                offset,
            });
        } else if symbol.kind() == SymbolKind::Data {
            self.variables.push(Variable {
                name: name()?,
                section,
                offset: symbol.address(),
                size: symbol.size(),
                is_global: symbol.is_global(),
            });
        }
        Ok(())
    }

    fn name(&self, symbol: &ElfSymbol64<'d, '_, Endianness>) -> Result<&'d str, ObjectError> {
        let why = || format!("the name of symbol {} is not UTF-8", symbol.index().0);
        text(symbol.name_bytes()?).ok_or_else(|| ObjectError::Elf(why()))
    }

    /// The section that a symbol stands in, if it does in one.
    fn section_of(
        &self,
        symbol: &ElfSymbol64<'d, '_, Endianness>,
    ) -> Result<Option<usize>, ObjectError> {
        let Some(index) = symbol.section_index() else {
            return Ok(None);
        };
        let section = place_of(index.0);
        if section < self.sections.len() {
            return Ok(Some(section));
        }
        let symbol = symbol.index().0;
        let why = format!(
            "symbol {symbol} is in section {}, which does not exist",
            index.0
        );
        Err(ObjectError::Elf(why))
    }

    /// Sorts the functions. One without a size, as assembly has, ends where the next one starts; a
    /// section without symbols is one function.
    fn bound_functions(&mut self) -> Result<(), ObjectError> {
        let known: HashSet<usize> = self.functions.iter().map(|one| one.section).collect();
        for (section, code) in self.sections.iter().enumerate() {
            let len = u32::try_from(code.data.len());
            let len = len.map_err(|_| damaged(code.name, 0, "it is larger than 4 GB"))?;
            if code.is_code && !known.contains(&section) {
                self.functions.push(Function {
                    name: "",
                    section,
                    start: 0,
                    len: len / INSN_SIZE as u32 * INSN_SIZE as u32,
                    is_global: false,
                    is_hidden: false,
                });
            }
        }
        self.functions
            .retain(|one| one.len != 0 || !one.name.is_empty());
        // Of two names for one function, the one that others can see.
        self.functions
            .sort_by_key(|one| (one.section, one.start, !one.is_global, one.name));
        self.functions.dedup_by_key(|one| (one.section, one.start));
        let mut next: Option<(usize, u32)> = None;
        for one in self.functions.iter_mut().rev() {
            let end = next.filter(|&(section, _)| section == one.section);
            let end = end.map_or(
                self.sections[one.section].data.len() as u32,
                |(_, start)| start,
            );
            if one.len == 0 {
                one.len = end.saturating_sub(one.start);
            }
            next = Some((one.section, one.start));
        }
        Ok(())
    }

    /// The relocations of a section that is loaded, in order.
    fn relocations(
        &self,
        section: &ElfSection64<'d, '_, Endianness>,
    ) -> Result<Vec<Relocation<'d>>, ObjectError> {
        let of = &self.sections[place_of(section.index().0)];
        let mut found = Vec::new();
        let SectionFlags::Elf { sh_flags, .. } = section.flags() else {
            return Ok(found);
        };
        if !sh_flags.contains(SHF_ALLOC) {
            return Ok(found);
        }
        for (at, relocation) in section.relocations() {
            let step = if of.is_code { INSN_SIZE as u64 } else { 1 };
            let offset = u32::try_from(at).ok();
            let offset = offset.filter(|_| at < of.data.len() as u64 && at % step == 0);
            let offset =
                offset.ok_or_else(|| damaged(of.name, at, "a relocation is at no instruction"))?;
            let RelocationTarget::Symbol(index) = relocation.target() else {
                continue;
            };
            let symbol = self.file.symbol_by_index(index);
            let no_such = |_| {
                let why = format!(
                    "a relocation names symbol {}, which does not exist",
                    index.0
                );
                damaged(of.name, at, &why)
            };
            let target = self.target(of, offset, &symbol.map_err(no_such)?)?;
            found.push(Relocation { offset, target });
        }
        found.sort_by_key(|relocation| relocation.offset);
        Ok(found)
    }

    /// The symbol, and what the place itself adds to it.
    fn target(
        &self,
        of: &Section<'d>,
        at: u32,
        symbol: &ElfSymbol64<'d, '_, Endianness>,
    ) -> Result<Target<'d>, ObjectError> {
        let Some(section) = self.section_of(symbol)? else {
            return Ok(Target::Extern(self.name(symbol)?));
        };
        let addend = if of.is_code {
            match of.insn_at(at) {
                // The immediate of a call counts instructions, from the next one.
                Some(insn) if matches!(insn.op(), Op::Call(Callee::Helper | Callee::Local)) => {
                    insn.imm.wrapping_add(1).wrapping_mul(INSN_SIZE as i64)
                }
                Some(Insn { imm, .. }) => imm,
                None => 0,
            }
        } else {
            let word = of.data[at as usize..].first_chunk().copied();
            word.map_or(0, |bytes| of.endian.u64(bytes).cast_signed())
        };
        let offset = symbol.address().wrapping_add_signed(addend);
        let place = |map: &Map<'_>| (map.section, map.offset);
        if let Ok(map) = self.maps.binary_search_by_key(&(section, offset), place) {
            return Ok(Target::Map(self.maps[map].name));
        }
        if !self.sections[section].is_code {
            return Ok(Target::Data { section, offset });
        }
        let outside = || damaged(of.name, at.into(), "a relocation leads out of the code");
        let offset = u32::try_from(offset).map_err(|_| outside())?;
        Ok(Target::Code { section, offset })
    }
}

impl From<object::Error> for ObjectError {
    fn from(error: object::Error) -> Self {
        Self::Elf(lower_case(&error))
    }
}

fn lower_case(error: &object::Error) -> String {
    let text = error.to_string();
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_lowercase);
    first.chain(chars).collect()
}

fn text(bytes: &[u8]) -> Option<&str> {
    core::str::from_utf8(bytes).ok()
}

fn damaged(section: &str, offset: u64, why: &str) -> ObjectError {
    let section = section.to_owned();
    let why = why.to_owned();
    ObjectError::Section {
        section,
        offset,
        why,
    }
}
