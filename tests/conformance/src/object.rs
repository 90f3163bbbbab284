//! An eBPF object of one program, with the relocations of a case.

use object::write::{Object, StandardSegment, Symbol, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, SectionKind, SymbolFlags, SymbolKind, SymbolScope,
};

use crate::insn::Insn;

/// The section that the program is in, one that asks nothing of the kernel.
const SECTION: &str = "socket";

/// The name of the program.
pub const PROGRAM: &str = "program";

/// `struct bpf_core_relo` before its strings have a place.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// `enum bpf_core_relo_kind`, or a number that is none.
    pub kind: u32,
    /// The local type, or a number that is none.
    pub type_id: u32,
    /// The access string.
    pub access: &'a str,
    /// Bytes from the start of its instruction: 0, unless the record is malformed.
    pub skew: u32,
    /// The instruction that it is for.
    pub insn: Insn,
}

/// The object: an ELF file with these types, and a program of these instructions, each with its
/// relocation.
pub fn build(btf: &[u8], records: &[Record<'_>]) -> Vec<u8> {
    let mut btf = Strings::of(btf);
    let (mut program, mut relos) = (Vec::new(), Vec::new());
    for record in records {
        let insn_off = program.len() as u32 + record.skew;
        relos.extend([
            insn_off,
            record.type_id,
            btf.add(record.access),
            record.kind,
        ]);
        program.extend(record.insn.bytes());
    }
    program.extend(Insn::new(0xb7, 0, 0, 0).bytes());
    program.extend(Insn::new(0x95, 0, 0, 0).bytes());
    let section = btf.add(SECTION);
    let ext = btf_ext(section, &relos);

    let mut object = Object::new(BinaryFormat::Elf, Architecture::Bpf, Endianness::Little);
    let segment = object.segment_name(StandardSegment::Text).to_vec();
    let text = object.add_section(segment, SECTION.into(), SectionKind::Text);
    object.append_section_data(text, &program, 8);
    object.add_symbol(Symbol {
        name: PROGRAM.into(),
        value: 0,
        size: program.len() as u64,
        kind: SymbolKind::Text,
        scope: SymbolScope::Dynamic,
        weak: false,
        section: SymbolSection::Section(text),
        flags: SymbolFlags::None,
    });
    for (name, bytes) in [
        (".BTF", btf.blob),
        (".BTF.ext", ext),
        ("license", b"GPL\0".to_vec()),
    ] {
        let section = object.add_section(Vec::new(), name.into(), SectionKind::Other);
        object.append_section_data(section, &bytes, 4);
    }
    object.write().expect("an ELF file")
}

/// `struct btf_ext_header`, and its one part that is not empty.
fn btf_ext(section: u32, relos: &[u32]) -> Vec<u8> {
    const HEADER: u32 = 32;
    const RECORD: u32 = 16;
    let count = relos.len() as u32 / 4;
    let mut ext = vec![0x9f, 0xeb, 1, 0];
    let parts = [HEADER, 0, 0, 0, 0, 0, 12 + RECORD * count];
    let words = parts.into_iter().chain([RECORD, section, count]);
    ext.extend(
        words
            .chain(relos.iter().copied())
            .flat_map(u32::to_le_bytes),
    );
    ext
}

/// BTF that takes more strings: its string section is the last.
struct Strings {
    blob: Vec<u8>,
}

impl Strings {
    /// Where `struct btf_header` has the length of the types, and of the strings.
    const TYPES: usize = 12;
    const STRINGS: usize = 20;

    fn of(btf: &[u8]) -> Self {
        Self { blob: btf.to_vec() }
    }

    fn word(&self, at: usize) -> u32 {
        u32::from_le_bytes(*self.blob[at..].first_chunk().unwrap())
    }

    fn add(&mut self, string: &str) -> u32 {
        let offset = self.word(Self::STRINGS);
        assert_eq!(self.blob.len() as u32, 24 + self.word(Self::TYPES) + offset);
        self.blob.extend(string.bytes().chain([0]));
        let len = offset + string.len() as u32 + 1;
        self.blob[Self::STRINGS..][..4].copy_from_slice(&len.to_le_bytes());
        offset
    }
}
