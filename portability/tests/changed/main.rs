//! Reads that succeed and give something else, on kernels made for it.

mod sign;

use bpf_core_btf::object::Object;
use bpf_core_btf::{Array, Btf, BtfBuilder, Endian, Int, Kind, Member, TypeId};
use bpf_core_catalogue::{Catalogue, Kernel, KernelSet, Writer};
use bpf_core_portability::{Effect, Loader, Rule, check};

/// The types of `struct thing`'s fields, and how many bits `flag` has if it is a bit-field.
struct Layout<'l> {
    count: u32,
    half: u32,
    flag_bits: u8,
    name: u32,
    number: u32,
    pair: &'l [&'l str],
    is_signed: bool,
}

/// What the object declares.
const DECLARED: Layout<'_> = Layout {
    count: 8,
    half: 4,
    flag_bits: 0,
    name: 16,
    number: 4,
    pair: &["first", "second"],
    is_signed: true,
};

fn kernel(layout: &Layout<'_>) -> Vec<u8> {
    let mut btf = BtfBuilder::new(Endian::Little);
    let long = btf.int("long unsigned int", 8, 0);
    let int = btf.int("unsigned int", 4, 0);
    let signed = btf.int("long int", 8, Int::SIGNED);
    let char = btf.int("char", 1, Int::SIGNED);
    let number = |size| if size == 8 { long } else { int };
    let array = |element, nelems| Array {
        element,
        index_type: int,
        nelems,
    };
    let name = btf.array(array(char, layout.name));
    let numbers = btf.array(array(number(layout.number), 4));
    let mut at = 0;
    let pair: Vec<_> = layout
        .pair
        .iter()
        .map(|name| field(name, int, &mut at, 32))
        .collect();
    let pair = btf.structure("pair", at / 8, &pair);
    let next = btf.ptr(TypeId::VOID);
    // The name of a typedef does not matter, and neither does `volatile`.
    let count = btf.typedef("counter_t", number(layout.count));
    let count = btf.reference(Kind::Volatile, "", count);
    let mut at = 0;
    let mut members = vec![
        field("count", count, &mut at, 64),
        field("half", number(layout.half), &mut at, 64),
        field(
            "sign",
            if layout.is_signed { signed } else { long },
            &mut at,
            64,
        ),
        field("flag", int, &mut at, 64),
        field("name", name, &mut at, 128),
        field("numbers", numbers, &mut at, 256),
        field("pair", pair, &mut at, 64),
        field("next", next, &mut at, 64),
    ];
    members[3].bitfield_size = layout.flag_bits;
    btf.structure("thing", at / 8, &members);
    btf.finish()
}

fn field<'n>(name: &'n str, type_id: TypeId, at: &mut u32, bits: u32) -> Member<'n> {
    let bit_offset = *at;
    *at += bits;
    Member {
        name,
        type_id,
        bit_offset,
        bitfield_size: 0,
    }
}

/// The programs that get wrong values on a kernel, and what it has.
fn wrong(layout: &Layout<'_>) -> Vec<(String, String)> {
    changes(include_bytes!("changed.bpf.o"), &kernel(layout))
}

/// The programs of an object that get wrong values on a kernel with these types, and what it has.
fn changes(object: &[u8], btf: &[u8]) -> Vec<(String, String)> {
    let mut writer = Writer::new();
    let btf = Btf::parse(btf).unwrap();
    writer
        .add(Kernel::new("6.1.0", "amd64"), &btf, &[])
        .unwrap();
    let file = writer.finish(|block| {
        ruzstd::encoding::compress_to_vec(block, ruzstd::encoding::CompressionLevel::Fastest)
    });
    let catalogue = Catalogue::open(&file).unwrap();
    let object = Object::parse(object).unwrap();
    let all = KernelSet::first(1);
    let report = check(&object, &catalogue, &all, &Loader::default()).unwrap();
    let changed = report
        .findings
        .iter()
        .filter(|finding| finding.rule == Rule::ChangedType);
    let changed = changed.map(|finding| {
        let [case] = &finding.cases[..] else {
            panic!("{finding:?}");
        };
        assert_eq!(case.effect, Effect::WrongValue);
        let program = &report.programs[finding.program.unwrap()];
        (program.name.clone(), case.has.clone())
    });
    changed.collect()
}

#[track_caller]
fn assert_wrong(layout: &Layout<'_>, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(program, has)| ((*program).to_owned(), (*has).to_owned()))
        .collect();
    assert_eq!(wrong(layout), expected);
}

#[test]
fn what_is_declared_is_right() {
    assert_wrong(&DECLARED, &[]);
}

#[test]
fn signs_do_not_matter_to_all_bytes() {
    assert_wrong(
        &Layout {
            is_signed: false,
            ..DECLARED
        },
        &[],
    );
}

#[test]
fn numbers_of_another_size() {
    let narrow = Layout {
        count: 4,
        ..DECLARED
    };
    assert_wrong(
        &narrow,
        &[("whole", "`counter_t` of 4 bytes, and the read takes 8")],
    );
    let wide = Layout {
        half: 8,
        ..DECLARED
    };
    assert_wrong(
        &wide,
        &[(
            "half",
            "`long unsigned int` of 8 bytes, and the read takes 4",
        )],
    );
}

#[test]
fn bit_fields() {
    let bits = Layout {
        flag_bits: 3,
        ..DECLARED
    };
    let has = "`unsigned int : 3`, and the read takes all its bytes";
    assert_wrong(&bits, &[("flag", has)]);
}

#[test]
fn arrays() {
    let short = Layout {
        name: 8,
        ..DECLARED
    };
    assert_wrong(
        &short,
        &[("name", "`char[8]` of 8 bytes, and the read takes 16")],
    );
    let long = Layout {
        name: 32,
        ..DECLARED
    };
    assert_wrong(&long, &[]);
    let of_others = Layout {
        number: 8,
        ..DECLARED
    };
    let array = "`long unsigned int[4]` of 32 bytes, and the read takes 16";
    let element = "`long unsigned int` of 8 bytes, and the read takes 4";
    assert_wrong(&of_others, &[("numbers", array), ("number", element)]);
}

#[test]
fn records() {
    let half = Layout {
        pair: &["first"],
        ..DECLARED
    };
    assert_wrong(
        &half,
        &[("pair", "`struct pair` of 4 bytes, and the read takes 8")],
    );
    let more = Layout {
        pair: &["first", "second", "third"],
        ..DECLARED
    };
    assert_wrong(&more, &[]);
}
