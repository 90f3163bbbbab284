//! Where a field is, and whether it is there.

use bpf_core_btf::CoreReloKind::{ByteOff, FieldExists};
use bpf_core_conformance::case::{Case, EINVAL};
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{Outcome, mov};

const PAIR: &str = "struct s { int a; int b; };";
const NESTED: &str = "struct s { int a; struct { int x; struct in { int c; } b; } n; };";

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = places();
    cases.extend(roots());
    cases.extend(nesting());
    cases.extend(unnamed());
    cases
}

fn places() -> Vec<Case> {
    vec![
        Case::new("a field that stayed")
            .local(PAIR)
            .target(PAIR)
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(4),
        Case::new("a field that moved")
            .local(PAIR)
            .target("struct s { long before; int b; int a; };")
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(8),
        Case::new("a field that is gone")
            .local(PAIR)
            .target("struct s { int a; };")
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .poisons(),
        Case::new("a field that exists")
            .local(PAIR)
            .target("struct s { int b; };")
            .asks(FieldExists, "struct s", "0:1", mov(1))
            .gives(1),
        Case::new("a field that does not exist")
            .local(PAIR)
            .target("struct s { int a; };")
            .asks(FieldExists, "struct s", "0:1", mov(1))
            .gives(0),
        Case::new("a field of a struct that does not exist")
            .local(PAIR)
            .target("struct t { int a; int b; };")
            .asks(FieldExists, "struct s", "0:1", mov(1))
            .gives(0),
        Case::new("the offset in a struct that does not exist")
            .local(PAIR)
            .target("struct t { int a; int b; };")
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .poisons(),
        Case::new("a field that is only declared later in the kernel's BTF")
            .local(PAIR)
            .target("struct t { struct s *s; }; struct s { int pad[3]; int b; };")
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(12),
        Case::new("an offset beyond 32767 in an immediate")
            .local(PAIR)
            .target("struct s { char pad[100000]; int b; };")
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(100_000),
        Case::new("a field whose name starts as another's")
            .local("struct s { int pid; };")
            .target("struct s { int pid_ns; int pi; int pid; };")
            .asks(ByteOff, "struct s", "0:0", mov(0))
            .gives(8),
    ]
}

fn roots() -> Vec<Case> {
    vec![
        Case::new("the struct itself")
            .local(PAIR)
            .target("struct s { int a; };")
            .asks(ByteOff, "struct s", "0", mov(0))
            .gives(0),
        Case::new("a struct that exists as a field path of no step")
            .local(PAIR)
            .target("struct s { int x; };")
            .asks(FieldExists, "struct s", "0", mov(1))
            .gives(1),
        Case::new("a struct that became a union")
            .local(PAIR)
            .target("union s { int a; int b; };")
            .asks(FieldExists, "struct s", "0:1", mov(1))
            .gives(0),
        Case::new("a union")
            .local("union u { int a; long b; };")
            .target("union u { long b; };")
            .asks(FieldExists, "union u", "0:1", mov(1))
            .gives(1),
        Case::new("a typedef of an unnamed struct")
            .local("typedef struct { int a; int b; } s_t;")
            .target("typedef struct { long pad; int b; } s_t;")
            .asks(ByteOff, "s_t", "0:1", mov(4))
            .gives(8),
        Case::new("a typedef is looked for by its own name")
            .local("struct s { int a; int b; }; typedef struct s s_t;")
            .target("struct s { int a; int b; };")
            .asks(ByteOff, "s_t", "0:1", mov(4))
            .poisons(),
        Case::new("a typedef of another struct")
            .local("struct s { int a; int b; }; typedef struct s s_t;")
            .target("struct other { long pad; int b; }; typedef struct other s_t;")
            .asks(ByteOff, "s_t", "0:1", mov(4))
            .gives(8),
        Case::new("a struct where the kernel has a typedef of that name")
            .local(PAIR)
            .target("typedef struct { int a; int b; } s;")
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .poisons(),
        Case::new("a forward declaration in the kernel")
            .local(PAIR)
            .target("struct s; struct t { struct s *s; };")
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .poisons(),
        Case::new("a struct without a name")
            .local("typedef struct { int a; int b; } s_t;")
            .target("typedef struct { int a; int b; } s_t;")
            .asks(ByteOff, "#1", "0:1", mov(4))
            .refuses(EINVAL)
            .aya(&differences::ROOTS_WITHOUT_A_NAME, Outcome::Value(4)),
        Case::new("a const struct has no name")
            .local("struct s { int a; int b; }; typedef const struct s s_t;")
            .target(PAIR)
            .asks(ByteOff, "const struct s", "0:1", mov(4))
            .refuses(EINVAL)
            .aya(&differences::ROOTS_WITHOUT_A_NAME, Outcome::Poison),
        Case::new("behind a typedef of a const struct")
            .local("struct s { int a; int b; }; typedef const struct s s_t;")
            .target("struct s { long pad; int b; }; typedef volatile struct s s_t;")
            .asks(ByteOff, "s_t", "0:1", mov(4))
            .gives(8),
        Case::new("a typedef of a forward declaration in the kernel")
            .local("typedef struct s { int a; } s_t;")
            .target("typedef struct s s_t;")
            .asks(FieldExists, "s_t", "0", mov(1))
            .refuses(EINVAL),
        Case::new("an int as the root")
            .local("typedef unsigned int u32;")
            .target("typedef unsigned long u32;")
            .asks(ByteOff, "u32", "0", mov(0))
            .gives(0),
    ]
}

fn nesting() -> Vec<Case> {
    vec![
        Case::new("a struct in a struct")
            .local(NESTED)
            .target("struct s { struct { struct in { int pad; int c; } b; } n; };")
            .asks(ByteOff, "struct s", "0:1:1:0", mov(8))
            .gives(4),
        Case::new("a struct in a struct that became a union")
            .local(NESTED)
            .target("union u { long l; int c; }; struct s { long x; struct { union u b; } n; };")
            .asks(ByteOff, "struct s", "0:1:1:0", mov(8))
            .gives(8),
        Case::new("the inner field is gone")
            .local(NESTED)
            .target("struct s { struct { struct in { int x; } b; } n; };")
            .asks(ByteOff, "struct s", "0:1:1:0", mov(8))
            .poisons(),
        Case::new("the struct between is gone")
            .local(NESTED)
            .target("struct s { struct in { int c; } b; };")
            .asks(ByteOff, "struct s", "0:1:1:0", mov(8))
            .poisons(),
        Case::new("the struct between is an int")
            .local(NESTED)
            .target("struct s { struct { int b; } n; };")
            .asks(ByteOff, "struct s", "0:1:1:0", mov(8))
            .poisons(),
        Case::new("the struct between is an array")
            .local(NESTED)
            .target("struct s { struct { struct in { int c; } b[1]; } n; };")
            .asks(FieldExists, "struct s", "0:1:1:0", mov(1))
            .gives(0),
        Case::new("the struct between is a pointer")
            .local(NESTED)
            .target("struct in { int c; }; struct s { struct { struct in *b; } n; };")
            .asks(FieldExists, "struct s", "0:1:1:0", mov(1))
            .gives(0),
        Case::new("the struct between has another name")
            .local(NESTED)
            .target("struct out { long x; int c; }; struct s { struct { struct out b; } n; };")
            .asks(ByteOff, "struct s", "0:1:1:0", mov(8))
            .gives(8),
    ]
}

fn unnamed() -> Vec<Case> {
    vec![
        Case::new("a field that went into an unnamed struct")
            .local(PAIR)
            .target("struct s { int a; struct { int x; int b; }; };")
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(8),
        Case::new("a field that went into an unnamed union in an unnamed struct")
            .local(PAIR)
            .target("struct s { struct { int x; union { long l; int b; }; }; int a; };")
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(8),
        Case::new("a field that came out of an unnamed union")
            .local("struct s { int a; union { int b; long l; }; };")
            .target("struct s { int b; int a; };")
            .asks(ByteOff, "struct s", "0:1:0", mov(8))
            .gives(0),
        Case::new("an unnamed struct that ends the path")
            .local("struct s { int a; struct { int b; }; };")
            .target("struct s { long a; };")
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(0),
        Case::new("unnamed structs on the way and before it")
            .local("struct s { struct { int a; }; struct in { int x; struct { int b; }; } n; };")
            .target("struct s { struct { long l; struct in { long y; int b; } n; }; };")
            .asks(ByteOff, "struct s", "0:1:1:0", mov(8))
            .gives(16),
        Case::new("an unnamed struct before it without the field")
            .local(PAIR)
            .target("struct s { long l; struct { int x; int y; }; int b; };")
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(16),
        // C has no two members of one name, not even so.
        Case::new("an unnamed struct before it with the field as another type")
            .local(PAIR)
            .target("struct s { struct { int *b; }; int b; };")
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(8),
        Case::new("an unnamed member that is an int")
            .local(PAIR)
            .target("struct s { int; int b; };")
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(4),
        Case::new("a typedef without a field name is searched too")
            .local(PAIR)
            .target("typedef struct { int x; int b; } in_t; struct s { int a; in_t; };")
            .asks(ByteOff, "struct s", "0:1", mov(4))
            .gives(8),
    ]
}
