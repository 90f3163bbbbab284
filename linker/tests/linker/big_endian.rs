//! `bpfeb`: the same relocations, in the other byte order.

use bpf_core_btf::{Btf, BtfBuilder, BtfExt, Endian, Member, Resolver, patch};

use crate::{
    linking::{Folder, instruction, records, said, section},
    program::program,
};

/// What rustc makes for `bpfeb-unknown-none`.
pub(crate) fn big_endian(ir: &str) -> String {
    ir.replace("layout = \"e-", "layout = \"E-")
        .replace("triple = \"bpfel\"", "triple = \"bpfeb\"")
}

const ASKED: [(&str, i32, i32); 9] = [
    // Each with its answer in the program and in the kernel below.
    ("byte_off struct s.x:u32", 0, 12),
    ("byte_sz struct s.x:u32", 4, 4),
    ("field_exists struct s.gone:u8", 1, 0),
    ("signed struct s.x:u32", 0, 1),
    ("lshift_u64 struct s.x:u32", 32, 35),
    ("rshift_u64 struct s.x:u32", 32, 59),
    ("type_exists struct other", 1, 0),
    ("type_size struct s", 8, 16),
    ("enumval_exists enum e/u32.A=1", 1, 0),
];

#[test]
fn a_program() {
    let ir = program("prog", "raw_tp/x", &ASKED.map(|(request, ..)| request));
    let folder = Folder::new("big_endian");
    let big = folder.file("big.ll", big_endian(&ir));
    let big = folder.link(&[&big, "--export", "prog"]);
    let little = folder.file("little.ll", &ir);
    let little = folder.link(&[&little, "--export", "prog"]);
    let (big_records, little_records) = (records(&big), records(&little));
    assert_eq!(said(&big_records), said(&little_records));
    let immediate = |insn: [u8; 8]| {
        let [.., a, b, c, d] = insn;
        i32::from_be_bytes([a, b, c, d])
    };
    let before: Vec<i32> = big_records
        .iter()
        .map(|record| immediate(instruction(&big, record)))
        .collect();
    assert_eq!(before, ASKED.map(|(_, answer, _)| answer));

    let kernel = kernel();
    let kernel = Btf::parse(&kernel).unwrap_or_else(|error| panic!("{error}"));
    let (btf, ext) = (section(&big, ".BTF"), section(&big, ".BTF.ext"));
    let btf = Btf::parse(&btf).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(btf.endian(), Endian::Big);
    let ext = BtfExt::parse(&ext, &btf).unwrap_or_else(|error| panic!("{error}"));
    let mut code = section(&big, "raw_tp/x");
    let mut resolver = Resolver::new(&btf, &kernel);
    let after: Vec<i32> = ext.core_relos()[0]
        .records
        .iter()
        .map(|record| {
            let resolution = resolver
                .resolve(record)
                .unwrap_or_else(|error| panic!("{error}"));
            patch(&mut code, &resolution).unwrap_or_else(|error| panic!("{error}"));
            let at = record.insn_off as usize;
            immediate(code[at..at + 8].try_into().unwrap_or_default())
        })
        .collect();
    assert_eq!(after, ASKED.map(|(.., answer)| answer));
}

/// `s.x` is a bit-field of 5 bits in its third word, behind 3 others.
fn kernel() -> Vec<u8> {
    let mut builder = BtfBuilder::new(Endian::Big);
    let int = builder.int("int", 4, 1);
    let x = Member {
        name: "x",
        type_id: int,
        bit_offset: 12 * 8 + 3,
        bitfield_size: 5,
    };
    builder.structure("s", 16, &[x]);
    builder.finish()
}

#[test]
fn inputs_of_both_byte_orders() {
    let folder = Folder::new("both_byte_orders");
    let one = folder.file(
        "one.ll",
        program("one", "raw_tp/x", &["byte_off struct s.x:u32"]),
    );
    let two = program("two", "raw_tp/x", &["byte_off struct s.y:u32"]);
    let two = folder.file("two.ll", big_endian(&two));
    let error = folder.fail(&[&one, &two, "--export", "one,two"]);
    let names = ["one.ll` is for `bpfel`", "two.ll` for `bpfeb`"];
    assert!(
        error.starts_with("error: the inputs have two byte orders"),
        "{error}"
    );
    assert!(names.iter().all(|name| error.contains(name)), "{error}");
}
