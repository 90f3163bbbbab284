//! Records that no compiler writes, and types without an end.

use bpf_core_btf::CoreReloKind::{
    ByteOff, EnumvalExists, FieldExists, Signed, TypeExists, TypeIdLocal, TypeMatches,
};
use bpf_core_btf::{BtfBuilder, Endian, Kind, Member, Param, TypeId};
use bpf_core_conformance::case::{Case, E2BIG, EINVAL, Source};
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{Outcome, mov};

const PAIR: &str = "struct s { int a; int b; };";

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = access_strings();
    cases.extend(steps());
    cases.extend(records());
    cases.extend(depths());
    cases.extend(old_bitfields());
    cases
}

fn access_strings() -> Vec<Case> {
    let access = |name, access| {
        Case::new(name)
            .local(PAIR)
            .target("struct s { long a; int b; };")
            .asks(ByteOff, "struct s", access, mov(4))
    };
    vec![
        access("no path", "").refuses(EINVAL),
        access("a colon alone", ":").refuses(EINVAL),
        access("a colon in front", ":0:1").refuses(EINVAL),
        access("a colon at the end", "0:1:").refuses(EINVAL),
        access("two colons", "0::1").refuses(EINVAL),
        access("a letter", "a").refuses(EINVAL),
        access("a letter after a colon", "0:b").refuses(EINVAL),
        access("a letter after a number", "0:1b").refuses(EINVAL),
        access("hexadecimal", "0:0x1").refuses(EINVAL),
        access("zeros in front", "00:01").gives(8),
        // `sscanf` takes these.
        access("a space in front", " 0: 1")
            .gives(8)
            .aya(&differences::ACCESS_STRINGS, Outcome::Refused),
        access("a plus sign", "+0:+1").gives(8),
        access("a plus sign for a colon", "0+1")
            .gives(8)
            .aya(&differences::ACCESS_STRINGS, Outcome::Refused),
        access("a space at the end", "0:1 ").refuses(EINVAL),
    ]
}

fn steps() -> Vec<Case> {
    let step = |name, local, access| {
        Case::new(name)
            .local(local)
            .target(local)
            .asks(FieldExists, "struct s", access, mov(1))
    };
    vec![
        step("a member that the declaration has not", PAIR, "0:2").refuses(EINVAL),
        step("into an int", PAIR, "0:1:0").refuses(EINVAL),
        step("into a pointer", "struct s { struct s *a; };", "0:0:0").refuses(EINVAL),
        step("into an enum", "struct s { enum { A } a; };", "0:0:0").refuses(EINVAL),
        step(
            "into a forward declaration",
            "struct s { struct t *t; };",
            "0:0:0",
        )
        .refuses(EINVAL),
        Case::new("a step from an int")
            .local("typedef int t;")
            .target("typedef int t;")
            .asks(FieldExists, "t", "0:0", mov(1))
            .refuses(EINVAL),
        Case::new("a step from an enum")
            .local("enum e { A };")
            .target("enum e { A };")
            .asks(FieldExists, "enum e", "0:0", mov(1))
            .refuses(EINVAL),
        Case::new("a path from a forward declaration")
            .local("struct s;")
            .target(PAIR)
            .asks(ByteOff, "struct s", "0", mov(0))
            .refuses(EINVAL),
        Case::new("an element that is a forward declaration")
            .local("struct s { struct t a[2]; };")
            .target(PAIR)
            .asks(FieldExists, "struct s", "0:0:1", mov(1))
            .refuses(EINVAL),
        Case::new("a field that is a forward declaration")
            .local("struct s { struct t a; };")
            .target(PAIR)
            .asks(ByteOff, "struct s", "0:0", mov(0))
            .refuses(EINVAL),
        Case::new("the sign of an element where the struct is gone")
            .local("struct s { int a[2]; };")
            .target("struct t { int a; };")
            .asks(Signed, "struct s", "0:0:1", mov(1))
            .refuses(EINVAL),
        Case::new("a path from void")
            .local(PAIR)
            .target(PAIR)
            .asks(ByteOff, "void", "0", mov(0))
            .refuses(EINVAL),
    ]
}

fn records() -> Vec<Case> {
    let record = |name, kind: u32, root, access| {
        Case::new(name)
            .local(PAIR)
            .target(PAIR)
            .asks(kind, root, access, mov(1))
            .refuses(EINVAL)
    };
    vec![
        record("a kind that is none", 13, "struct s", "0"),
        record("a kind of all ones", u32::MAX, "struct s", "0"),
        record("a type that is none", ByteOff as u32, "#99", "0"),
        record(
            "a type that is none, for its id",
            TypeIdLocal as u32,
            "#99",
            "0",
        ),
        record(
            "a path for type_exists",
            TypeExists as u32,
            "struct s",
            "0:1",
        ),
        record(
            "an index for type_exists",
            TypeExists as u32,
            "struct s",
            "1",
        ),
        record(
            "zero in two digits for type_matches",
            TypeMatches as u32,
            "struct s",
            "00",
        ),
        record("no path for type_exists", TypeExists as u32, "struct s", ""),
        record(
            "a path for local_type_id",
            TypeIdLocal as u32,
            "struct s",
            "0:0",
        ),
        record(
            "an enumerator of a struct",
            EnumvalExists as u32,
            "struct s",
            "0",
        ),
    ]
}

fn depths() -> Vec<Case> {
    vec![
        Case::new("64 steps")
            .local(nested::<63>())
            .target(nested::<63>())
            .asks(FieldExists, "#65", NESTED_63, mov(1))
            .gives(1),
        Case::new("65 steps")
            .local(nested::<64>())
            .target(nested::<64>())
            .asks(FieldExists, "#66", NESTED_64, mov(1))
            .refuses(EINVAL)
            .aya(&differences::DEPTHS, Outcome::Value(1)),
        Case::new("65 steps in the kernel only")
            .local("struct top { int a; };")
            .target(nested::<64>())
            .asks(FieldExists, "struct top", "0:0", mov(1))
            .refuses(E2BIG)
            .aya(&differences::DEPTHS, Outcome::Value(1)),
        Case::new("31 pointers")
            .local(pointers::<31>())
            .target(pointers::<31>())
            .asks(TypeExists, "#33", "0", mov(1))
            .gives(1),
        Case::new("32 pointers")
            .local(pointers::<32>())
            .target(pointers::<32>())
            .asks(TypeExists, "#34", "0", mov(1))
            .refuses(EINVAL),
        Case::new("31 structs for type_matches")
            .local(nested::<30>())
            .target(nested::<30>())
            .asks(TypeMatches, "#32", "0", mov(1))
            .gives(1)
            .aya(&differences::TYPE_MATCHES, Outcome::Refused),
        Case::new("32 structs for type_matches")
            .local(nested::<31>())
            .target(nested::<31>())
            .asks(TypeMatches, "#33", "0", mov(1))
            .refuses(EINVAL),
        Case::new("functions that take functions, 32 levels")
            .local(functions::<32>())
            .target(functions::<32>())
            .asks(TypeExists, "#66", "0", mov(1))
            .gives(1),
        Case::new("functions that take functions, 33 levels")
            .local(functions::<33>())
            .target(functions::<33>())
            .asks(TypeExists, "#68", "0", mov(1))
            .refuses(EINVAL)
            .aya(&differences::DEPTHS, Outcome::Value(1)),
        Case::new("32 pointers for type_matches")
            .local(pointers::<32>())
            .target(pointers::<32>())
            .asks(TypeMatches, "#34", "0", mov(1))
            .refuses(EINVAL),
    ]
}

/// `0` and a zero for each of 63 structs.
const NESTED_63: &str = "0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:\
                         0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0";
const NESTED_64: &str = "0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:\
                         0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0";

/// An int in so many structs, the outermost of which is `top` and the rest have no names.
fn nested<const DEPTH: usize>() -> Source {
    Source::Btf(|| {
        let mut builder = BtfBuilder::new(Endian::Little);
        let mut type_id = builder.int("int", 4, 1);
        for level in 0..DEPTH {
            let name = if level == 0 { "a" } else { "" };
            let member = Member {
                name,
                type_id,
                bit_offset: 0,
                bitfield_size: 0,
            };
            type_id = builder.structure("", 4, &[member]);
        }
        let member = Member {
            name: "",
            type_id,
            bit_offset: 0,
            bitfield_size: 0,
        };
        builder.structure("top", 4, &[member]);
        builder.finish()
    })
}

/// `typedef void (*t)(void (*)(int))`, with so many functions.
fn functions<const DEPTH: usize>() -> Source {
    Source::Btf(|| {
        let mut builder = BtfBuilder::new(Endian::Little);
        let mut type_id = builder.int("int", 4, 1);
        for _ in 0..DEPTH {
            let proto = builder.func_proto(TypeId::VOID, &[Param { name: "", type_id }]);
            type_id = builder.ptr(proto);
        }
        builder.typedef("t", type_id);
        builder.finish()
    })
}

/// `typedef int ***t;` with so many asterisks.
fn pointers<const DEPTH: usize>() -> Source {
    Source::Btf(|| {
        let mut builder = BtfBuilder::new(Endian::Little);
        let mut to = builder.int("int", 4, 1);
        for _ in 0..DEPTH {
            to = builder.ptr(to);
        }
        builder.typedef("t", to);
        builder.finish()
    })
}

/// Ints that are bit-fields themselves, from before members had a width.
fn old_bitfields() -> Vec<Case> {
    fn old() -> Vec<u8> {
        let mut builder = BtfBuilder::new(Endian::Little);
        let int = builder.int("int", 4, 1);
        let member = Member {
            name: "a",
            type_id: int,
            bit_offset: 0,
            bitfield_size: 0,
        };
        builder.structure("s", 4, &[member]);
        builder.reference(Kind::Typedef, "t", TypeId(1));
        let mut blob = builder.finish();
        // The word after the first record: encoding, offset, bits. Its middle is the offset.
        blob[24 + 12 + 2] = 3;
        blob[24 + 12] = 5;
        blob
    }
    vec![
        Case::new("an int that is a bit-field, as a field")
            .local("struct s { int a; };")
            .target(Source::Btf(old))
            .asks(FieldExists, "struct s", "0:0", mov(1))
            .gives(0),
        Case::new("an int that is a bit-field, as a field of the declaration")
            .local(Source::Btf(old))
            .target("struct s { int a; };")
            .asks(FieldExists, "#2", "0:0", mov(1))
            .gives(0),
        Case::new("an int that is a bit-field, as a type of the declaration")
            .local(Source::Btf(old))
            .target("typedef int t;")
            .asks(TypeExists, "#3", "0", mov(1))
            .gives(0),
        Case::new("an int that is a bit-field, as a type")
            .local("typedef int t;")
            .target(Source::Btf(old))
            .asks(TypeExists, "t", "0", mov(1))
            .gives(0),
    ]
}
