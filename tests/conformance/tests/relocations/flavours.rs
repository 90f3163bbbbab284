//! Names after the last `___`.

use bpf_core_btf::CoreReloKind::{ByteOff, EnumvalExists, FieldExists, TypeExists};
use bpf_core_conformance::case::Case;
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{Outcome, mov};

pub(crate) fn cases() -> Vec<Case> {
    let names = |name, root, local, target, there| {
        Case::new(name)
            .local(local)
            .target(target)
            .asks(TypeExists, root, "0", mov(1))
            .gives(there)
    };
    vec![
        Case::new("a flavour here")
            .local("struct s___old { int a; int b; };")
            .target("struct s { long a; int b; };")
            .asks(ByteOff, "struct s___old", "0:1", mov(4))
            .gives(8),
        Case::new("two flavours of one struct, of which one has the field")
            .local("struct s___new { int a; }; struct s___old { int b; };")
            .target("struct s { int b; };")
            .asks(FieldExists, "struct s___old", "0:0", mov(1))
            .asks(FieldExists, "struct s___new", "0:0", mov(1))
            .gives(0),
        names(
            "a flavour there",
            "struct s",
            "struct s { int a; };",
            "struct s___2 { int a; };",
            1,
        ),
        names(
            "flavours here and there",
            "struct s___x",
            "struct s___x { int a; };",
            "struct s___y { int a; };",
            1,
        ),
        names(
            "a name that only ends alike",
            "struct s",
            "struct s { int a; };",
            "struct xs { int a; };",
            0,
        ),
        names(
            "two underscores",
            "struct s__x",
            "struct s__x { int a; };",
            "struct s { int a; };",
            0,
        ),
        names(
            "four underscores",
            "struct s____x",
            "struct s____x { int a; };",
            "struct s { int a; };",
            0,
        )
        .aya(&differences::FLAVOURS, Outcome::Value(1)),
        names(
            "three underscores at the end",
            "struct s___",
            "struct s___ { int a; };",
            "struct s { int a; };",
            0,
        )
        .aya(&differences::FLAVOURS, Outcome::Value(1)),
        names(
            "three underscores at the front",
            "struct ___s",
            "struct ___s { int a; };",
            "struct ___s { int a; };",
            1,
        ),
        names(
            "the front is no flavour of nothing",
            "struct ___s",
            "struct ___s { int a; };",
            "struct ___t { int a; };",
            0,
        )
        .aya(&differences::FLAVOURS, Outcome::Value(1)),
        names(
            "each name loses its last part",
            "struct a___b___c",
            "struct a___b___c { int a; };",
            "struct a___b { int a; };",
            0,
        )
        .aya(&differences::FLAVOURS, Outcome::Value(1)),
        names(
            "not the first of two",
            "struct a___b___c",
            "struct a___b___c { int a; };",
            "struct a { int a; };",
            0,
        )
        .aya(&differences::FLAVOURS, Outcome::Value(1)),
        names(
            "two flavours of a flavoured name",
            "struct a___b___c",
            "struct a___b___c { int a; };",
            "struct a___b___d { int a; };",
            1,
        ),
        names(
            "a flavoured name and a flavour of its first half",
            "struct a___b___c",
            "struct a___b___c { int a; };",
            "struct a___x { int a; };",
            0,
        )
        .aya(&differences::FLAVOURS, Outcome::Value(1)),
        names(
            "five underscores before three",
            "struct a_____b___c",
            "struct a_____b___c { int a; };",
            "struct a_____b { int a; };",
            1,
        ),
        names(
            "a union",
            "union u___x",
            "union u___x { int a; };",
            "union u { int a; };",
            1,
        ),
        names(
            "an enum",
            "enum e___x",
            "enum e___x { A };",
            "enum e { A };",
            1,
        ),
        names(
            "a typedef",
            "t___x",
            "typedef int t___x;",
            "typedef int t;",
            1,
        ),
        Case::new("fields have no flavours")
            .local("struct s { int a___x; };")
            .target("struct s { int a; };")
            .asks(FieldExists, "struct s", "0:0", mov(1))
            .gives(0),
        Case::new("an enumerator's flavour here")
            .local("enum e { A___x };")
            .target("enum e { A };")
            .asks(EnumvalExists, "enum e", "0", mov(1))
            .gives(1),
        Case::new("an enumerator's flavour there")
            .local("enum e { A };")
            .target("enum e { A___x };")
            .asks(EnumvalExists, "enum e", "0", mov(1))
            .gives(1),
        Case::new("the last of an enumerator's two")
            .local("enum e { A___x___y };")
            .target("enum e { A };")
            .asks(EnumvalExists, "enum e", "0", mov(1))
            .gives(0)
            .aya(&differences::FLAVOURS, Outcome::Value(1)),
    ]
}
