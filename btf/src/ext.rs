//! `.BTF.ext`: functions, source lines and relocations of each program section.

use core::ops::Range;

use crate::btf::Btf;
use crate::bytes::{Endian, Window, word};
use crate::error::{Error, ErrorKind};
use crate::raw::open_header;
use crate::relo::CoreRelo;
use crate::relo_kind::CoreReloKind;
use crate::type_id::TypeId;

/// Bytes of `struct btf_ext_header` up to and with `line_info_len`.
const MIN_HEADER_LEN: u32 = 24;
/// The same with the part for relocations, which clang 9 and older do not write.
const CORE_HEADER_LEN: u32 = 32;

/// Records of one kind that belong to one ELF section.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExtSection<'b, R> {
    /// Name of the ELF section the instructions are in.
    pub name: &'b str,
    /// The records in file order.
    pub records: Vec<R>,
}

/// `struct bpf_func_info`: where a function starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FuncInfo {
    /// Offset of its first instruction in bytes from the start of the ELF section.
    pub insn_off: u32,
    /// Its `FUNC` type.
    pub type_id: TypeId,
}

/// `struct bpf_line_info`: the source line of the instructions from `insn_off` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineInfo<'b> {
    /// Offset in bytes from the start of the ELF section.
    pub insn_off: u32,
    /// Path of the source file.
    pub file: &'b str,
    /// Text of the line; often empty.
    pub text: &'b str,
    /// Line number from 1, or 0 if unknown.
    pub line: u32,
    /// Column from 1, or 0 if unknown.
    pub column: u32,
}

/// A parsed `.BTF.ext` section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BtfExt<'b> {
    func_info: Vec<ExtSection<'b, FuncInfo>>,
    line_info: Vec<ExtSection<'b, LineInfo<'b>>>,
    core_relos: Vec<ExtSection<'b, CoreRelo<'b>>>,
}

impl<'b> BtfExt<'b> {
    /// Parses `.BTF.ext`, whose strings and types are those of `btf`, the object's own.
    ///
    /// As strict as libbpf's `btf_ext_parse`: where that one drops the section, this is an error.
    /// Unlike there, type ids, strings and relocation kinds are checked here too.
    pub fn parse(bytes: &[u8], btf: &'b Btf<'b>) -> Result<Self, Error> {
        let (whole, header_len) = open_header(bytes, MIN_HEADER_LEN)?;
        let flags = bytes.get(3).copied().unwrap_or_default();
        if flags != 0 {
            return whole.error(3, ErrorKind::UnsupportedFlags(flags));
        }
        let subsection = |index: usize, kind: &Subsection| {
            let off = whole.u32_at(8 + index * 8, "header")?;
            let len = whole.u32_at(12 + index * 8, "header")?;
            if off % 4 != 0 {
                return whole.error(8 + index * 8, ErrorKind::Misaligned(kind.name));
            }
            whole.part(
                u64::from(header_len) + u64::from(off),
                len.into(),
                kind.name,
            )
        };
        let core_relos = if header_len >= CORE_HEADER_LEN {
            read(subsection(2, &CORE_RELO)?, &CORE_RELO, btf, core_relo)?
        } else {
            Vec::new()
        };
        Ok(Self {
            func_info: read(subsection(0, &FUNC_INFO)?, &FUNC_INFO, btf, func_info)?,
            line_info: read(subsection(1, &LINE_INFO)?, &LINE_INFO, btf, line_info)?,
            core_relos,
        })
    }

    /// Functions, by ELF section.
    pub fn func_info(&self) -> &[ExtSection<'b, FuncInfo>] {
        &self.func_info
    }

    /// Source lines, by ELF section.
    pub fn line_info(&self) -> &[ExtSection<'b, LineInfo<'b>>] {
        &self.line_info
    }

    /// Relocations, by ELF section.
    pub fn core_relos(&self) -> &[ExtSection<'b, CoreRelo<'b>>] {
        &self.core_relos
    }

    /// The relocations of instructions at these byte offsets of this ELF section: those of a
    /// function, for one.
    pub fn core_relos_in(
        &self,
        section: &str,
        range: Range<u32>,
    ) -> impl Iterator<Item = &CoreRelo<'b>> {
        self.core_relos
            .iter()
            .filter(move |relos| relos.name == section)
            .flat_map(|relos| &relos.records)
            .filter(move |relo| range.contains(&relo.insn_off))
    }

    /// Where in the source the instruction at this byte offset of this ELF section comes from:
    /// the last line record at or before it.
    pub fn line_at(&self, section: &str, insn_off: u32) -> Option<LineInfo<'b>> {
        self.line_info
            .iter()
            .filter(|lines| lines.name == section)
            .flat_map(|lines| &lines.records)
            .filter(|line| line.insn_off <= insn_off)
            .max_by_key(|line| line.insn_off)
            .copied()
    }

    /// The function that the instruction at this byte offset of this ELF section is in.
    pub fn func_at(&self, section: &str, insn_off: u32) -> Option<FuncInfo> {
        self.func_info
            .iter()
            .filter(|funcs| funcs.name == section)
            .flat_map(|funcs| &funcs.records)
            .filter(|func| func.insn_off <= insn_off)
            .max_by_key(|func| func.insn_off)
            .copied()
    }
}

struct Subsection {
    name: &'static str,
    min_record: u32,
}

const FUNC_INFO: Subsection = Subsection {
    name: "func_info",
    min_record: 8,
};
const LINE_INFO: Subsection = Subsection {
    name: "line_info",
    min_record: 16,
};
const CORE_RELO: Subsection = Subsection {
    name: "core_relo",
    min_record: 16,
};

/// One record, cut to the record size of its subsection.
struct Record<'r, 'b> {
    bytes: Window<'r>,
    btf: &'b Btf<'b>,
}

impl<'b> Record<'_, 'b> {
    fn word(&self, index: usize) -> u32 {
        let endian: Endian = self.bytes.endian;
        word(endian, self.bytes.bytes, index)
    }

    fn string(&self, index: usize) -> Result<&'b str, Error> {
        let offset = self.word(index);
        match self.btf.string_at(offset) {
            Some(string) => Ok(string),
            None => self.bytes.error(index * 4, ErrorKind::BadExtString(offset)),
        }
    }

    fn type_id(&self, index: usize) -> Result<TypeId, Error> {
        let id = TypeId(self.word(index));
        match self.btf.type_by_id(id) {
            Some(_) => Ok(id),
            None => self.bytes.error(index * 4, ErrorKind::BadExtType(id)),
        }
    }
}

fn func_info(record: &Record<'_, '_>) -> Result<FuncInfo, Error> {
    Ok(FuncInfo {
        insn_off: record.word(0),
        type_id: record.type_id(1)?,
    })
}

fn line_info<'b>(record: &Record<'_, 'b>) -> Result<LineInfo<'b>, Error> {
    let line_col = record.word(3);
    Ok(LineInfo {
        insn_off: record.word(0),
        file: record.string(1)?,
        text: record.string(2)?,
        line: line_col >> 10,
        column: line_col & 0x3ff,
    })
}

fn core_relo<'b>(record: &Record<'_, 'b>) -> Result<CoreRelo<'b>, Error> {
    let raw_kind = record.word(3);
    let Some(kind) = CoreReloKind::from_raw(raw_kind) else {
        return record.bytes.error(12, ErrorKind::UnknownReloKind(raw_kind));
    };
    Ok(CoreRelo {
        insn_off: record.word(0),
        type_id: record.type_id(1)?,
        access: record.string(2)?,
        kind,
    })
}

/// A record size, then lists of records, each under the name of an ELF section
/// (`btf_ext_parse_sec_info`).
fn read<'b, R>(
    data: Window<'_>,
    kind: &Subsection,
    btf: &'b Btf<'b>,
    decode: fn(&Record<'_, 'b>) -> Result<R, Error>,
) -> Result<Vec<ExtSection<'b, R>>, Error> {
    let mut sections = Vec::new();
    let end = data.bytes.len();
    if end == 0 {
        return Ok(sections);
    }
    let record_size = data.u32_at(0, kind.name)?;
    if record_size < kind.min_record || record_size % 4 != 0 {
        return data.error(0, ErrorKind::BadRecordSize(record_size));
    }
    let mut at = 4;
    if at == end {
        return data.error(at, ErrorKind::NoRecords(kind.name));
    }
    while at < end {
        let name_off = data.u32_at(at, kind.name)?;
        let Some(name) = btf.string_at(name_off) else {
            return data.error(at, ErrorKind::BadExtString(name_off));
        };
        let count = data.u32_at(at + 4, kind.name)?;
        if count == 0 {
            return data.error(at + 4, ErrorKind::NoRecords(kind.name));
        }
        at += 8;
        let len = u64::from(count) * u64::from(record_size);
        let list = data.part(at as u64, len, kind.name)?;
        let size = record_size as usize;
        let records = (0..count as usize)
            .map(|index| {
                let bytes = list.part((index * size) as u64, size as u64, kind.name)?;
                decode(&Record { bytes, btf })
            })
            .collect::<Result<_, _>>()?;
        sections.push(ExtSection { name, records });
        at += list.bytes.len();
    }
    Ok(sections)
}
