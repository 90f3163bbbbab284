//! Which types of a field go together: `bpf_core_fields_are_compat`.

use bpf_core_btf::CoreReloKind::FieldExists;
use bpf_core_conformance::case::Case;
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{Outcome, mov};

pub(crate) fn cases() -> Vec<Case> {
    let exists = |name, local, target, exists| {
        Case::new(name)
            .local(local)
            .target(target)
            .asks(FieldExists, "struct s", "0:0", mov(1))
            .gives(exists)
    };
    vec![
        exists(
            "int and long",
            "struct s { int a; };",
            "struct s { long a; };",
            1,
        ),
        exists(
            "int and unsigned char",
            "struct s { int a; };",
            "struct s { unsigned char a; };",
            1,
        ),
        exists(
            "int and _Bool",
            "struct s { int a; };",
            "struct s { _Bool a; };",
            1,
        ),
        exists(
            "int and enum",
            "struct s { int a; };",
            "enum e { A }; struct s { enum e a; };",
            0,
        ),
        exists(
            "enum and int",
            "enum e { A }; struct s { enum e a; };",
            "struct s { int a; };",
            0,
        ),
        exists(
            "long and pointer",
            "struct s { long a; };",
            "struct s { void *a; };",
            0,
        ),
        exists(
            "pointer and long",
            "struct s { void *a; };",
            "struct s { long a; };",
            0,
        ),
        exists(
            "int and array",
            "struct s { int a; };",
            "struct s { int a[1]; };",
            0,
        ),
        exists(
            "int and struct",
            "struct s { int a; };",
            "struct s { struct { int x; } a; };",
            0,
        ),
        exists(
            "float and double",
            "struct s { float a; };",
            "struct s { double a; };",
            1,
        ),
        exists(
            "float and int",
            "struct s { float a; };",
            "struct s { int a; };",
            0,
        ),
        exists(
            "pointers to anything",
            "struct s { int *a; };",
            "struct s { int (*a)(void); };",
            1,
        ),
        exists(
            "struct and union",
            "struct s { struct x { int i; } a; };",
            "struct s { union { int y; } a; };",
            1,
        ),
        exists(
            "int and bit-field",
            "struct s { int a; };",
            "struct s { int x: 1; int a: 3; };",
            1,
        ),
        exists(
            "arrays of other lengths",
            "struct s { int a[2]; };",
            "struct s { long a[9]; };",
            1,
        ),
        exists(
            "arrays of other types",
            "struct s { int a[2]; };",
            "struct s { int *a[2]; };",
            0,
        ),
        exists(
            "arrays of more dimensions",
            "struct s { int a[2]; };",
            "struct s { int a[2][2]; };",
            0,
        ),
        exists(
            "two dimensions of other lengths",
            "struct s { int a[2][3]; };",
            "struct s { char a[5][1]; };",
            1,
        ),
        exists(
            "enums of one name",
            "enum e { A }; struct s { enum e a; };",
            "enum e { B, C }; struct s { enum e a; };",
            1,
        ),
        exists(
            "enums of two names",
            "enum e { A }; struct s { enum e a; };",
            "enum f { A }; struct s { enum f a; };",
            0,
        ),
        exists(
            "enums that are flavours",
            "enum e___x { A }; struct s { enum e___x a; };",
            "enum e___y { A }; struct s { enum e___y a; };",
            1,
        ),
        exists(
            "an enum without a name here",
            "struct s { enum { A } a; };",
            "enum e { A }; struct s { enum e a; };",
            1,
        )
        .aya(&differences::UNNAMED_ENUMS, Outcome::Value(0)),
        exists(
            "an enum without a name there",
            "enum e { A }; struct s { enum e a; };",
            "struct s { enum { A } a; };",
            1,
        )
        .aya(&differences::UNNAMED_ENUMS, Outcome::Value(0)),
        exists(
            "enum and enum64",
            "enum e { A }; struct s { enum e a; };",
            "enum e : long { A }; struct s { enum e a; };",
            1,
        ),
        exists(
            "enum64 and enum of another name",
            "enum e : long { A }; struct s { enum e a; };",
            "enum f { A }; struct s { enum f a; };",
            0,
        ),
        exists(
            "const and volatile do not count",
            "struct s { const int a; };",
            "struct s { volatile int a; };",
            1,
        ),
        exists(
            "typedefs do not count",
            "typedef int pid_t; struct s { pid_t a; };",
            "typedef const int inner; typedef volatile inner outer; struct s { outer a; };",
            1,
        ),
        exists(
            "typedefs of other kinds do",
            "typedef int x_t; struct s { x_t a; };",
            "typedef int *x_t; struct s { x_t a; };",
            0,
        ),
        exists(
            "type tags do not count",
            "struct s { int a; };",
            "struct s { int __user a; };",
            1,
        ),
        exists(
            "const in arrays does not count",
            "struct s { const int a[2]; };",
            "struct s { int a[2]; };",
            1,
        ),
    ]
}
