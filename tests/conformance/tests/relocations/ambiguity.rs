//! Several types of one name.

use bpf_core_btf::CoreReloKind::{
    ByteOff, ByteSz, EnumvalExists, EnumvalValue, FieldExists, LshiftU64, Signed, TypeExists,
    TypeIdTarget, TypeMatches, TypeSize,
};
use bpf_core_conformance::case::{Case, E2BIG, EINVAL};
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{Outcome, Width, load, load_imm64, mov};

const PAIR: &str = "struct s { int a; int b; };";
const TWINS: &str = "struct s { int a; int b; }; struct s { long x; int b; };";

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = several();
    cases.extend(whole_types());
    cases.extend(left_out());
    cases
}

fn several() -> Vec<Case> {
    let b = |name, kind, insn, target| {
        Case::new(name)
            .local(PAIR)
            .target(target)
            .asks(kind, "struct s", "0:1", insn)
    };
    vec![
        b(
            "two that agree",
            ByteOff,
            mov(4),
            "struct s { long x; int b; }; struct s { int a, x, b; };",
        )
        .gives(8),
        b("two that disagree", ByteOff, mov(4), TWINS).refuses(EINVAL),
        b(
            "two, one without the field",
            ByteOff,
            mov(4),
            "struct s { int x; }; struct s { long x; int b; };",
        )
        .gives(8),
        b(
            "two, one with a field of another kind",
            ByteOff,
            mov(4),
            "struct s { int *b; }; struct s { long x; int b; };",
        )
        .gives(8),
        b(
            "two without the field",
            ByteOff,
            mov(4),
            "struct s { int x; }; struct s { long x; };",
        )
        .poisons(),
        b(
            "two that have the field",
            FieldExists,
            mov(1),
            "struct s { long x; int b; }; struct s { int a, x, b; };",
        )
        .gives(1),
        b(
            "two that have the field in two places",
            FieldExists,
            mov(1),
            TWINS,
        )
        .refuses(EINVAL),
        b(
            "two with the field in two sizes",
            ByteSz,
            mov(4),
            "struct s { int b; }; struct s { long b; };",
        )
        .refuses(EINVAL),
        b(
            "two with the field in two signs",
            Signed,
            mov(1),
            "struct s { int b; }; struct s { unsigned b; };",
        )
        .refuses(EINVAL),
        b(
            "two with the field in one sign",
            Signed,
            mov(1),
            "struct s { int b; }; struct s { long b; };",
        )
        .gives(1),
        b(
            "two with bit-fields of two lengths",
            LshiftU64,
            mov(32),
            "struct s { int b: 3; }; struct s { int b: 4; };",
        )
        .refuses(EINVAL),
        b(
            "two with bit-fields in one byte",
            ByteOff,
            mov(4),
            "struct s { int b: 3; }; struct s { int x: 1; int b: 3; };",
        )
        .refuses(EINVAL),
        b(
            "a flavour that disagrees",
            ByteOff,
            mov(4),
            "struct s { int a, b; }; struct s___2 { long x; int b; };",
        )
        .refuses(EINVAL),
        b(
            "the second cannot be computed",
            ByteOff,
            mov(4),
            "struct s { int a, b; }; struct s { char x: 5; unsigned long b: 60; } __packed;",
        )
        .refuses(E2BIG),
        b(
            "the first of two sizes counts for a load",
            ByteOff,
            mov(4),
            "struct s { int b; }; struct s { long b; };",
        )
        .gives(0),
        Case::new("the first of two widens a load")
            .local("struct s { unsigned a; };")
            .target("struct s { unsigned long a; }; struct s { unsigned char a; };")
            .asks(ByteOff, "struct s", "0:0", load(Width::U32, 0))
            .resizes(0, Width::U64),
        Case::new("the first of two leaves a load")
            .local("struct s { unsigned a; };")
            .target(
                "struct s { unsigned a; }; struct s { int a[2]; }; struct s { unsigned char a; };",
            )
            .asks(ByteOff, "struct s", "0:0", load(Width::U32, 0))
            .gives(0),
        Case::new("two enums that agree")
            .local("enum e { A };")
            .target("enum e { X, A }; enum e : long { A = 1 };")
            .asks(EnumvalValue, "enum e", "0", load_imm64(0))
            .gives(1),
        Case::new("two enums that disagree")
            .local("enum e { A };")
            .target("enum e { X, A }; enum e { A };")
            .asks(EnumvalValue, "enum e", "0", load_imm64(0))
            .refuses(EINVAL),
        Case::new("two enums that disagree on the value only")
            .local("enum e { A };")
            .target("enum e { X, A }; enum e { A };")
            .asks(EnumvalExists, "enum e", "0", mov(1))
            .gives(1),
    ]
}

fn whole_types() -> Vec<Case> {
    let s = |name, kind, insn, target| {
        Case::new(name)
            .local(PAIR)
            .target(target)
            .asks(kind, "struct s", "0", insn)
    };
    vec![
        s("two types", TypeExists, mov(1), TWINS).gives(1),
        s(
            "two types of one size",
            TypeSize,
            mov(8),
            "struct s { int a[4]; }; struct s { long a, b; };",
        )
        .gives(16),
        s("two types of two sizes", TypeSize, mov(8), TWINS).refuses(EINVAL),
        s("two types have two ids", TypeIdTarget, mov(1), TWINS).refuses(EINVAL),
        s(
            "two types, of which one matches",
            TypeMatches,
            mov(1),
            TWINS,
        )
        .gives(1)
        .aya(&differences::TYPE_MATCHES, Outcome::Refused),
        s("two structs, by a path of no step", ByteOff, mov(0), TWINS).gives(0),
        s(
            "two structs, their size by a path of no step",
            ByteSz,
            mov(8),
            TWINS,
        )
        .refuses(EINVAL),
    ]
}

/// A candidate that did not match one record is not asked for the next of the same type, unless
/// none matched.
fn left_out() -> Vec<Case> {
    const ONE_HAS_BOTH: &str = "struct s { int a; int b; }; struct s { long b; int x; };";
    vec![
        Case::new("the one that lacks `a` is out when `b` is asked for")
            .local(PAIR)
            .target("struct s { int x, a, b; }; struct s { long x; long y; int b; };")
            .asks(ByteOff, "struct s", "0:0", mov(0))
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(8)
            .aya(&differences::LEFT_OUT, Outcome::Refused),
        Case::new("by a question about existence too")
            .local(PAIR)
            .target(ONE_HAS_BOTH)
            .asks(FieldExists, "struct s", "0:0", mov(1))
            .asks(ByteSz, "struct s", "0:1", mov(4))
            .gives(4)
            .aya(&differences::LEFT_OUT, Outcome::Refused),
        Case::new("asked the other way round they disagree")
            .local(PAIR)
            .target(ONE_HAS_BOTH)
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .asks(ByteOff, "struct s", "0:0", mov(0))
            .refuses(EINVAL),
        Case::new("what only one that is out has, is gone")
            .local("struct s { int a; int b; };")
            .target("struct s { int a; }; struct s { int b; };")
            .asks(ByteOff, "struct s", "0:0", mov(0))
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .poisons()
            .aya(&differences::LEFT_OUT, Outcome::Value(0)),
        Case::new("where none matches all stay")
            .local("struct s { int a; int b; int c; };")
            .target("struct s { int b; }; struct s { int x; };")
            .asks(FieldExists, "struct s", "0:0", mov(1))
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(0),
        Case::new("a flavour has candidates of its own")
            .local("struct s { int a; }; struct s___x { int b; };")
            .target("struct s { int a; }; struct s { int b; };")
            .asks(ByteOff, "struct s", "0:0", mov(0))
            .asks(ByteOff, "struct s___x", "0:0", mov(0))
            .gives(0),
        Case::new("type_matches leaves one out")
            .local(PAIR)
            .target(TWINS)
            .asks(TypeMatches, "struct s", "0", mov(1))
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(4)
            .aya(&differences::TYPE_MATCHES, Outcome::Refused),
        Case::new("enums are left out too")
            .local("enum e { A, B };")
            .target("enum e { A, B = 7 }; enum e { X, B };")
            .asks(EnumvalExists, "enum e", "0", mov(1))
            .asks(EnumvalValue, "enum e", "1", mov(1))
            .gives(7)
            .aya(&differences::LEFT_OUT, Outcome::Refused),
    ]
}
