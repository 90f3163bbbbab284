//! Whether a type exists: the search by name and kind, and `bpf_core_types_are_compat`.

use bpf_core_btf::CoreReloKind::TypeExists;
use bpf_core_conformance::case::{Case, EINVAL};
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{Outcome, mov};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = existence();
    cases.extend(typedefs());
    cases.extend(functions());
    cases
}

fn exists(
    name: &'static str,
    root: &'static str,
    local: &'static str,
    target: &'static str,
    exists: i64,
) -> Case {
    Case::new(name)
        .local(local)
        .target(target)
        .asks(TypeExists, root, "0", mov(1))
        .gives(exists)
}

fn existence() -> Vec<Case> {
    vec![
        exists(
            "a struct",
            "struct s",
            "struct s { int a; };",
            "struct s { int *x; };",
            1,
        ),
        exists(
            "no struct",
            "struct s",
            "struct s { int a; };",
            "struct t { int a; };",
            0,
        ),
        exists(
            "a union",
            "union u",
            "union u { int a; };",
            "union u { long b; };",
            1,
        ),
        exists(
            "a union that was a struct",
            "struct s",
            "struct s { int a; };",
            "union s { int a; };",
            0,
        ),
        exists("an enum", "enum e", "enum e { A };", "enum e { B };", 1),
        exists(
            "an enum that is an enum64 now",
            "enum e",
            "enum e { A };",
            "enum e : long { A };",
            1,
        )
        .aya(&differences::ENUM64, Outcome::Value(0)),
        exists(
            "an enum64 that was an enum",
            "enum e",
            "enum e : long { A };",
            "enum e { A };",
            1,
        )
        .aya(&differences::ENUM64, Outcome::Value(0)),
        exists(
            "an enum that was a struct",
            "struct e",
            "struct e { int a; };",
            "enum e { A };",
            0,
        ),
        exists(
            "an int by its name",
            "int",
            "typedef int t;",
            "typedef int u;",
            1,
        ),
        exists(
            "an int of another name",
            "int",
            "typedef int t;",
            "typedef long u;",
            0,
        ),
        exists(
            "a forward declaration",
            "struct s",
            "struct s;",
            "struct s; struct t { struct s *s; };",
            1,
        ),
        exists(
            "a forward declaration here, a struct there",
            "struct s",
            "struct s;",
            "struct s { int a; };",
            0,
        ),
        exists(
            "a struct here, a forward declaration there",
            "struct s",
            "struct s { int a; };",
            "struct s;",
            0,
        ),
        exists(
            "forward declarations of a struct and of a union",
            "struct s",
            "struct s;",
            "union s;",
            1,
        ),
        exists(
            "a struct that is there as a declaration too",
            "struct s",
            "struct s { int a; };",
            "struct s; union s; struct s { int b; };",
            1,
        ),
        exists(
            "a float",
            "float",
            "typedef float t;",
            "typedef float t;",
            0,
        )
        .aya(&differences::FLOATS, Outcome::Value(1)),
        exists(
            "no name",
            "struct s *",
            "struct s { int a; };",
            "struct s { int a; }; typedef struct s *t;",
            1,
        )
        .refuses(EINVAL)
        .aya(&differences::ROOTS_WITHOUT_A_NAME, Outcome::Value(1)),
        exists(
            "an array",
            "int [4]",
            "struct s { int a[4]; };",
            "struct s { int a[4]; };",
            1,
        )
        .refuses(EINVAL)
        .aya(&differences::ROOTS_WITHOUT_A_NAME, Outcome::Value(1)),
    ]
}

fn typedefs() -> Vec<Case> {
    let typedef = |name, local, target, there| exists(name, "t", local, target, there);
    vec![
        typedef(
            "typedefs of ints",
            "typedef int t;",
            "typedef unsigned char t;",
            1,
        ),
        typedef(
            "typedefs of int and pointer",
            "typedef int t;",
            "typedef int *t;",
            0,
        ),
        typedef(
            "typedefs of int and struct",
            "typedef int t;",
            "typedef struct { int a; } t;",
            0,
        ),
        typedef(
            "typedefs of two structs",
            "typedef struct x { int a; } t;",
            "typedef struct y { long b; } t;",
            1,
        ),
        typedef(
            "typedefs of struct and union",
            "typedef struct { int a; } t;",
            "typedef union { int a; } t;",
            0,
        ),
        typedef(
            "typedefs of pointers to structs",
            "typedef struct x { int a; } *t;",
            "typedef struct y { int a; } *t;",
            1,
        ),
        typedef(
            "typedefs of pointers to int and struct",
            "typedef int *t;",
            "typedef struct y { int a; } *t;",
            0,
        ),
        typedef(
            "typedefs of pointers to void",
            "typedef void *t;",
            "typedef void *t;",
            1,
        ),
        typedef(
            "typedefs of pointers to void and int",
            "typedef void *t;",
            "typedef int *t;",
            0,
        ),
        typedef("typedefs of void", "typedef void t;", "typedef void t;", 1),
        typedef(
            "typedefs of arrays",
            "typedef int t[4];",
            "typedef long t[9];",
            1,
        ),
        typedef(
            "typedefs of arrays of other things",
            "typedef int t[4];",
            "typedef int *t[4];",
            0,
        ),
        typedef(
            "typedefs of enums",
            "typedef enum { A } t;",
            "typedef enum { B } t;",
            1,
        ),
        typedef(
            "typedefs of enum and int",
            "typedef enum { A } t;",
            "typedef int t;",
            0,
        ),
        typedef(
            "typedefs of floats",
            "typedef float t;",
            "typedef double t;",
            0,
        )
        .aya(&differences::FLOATS, Outcome::Value(1)),
        typedef(
            "typedefs of typedefs",
            "typedef const int x; typedef x t;",
            "typedef volatile long t;",
            1,
        ),
        typedef(
            "a typedef where the kernel has a struct of the name",
            "typedef struct { int a; } t;",
            "struct t { int a; };",
            0,
        ),
    ]
}

fn functions() -> Vec<Case> {
    let function = |name, local, target, there| exists(name, "t", local, target, there);
    vec![
        function(
            "functions",
            "typedef int (*t)(int, long);",
            "typedef long (*t)(char, int);",
            1,
        ),
        function(
            "functions with more parameters",
            "typedef int (*t)(int);",
            "typedef int (*t)(int, int);",
            0,
        ),
        function(
            "functions with other parameters",
            "typedef int (*t)(int);",
            "typedef int (*t)(int *);",
            0,
        ),
        function(
            "functions that return other things",
            "typedef int (*t)(int);",
            "typedef void (*t)(int);",
            0,
        ),
        function(
            "functions that return nothing",
            "typedef void (*t)(int);",
            "typedef void (*t)(int);",
            1,
        ),
        function(
            "a function, not a pointer to one",
            "typedef int t(int);",
            "typedef int t(int);",
            1,
        ),
        function(
            "a function and a pointer to one",
            "typedef int t(int);",
            "typedef int (*t)(int);",
            0,
        ),
        function(
            "functions that take functions",
            "typedef int (*t)(int (*)(int));",
            "typedef int (*t)(int (*)(long));",
            1,
        ),
        function(
            "functions that take other functions",
            "typedef int (*t)(int (*)(int));",
            "typedef int (*t)(int (*)(void));",
            0,
        ),
        function(
            "functions with const parameters",
            "typedef int (*t)(const int, struct s *);",
            "typedef const int i; typedef int (*t)(i, struct x *);",
            1,
        ),
    ]
}
