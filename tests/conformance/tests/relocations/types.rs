//! Size and ids of whole types.

use bpf_core_btf::CoreReloKind::{TypeIdLocal, TypeIdTarget, TypeSize};
use bpf_core_conformance::case::{Case, EINVAL};
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{Outcome, load_imm64, mov};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = sizes();
    cases.extend(ids());
    cases
}

fn sizes() -> Vec<Case> {
    let size = |name, root, local, was, target| {
        Case::new(name)
            .local(local)
            .target(target)
            .asks(TypeSize, root, "0", mov(was))
    };
    vec![
        size(
            "the size of a struct",
            "struct s",
            "struct s { int a; };",
            4,
            "struct s { long a, b; };",
        )
        .gives(16),
        size(
            "the size of a union",
            "union u",
            "union u { int a; };",
            4,
            "union u { long a; char b[12]; };",
        )
        .gives(16),
        size(
            "the size of an enum64",
            "enum e",
            "enum e { A };",
            4,
            "enum e : long { A };",
        )
        .gives(8)
        .aya(&differences::ENUM64, Outcome::Refused),
        size(
            "the size of a typedef",
            "t",
            "typedef int t;",
            4,
            "typedef const short u; typedef u t;",
        )
        .gives(2),
        size(
            "the size of an array",
            "t",
            "typedef int t[4];",
            16,
            "typedef long t[3];",
        )
        .gives(24),
        size(
            "the size of a pointer",
            "t",
            "typedef int *t;",
            8,
            "#pragma m32\ntypedef long l; typedef int *t;",
        )
        .gives(4)
        .aya(&differences::POINTER_SIZE, Outcome::Value(8)),
        size(
            "the size of what is not there",
            "struct s",
            "struct s { int a; };",
            4,
            "struct t { int a; };",
        )
        .gives(0)
        .aya(&differences::MISSING_TYPES, Outcome::Refused),
        size(
            "the size of what is incompatible",
            "t",
            "typedef int t;",
            4,
            "typedef int *t;",
        )
        .gives(0)
        .aya(&differences::MISSING_TYPES, Outcome::Refused),
        size(
            "a forward declaration has no size",
            "t",
            "typedef struct s t;",
            0,
            "typedef struct s t;",
        )
        .refuses(EINVAL),
        size(
            "a function has no size",
            "t",
            "typedef int t(int);",
            0,
            "typedef int t(int);",
        )
        .refuses(EINVAL)
        .aya(&differences::FUNCTION_SIZES, Outcome::Value(4)),
        size(
            "void has no size",
            "t",
            "typedef void t;",
            0,
            "typedef void t;",
        )
        .refuses(EINVAL),
    ]
}

fn ids() -> Vec<Case> {
    const LOCAL: &str = "typedef int t; struct s { t a; };";
    const TARGET: &str =
        "struct x { int i; }; typedef long t; struct y { t j; }; struct s { t a; };";
    let id = |name, kind, root, insn| {
        Case::new(name)
            .local(LOCAL)
            .target(TARGET)
            .asks(kind, root, "0", insn)
    };
    vec![
        id("the id in the kernel", TypeIdTarget, "struct s", mov(3)).gives_id("struct s"),
        id("the id of a typedef", TypeIdTarget, "t", load_imm64(2)).gives_id("t"),
        id(
            "the id in the kernel is not checked",
            TypeIdTarget,
            "struct s",
            mov(99),
        )
        .gives_id("struct s"),
        id(
            "the id in the object",
            TypeIdLocal,
            "struct s",
            load_imm64(3),
        )
        .gives(3),
        id(
            "the id in the object is not checked",
            TypeIdLocal,
            "struct s",
            mov(99),
        )
        .gives(3),
        Case::new("the id in the object of what the kernel lacks")
            .local(LOCAL)
            .target("struct x { int i; };")
            .asks(TypeIdLocal, "struct s", "0", mov(3))
            .gives(3),
        Case::new("the id in the object of what has no name")
            .local(LOCAL)
            .target("struct x { int i; };")
            .asks(TypeIdLocal, "const struct s *", "0", mov(5))
            .gives(5),
        Case::new("the id in the object of void")
            .local(LOCAL)
            .target("struct x { int i; };")
            .asks(TypeIdLocal, "void", "0", mov(0))
            .gives(0),
        Case::new("the id of what the kernel lacks")
            .local(LOCAL)
            .target("struct x { int i; };")
            .asks(TypeIdTarget, "struct s", "0", mov(3))
            .gives(0)
            .aya(&differences::MISSING_TYPES, Outcome::Refused),
        Case::new("the id of what is incompatible")
            .local(LOCAL)
            .target("typedef int *t;")
            .asks(TypeIdTarget, "t", "0", mov(2))
            .gives(0)
            .aya(&differences::MISSING_TYPES, Outcome::Refused),
    ]
}
