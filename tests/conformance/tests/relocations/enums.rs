//! Enumerators.

use bpf_core_btf::CoreReloKind::{EnumvalExists, EnumvalValue};
use bpf_core_conformance::case::{Case, EINVAL};
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{Outcome, load_imm64, mov};

const LOCAL: &str = "enum e { A = 1, B = 2 };";

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = values();
    cases.extend(wide());
    cases.extend(existence());
    cases.extend(roots());
    cases
}

fn values() -> Vec<Case> {
    let b = |name, target| {
        Case::new(name)
            .local(LOCAL)
            .target(target)
            .asks(EnumvalValue, "enum e", "1", load_imm64(2))
    };
    vec![
        b("a value that stayed", LOCAL).gives(2),
        b("a value that is renumbered", "enum e { A, X, Y, B };").gives(3),
        b("a value that is gone", "enum e { A };").poisons(),
        b("a value of an enum that is gone", "enum f { B };").poisons(),
        b("a negative value", "enum e { B = -7 };").gives(-7),
        b("a value of 64 bits", "enum e { B = 0x123456789a };")
            .gives(0x12_3456_789a)
            .aya(&differences::ENUM64, Outcome::Poison),
        b(
            "a negative value of 64 bits",
            "enum e { B = -0x123456789a };",
        )
        .gives(-0x12_3456_789a)
        .aya(&differences::ENUM64, Outcome::Poison),
        b(
            "all 64 bits",
            "enum e { B = 0xffffffffffffffff, C = 0x100000000 };",
        )
        .gives(-1)
        .aya(&differences::ENUM64, Outcome::Poison),
        b(
            "all 64 bits, unsigned",
            "enum e : unsigned long { B = 0xfffffffffffffffe };",
        )
        .gives(-2)
        .aya(&differences::ENUM64, Outcome::Poison),
        b("a value of 31 bits", "enum e { B = 0x7fffffff };").gives(0x7fff_ffff),
        // libbpf takes `struct btf_enum`'s `__s32 val` as it is.
        b("a value of 32 bits, unsigned", "enum e { B = 0xfffffff0 };")
            .gives(-16)
            .aya(&differences::UNSIGNED_ENUMS, Outcome::Value(4294967280)),
        b(
            "an enum of one byte",
            "enum e : unsigned char { B = 0xf0 };",
        )
        .gives(0xf0),
        b(
            "the first of two of one name",
            "enum e { B = 5, X, B = 9 };",
        )
        .gives(5),
        Case::new("a value in 32 bits of an instruction")
            .local(LOCAL)
            .target("enum e { B = 77 };")
            .asks(EnumvalValue, "enum e", "1", mov(2))
            .gives(77),
        Case::new("a negative value in 32 bits of an instruction")
            .local("enum e { A = -1 };")
            .target("enum e { A = -5 };")
            .asks(EnumvalValue, "enum e", "0", mov(-1))
            .gives(-5),
        Case::new("a value that is not what the compiler wrote")
            .local(LOCAL)
            .target(LOCAL)
            .asks(EnumvalValue, "enum e", "1", load_imm64(3))
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_VALUES, Outcome::Value(2)),
        Case::new("a value of 32 bits, unsigned, that the compiler extends with zeros")
            .local("enum e { A = 0xfffffff0 };")
            .target("enum e { A = 0xfffffff0 };")
            .asks(EnumvalValue, "enum e", "0", load_imm64(0xffff_fff0))
            .refuses(EINVAL)
            .aya(&differences::UNSIGNED_ENUMS, Outcome::Value(4294967280)),
    ]
}

fn wide() -> Vec<Case> {
    const WIDE: &str = "enum e : unsigned long { A = 1, B = 0xf00000000 };";
    let b = |name, target| {
        Case::new(name).local(WIDE).target(target).asks(
            EnumvalValue,
            "enum e",
            "1",
            load_imm64(0xf_0000_0000),
        )
    };
    vec![
        b(
            "a value of an enum64",
            "enum e : unsigned long { B = 0xe00000000 };",
        )
        .gives(0xe_0000_0000),
        b("a value of an enum64 in an enum", "enum e { X, Y, B };")
            .gives(2)
            .aya(&differences::ENUM64, Outcome::Poison),
        b(
            "a value of an enum64 in an enum, negative",
            "enum e { B = -3 };",
        )
        .gives(-3)
        .aya(&differences::ENUM64, Outcome::Poison),
        b(
            "a value of an enum64 that is gone",
            "enum e : unsigned long { A };",
        )
        .poisons(),
        Case::new("a value of 64 bits is cut off in an instruction of 32")
            .local(LOCAL)
            .target("enum e : long { B = 0x100000005 };")
            .asks(EnumvalValue, "enum e", "1", mov(2))
            .gives(5)
            .aya(&differences::ENUM64, Outcome::Poison),
    ]
}

fn existence() -> Vec<Case> {
    let b = |name, target| {
        Case::new(name)
            .local(LOCAL)
            .target(target)
            .asks(EnumvalExists, "enum e", "1", mov(1))
    };
    vec![
        b("an enumerator", "enum e { X, B };").gives(1),
        b(
            "an enumerator with the value of another",
            "enum e { X = 2 };",
        )
        .gives(0),
        b(
            "an enumerator of another enum",
            "enum f { B }; enum e { X };",
        )
        .gives(0),
        b("an enumerator of an enum that is gone", "enum f { B };").gives(0),
        b("an enumerator in an enum64", "enum e : long { B };")
            .gives(1)
            .aya(&differences::ENUM64, Outcome::Value(0)),
        b(
            "an enumerator where a struct has the name",
            "struct e { int B; };",
        )
        .gives(0),
        b(
            "an enumerator whose name starts as another's",
            "enum e { BB, B_ };",
        )
        .gives(0),
    ]
}

fn roots() -> Vec<Case> {
    vec![
        Case::new("a typedef of an enum without a name")
            .local("typedef enum { A = 1, B } e_t;")
            .target("typedef enum { A = 4, B } e_t;")
            .asks(EnumvalValue, "e_t", "1", load_imm64(2))
            .gives(5),
        Case::new("a typedef of a typedef")
            .local("typedef enum { A = 1, B } e_t;")
            .target("typedef enum x { A = 4, B } x_t; typedef const x_t e_t;")
            .asks(EnumvalValue, "e_t", "1", load_imm64(2))
            .gives(5),
        Case::new("a typedef of an int there")
            .local("typedef enum { A = 1, B } e_t;")
            .target("typedef int e_t;")
            .asks(EnumvalExists, "e_t", "1", mov(1))
            .gives(0),
        Case::new("a typedef of an int here")
            .local("typedef int e_t;")
            .target("typedef enum { A = 1, B } e_t;")
            .asks(EnumvalExists, "e_t", "1", mov(1))
            .refuses(EINVAL),
        Case::new("an enumerator of a struct")
            .local("struct e { int a; int b; };")
            .target("enum e { A };")
            .asks(EnumvalValue, "struct e", "1", mov(1))
            .refuses(EINVAL),
        Case::new("an enumerator that the declaration has not")
            .local(LOCAL)
            .target("enum e { A, B, C };")
            .asks(EnumvalValue, "enum e", "2", mov(2))
            .refuses(EINVAL),
        Case::new("a path of two steps for an enumerator")
            .local(LOCAL)
            .target(LOCAL)
            .asks(EnumvalValue, "enum e", "0:1", mov(2))
            .refuses(EINVAL),
    ]
}
