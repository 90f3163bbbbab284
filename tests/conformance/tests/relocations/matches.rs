//! `type_matches`: the shape of whole types.

use bpf_core_btf::CoreReloKind::TypeMatches;
use bpf_core_btf::{BtfBuilder, Endian};
use bpf_core_conformance::case::{Case, Source};
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{Outcome, mov};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = composites();
    cases.extend(scalars());
    cases.extend(enums());
    cases.extend(pointers());
    cases.extend(functions());
    cases
}

fn matches(
    root: &'static str,
    name: &'static str,
    local: &'static str,
    target: &'static str,
    matches: i64,
) -> Case {
    Case::new(name)
        .local(local)
        .target(target)
        .asks(TypeMatches, root, "0", mov(1))
        .gives(matches)
        .aya(&differences::TYPE_MATCHES, Outcome::Refused)
}

fn composites() -> Vec<Case> {
    let of = |name, local, target, there| matches("struct s", name, local, target, there);
    vec![
        of(
            "equal structs",
            "struct s { int a; long b; };",
            "struct s { int a; long b; };",
            1,
        ),
        of(
            "members in another order, and more",
            "struct s { int a; long b; };",
            "struct s { long b; int x; int a; };",
            1,
        ),
        of(
            "a member that is gone",
            "struct s { int a; long b; };",
            "struct s { int a; long c; };",
            0,
        ),
        of(
            "fewer members",
            "struct s { int a; long b; };",
            "struct s { int a; };",
            0,
        ),
        of(
            "a member of another size",
            "struct s { int a; };",
            "struct s { long a; };",
            0,
        ),
        of(
            "a member of another sign",
            "struct s { int a; };",
            "struct s { unsigned a; };",
            0,
        ),
        of(
            "a bit-field for an int",
            "struct s { int a; };",
            "struct s { int a: 3; };",
            1,
        ),
        of(
            "no struct of the name",
            "struct s { int a; };",
            "struct t { int a; };",
            0,
        ),
        of(
            "a union of the name",
            "struct s { int a; };",
            "union s { int a; };",
            0,
        ),
        of(
            "a struct in a struct",
            "struct s { struct t { int a; } t; };",
            "struct s { struct t { int a; int b; } t; };",
            1,
        ),
        of(
            "a struct in a struct that lost a member",
            "struct s { struct t { int a; } t; };",
            "struct s { struct t { int b; } t; };",
            0,
        ),
        of(
            "a struct in a struct of another name",
            "struct s { struct t { int a; } t; };",
            "struct s { struct u { int a; } t; };",
            0,
        ),
        of(
            "flavours in the names of inner structs",
            "struct s { struct t___x { int a; } t; };",
            "struct s { struct t { int a; } t; };",
            1,
        ),
        of(
            "flavours in the names of members",
            "struct s { int a___x; };",
            "struct s { int a; };",
            1,
        ),
        of(
            "a struct for a union",
            "struct s { struct t { int a; } t; };",
            "struct s { union t { int a; } t; };",
            0,
        ),
        of(
            "unnamed structs",
            "struct s { struct { int a; }; };",
            "struct s { int x; struct { int a; }; };",
            1,
        ),
        of(
            "an unnamed struct that is gone",
            "struct s { struct { int a; }; };",
            "struct s { int a; int b; };",
            0,
        ),
        of(
            "an unnamed member after one of another kind",
            "struct s { struct { int a; }; };",
            "struct s { union { int a; }; struct { int a; }; };",
            1,
        ),
        of(
            "two members of one name there",
            "struct s { int a; };",
            "struct s { struct { int a; }; long a; int a___x; };",
            1,
        ),
        of(
            "two flavours of one member here",
            "struct s { int a___x; int a___y; };",
            "struct s { int a; int b; };",
            1,
        ),
        of(
            "no members at all",
            "struct s { };",
            "struct s { int a; };",
            1,
        ),
    ]
}

fn scalars() -> Vec<Case> {
    let of = |name, local, target, there| matches("t", name, local, target, there);
    vec![
        of("ints", "typedef int t;", "typedef int t;", 1),
        of(
            "ints of two names",
            "typedef long t;",
            "typedef long long t;",
            0,
        ),
        of(
            "ints of two sizes",
            "typedef long t;",
            "#pragma m32\ntypedef long t;",
            0,
        ),
        of("int and enum", "typedef int t;", "typedef enum { A } t;", 0),
        of(
            "typedefs within do not count",
            "typedef int x; typedef x t;",
            "typedef const int t;",
            1,
        ),
        of("arrays", "typedef int t[4];", "typedef int t[4];", 1),
        of(
            "arrays of two lengths",
            "typedef int t[4];",
            "typedef int t[5];",
            0,
        ),
        of(
            "arrays of two kinds",
            "typedef int t[4];",
            "typedef int *t[4];",
            0,
        ),
        of("array and int", "typedef int t[4];", "typedef int t;", 0),
        of("void", "typedef void t;", "typedef void t;", 1),
        of("char, signed and not", "typedef char t;", "", 0).target(Source::Btf(unsigned_char)),
        of("void and int", "typedef void t;", "typedef int t;", 0),
        // `bpf_core_types_match` does not know floats.
        of("floats", "typedef float t;", "typedef float t;", 0),
    ]
}

/// `char` is signed here, and not on arm64.
fn unsigned_char() -> Vec<u8> {
    let mut builder = BtfBuilder::new(Endian::Little);
    let char = builder.int("char", 1, 0);
    builder.typedef("t", char);
    builder.finish()
}

fn enums() -> Vec<Case> {
    let of = |name, local, target, there| matches("enum e", name, local, target, there);
    vec![
        of("enums", "enum e { A, B };", "enum e { A, B };", 1),
        of(
            "enumerators renumbered, and more",
            "enum e { A, B };",
            "enum e { B, C, A };",
            1,
        ),
        of(
            "an enumerator that is gone",
            "enum e { A, B };",
            "enum e { A, C };",
            0,
        ),
        of("fewer enumerators", "enum e { A, B };", "enum e { A };", 0),
        of(
            "an enumerator's flavour",
            "enum e { A___x };",
            "enum e { A };",
            1,
        ),
        of(
            "enums of two sizes",
            "enum e { A };",
            "enum e : long { A };",
            0,
        ),
        of(
            "an enum64",
            "enum e : long { A };",
            "enum e : unsigned long { A, B };",
            1,
        ),
        of(
            "an enum that became signed",
            "enum e { A };",
            "enum e { A = -1 };",
            1,
        ),
    ]
}

fn pointers() -> Vec<Case> {
    let of = |name, local, target, there| matches("t", name, local, target, there);
    vec![
        of("pointers to ints", "typedef int *t;", "typedef int *t;", 1),
        of(
            "pointers to other ints",
            "typedef int *t;",
            "typedef long *t;",
            0,
        ),
        of(
            "pointers to void and int",
            "typedef void *t;",
            "typedef int *t;",
            0,
        ),
        of(
            "behind a pointer a struct counts by its name",
            "typedef struct s { int a; } *t;",
            "typedef struct s { long b; } *t;",
            1,
        ),
        of(
            "behind a pointer a struct of another name",
            "typedef struct s { int a; } *t;",
            "typedef struct r { int a; } *t;",
            0,
        ),
        of(
            "behind a pointer a struct and a union",
            "typedef struct s { int a; } *t;",
            "typedef union s { int a; } *t;",
            0,
        ),
        of(
            "behind a pointer a struct declared here",
            "typedef struct s *t;",
            "typedef struct s { int a; } *t;",
            1,
        ),
        of(
            "behind a pointer a struct declared there",
            "typedef struct s { int a; } *t;",
            "typedef struct s *t;",
            1,
        ),
        of(
            "behind a pointer a union declared here",
            "typedef union s *t;",
            "typedef union s { int a; } *t;",
            1,
        ),
        of(
            "behind a pointer a union declared there",
            "typedef union s { int a; } *t;",
            "typedef union s *t;",
            1,
        ),
        of(
            "behind a pointer a union for a declared struct",
            "typedef struct s *t;",
            "typedef union s { int a; } *t;",
            0,
        ),
        of(
            "behind a pointer a declared union for a struct",
            "typedef struct s { int a; } *t;",
            "typedef union s *t;",
            0,
        ),
        of(
            "behind a pointer a struct for a declared union",
            "typedef union s *t;",
            "typedef struct s { int a; } *t;",
            0,
        ),
        of(
            "pointer and array",
            "typedef int *t;",
            "typedef int t[1];",
            0,
        ),
        of(
            "array and pointer",
            "typedef int t[1];",
            "typedef int *t;",
            0,
        ),
        of(
            "function and pointer",
            "typedef int t(int);",
            "typedef int *t;",
            0,
        ),
        of(
            "an unnamed enum and a pointer",
            "typedef enum { A } t;",
            "typedef int *t;",
            0,
        ),
        of(
            "declared structs",
            "typedef struct s *t;",
            "typedef struct s *t;",
            1,
        ),
        of(
            "a declared struct and union",
            "typedef struct s *t;",
            "typedef union s *t;",
            0,
        ),
        of(
            "declarations that are not behind a pointer",
            "typedef struct s t;",
            "typedef struct s t;",
            1,
        ),
        of(
            "a declaration for a struct that is not behind a pointer",
            "typedef struct s t;",
            "typedef struct s { int a; } t;",
            0,
        ),
        of(
            "behind a pointer an array of structs",
            "typedef struct s { int a; } (*t)[2];",
            "typedef struct s { long a; } (*t)[2];",
            1,
        ),
        of(
            "behind a pointer an enum",
            "typedef enum e { A } *t;",
            "typedef enum e { B } *t;",
            0,
        ),
        of(
            "pointers to pointers",
            "typedef int **t;",
            "typedef int **t;",
            1,
        ),
        of(
            "pointers to tagged types",
            "typedef struct s *t;",
            "typedef struct s __user *t;",
            1,
        ),
        of(
            "pointers to const",
            "typedef const int *t;",
            "typedef int *volatile t;",
            1,
        ),
        matches(
            "struct s",
            "a list",
            "struct s { struct s *next; };",
            "struct s { int x; struct s *next; };",
            1,
        ),
    ]
}

fn functions() -> Vec<Case> {
    let of = |name, local, target, there| matches("t", name, local, target, there);
    vec![
        of(
            "functions",
            "typedef int (*t)(int a, long b);",
            "typedef int (*t)(int x, long y);",
            1,
        ),
        of(
            "functions with other parameters",
            "typedef int (*t)(int);",
            "typedef int (*t)(long);",
            0,
        ),
        of(
            "functions with more parameters",
            "typedef int (*t)(int);",
            "typedef int (*t)(int, int);",
            0,
        ),
        of(
            "functions that return other things",
            "typedef int (*t)(int);",
            "typedef long (*t)(int);",
            0,
        ),
        of(
            "functions of structs behind pointers",
            "typedef int (*t)(struct s { int a; } *);",
            "typedef int (*t)(struct s { long b; } *);",
            1,
        ),
        of(
            "pointers to functions take structs by value as they are named",
            "typedef int (*t)(struct s { int a; });",
            "typedef int (*t)(struct s { long b; });",
            1,
        ),
        of(
            "functions take structs by value as they are",
            "typedef int t(struct s { int a; });",
            "typedef int t(struct s { long b; });",
            0,
        ),
    ]
}
