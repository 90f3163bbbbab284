//! Elements, their bounds, and pointers used as arrays.

use bpf_core_btf::CoreReloKind::{ByteOff, ByteSz, FieldExists, LshiftU64, RshiftU64, Signed};
use bpf_core_conformance::case::{Case, EINVAL};
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{Outcome, mov};

const ARRAY: &str = "struct s { int x; int a[4]; };";
const STRUCTS: &str = "struct s { struct { int i; int j; } a[3]; };";
const FLEXIBLE: &str = "struct s { int n; int a[]; };";

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = elements();
    cases.extend(bounds());
    cases.extend(flexible());
    cases.extend(pointers());
    cases.extend(aspects());
    cases
}

fn elements() -> Vec<Case> {
    let third = |name, target| {
        Case::new(name)
            .local(ARRAY)
            .target(target)
            .asks(ByteOff, "struct s", "0:1:2", mov(12))
    };
    vec![
        third("an element", "struct s { long x; int a[3]; };").gives(16),
        third("an element that grew", "struct s { long x; long a[3]; };").gives(24),
        third(
            "an element of a typedef",
            "typedef short t[5]; struct s { const t a; };",
        )
        .gives(4),
        third("the array is an int", "struct s { int a; };").poisons(),
        third("the array is a pointer", "struct s { int *a; };").poisons(),
        third(
            "the array is a struct",
            "struct s { struct { int x; } a; };",
        )
        .poisons(),
        third("the elements are pointers", "struct s { int *a[4]; };").poisons(),
        Case::new("an element of an element")
            .local("struct s { int a[2][3]; };")
            .target("struct s { int x; short a[4][5]; };")
            .asks(ByteOff, "struct s", "0:0:1:2", mov(20))
            .gives(4 + 2 * 7),
        Case::new("an element of three dimensions")
            .local("struct s { int a[2][3][4]; };")
            .target("struct s { short a[2][5][7]; };")
            .asks(ByteOff, "struct s", "0:0:1:1:1", mov(4 * (12 + 4 + 1)))
            .gives(2 * (35 + 7 + 1))
            .aya(&differences::ARRAYS_OF_ARRAYS, Outcome::Value(30)),
        Case::new("a row")
            .local("struct s { int a[2][3]; };")
            .target("struct s { int x; short a[4][5]; };")
            .asks(ByteOff, "struct s", "0:0:1", mov(12))
            .gives(14),
        Case::new("fewer dimensions")
            .local("struct s { int a[2][3]; };")
            .target("struct s { int a[6]; };")
            .asks(ByteOff, "struct s", "0:0:1:2", mov(20))
            .poisons(),
        Case::new("a field of an element")
            .local(STRUCTS)
            .target("struct s { struct { long l; int k; int j; } a[3]; };")
            .asks(ByteOff, "struct s", "0:0:2:1", mov(20))
            .gives(2 * 16 + 12),
        Case::new("a field of an element that lost it")
            .local(STRUCTS)
            .target("struct s { struct { int i; } a[3]; };")
            .asks(ByteOff, "struct s", "0:0:2:1", mov(20))
            .poisons(),
        Case::new("an array in an unnamed struct")
            .local(ARRAY)
            .target("struct s { long l; struct { int x; int a[4]; }; };")
            .asks(ByteOff, "struct s", "0:1:2", mov(12))
            .gives(20),
    ]
}

fn bounds() -> Vec<Case> {
    let last = |name, target| {
        Case::new(name)
            .local(ARRAY)
            .target(target)
            .asks(ByteOff, "struct s", "0:1:3", mov(16))
    };
    vec![
        last("the last element", "struct s { int a[4]; };").gives(12),
        last(
            "behind the last element of the target",
            "struct s { int a[3]; };",
        )
        .poisons(),
        last(
            "an empty array that is not last",
            "struct s { int a[0]; int x; };",
        )
        .poisons(),
        Case::new("whether an element exists that does not")
            .local(ARRAY)
            .target("struct s { int a[3]; };")
            .asks(FieldExists, "struct s", "0:1:3", mov(1))
            .gives(0),
        Case::new("behind the last element of the declaration")
            .local(ARRAY)
            .target("struct s { int a[9]; };")
            .asks(ByteOff, "struct s", "0:1:4", mov(20))
            .refuses(EINVAL),
        Case::new("an empty array of the declaration that is not last")
            .local("struct s { int a[0]; int x; };")
            .target("struct s { int a[9]; };")
            .asks(ByteOff, "struct s", "0:0:0", mov(0))
            .refuses(EINVAL),
        Case::new("behind the last row, within the array")
            .local("struct s { int a[2][3]; };")
            .target("struct s { int a[2][3]; };")
            .asks(ByteOff, "struct s", "0:0:0:3", mov(12))
            .refuses(EINVAL),
    ]
}

fn flexible() -> Vec<Case> {
    vec![
        Case::new("an array that became flexible")
            .local(ARRAY)
            .target("struct s { long n; int a[]; };")
            .asks(ByteOff, "struct s", "0:1:3", mov(16))
            .gives(20),
        Case::new("a flexible array that got a length")
            .local(FLEXIBLE)
            .target("struct s { long n; int a[8]; };")
            .asks(ByteOff, "struct s", "0:1:7", mov(32))
            .gives(36)
            .aya(&differences::FLEXIBLE_ARRAYS, Outcome::Refused),
        Case::new("a flexible array that got too short")
            .local(FLEXIBLE)
            .target("struct s { long n; int a[7]; };")
            .asks(ByteOff, "struct s", "0:1:7", mov(32))
            .poisons()
            .aya(&differences::FLEXIBLE_ARRAYS, Outcome::Refused),
        Case::new("the first element of a flexible array")
            .local(FLEXIBLE)
            .target("struct s { long n; int a[]; };")
            .asks(ByteOff, "struct s", "0:1:0", mov(4))
            .gives(8)
            .aya(&differences::FLEXIBLE_ARRAYS, Outcome::Refused),
        Case::new("a flexible array, at the number of the last member")
            .local(FLEXIBLE)
            .target("struct s { long n; int a[]; };")
            .asks(ByteOff, "struct s", "0:1:1", mov(8))
            .gives(12),
        Case::new("a field in a flexible array of structs")
            .local("struct s { int n; struct { int i; int j; } a[]; };")
            .target("struct s { int n; struct { long i; long j; } a[]; };")
            .asks(ByteOff, "struct s", "0:1:5:1", mov(48))
            .gives(8 + 5 * 16 + 8)
            .aya(&differences::FLEXIBLE_ARRAYS, Outcome::Refused),
        Case::new("a flexible array at the end of a union")
            .local("union u { int n; int a[]; };")
            .target("union u { long n; long a[]; };")
            .asks(ByteOff, "union u", "0:1:2", mov(8))
            .gives(16)
            .aya(&differences::FLEXIBLE_ARRAYS, Outcome::Refused),
        Case::new("an empty array in front of another member of a union")
            .local("union u { int n; int a[4]; };")
            .target("union u { int a[0]; long n; };")
            .asks(ByteOff, "union u", "0:1:2", mov(8))
            .poisons(),
        Case::new("rows without number")
            .local("struct s { int n; int a[][3]; };")
            .target("struct s { long n; int a[][4]; };")
            .asks(ByteOff, "struct s", "0:1:2:2", mov(36))
            .gives(8 + 4 * (2 * 4 + 2))
            .aya(&differences::FLEXIBLE_ARRAYS, Outcome::Refused),
    ]
}

fn pointers() -> Vec<Case> {
    vec![
        Case::new("p[2].b of structs that grew")
            .local("struct s { int a; int b; };")
            .target("struct s { long a; long c; int b; };")
            .asks(ByteOff, "struct s", "2:1", mov(20))
            .gives(2 * 24 + 16),
        Case::new("p[2] of structs that grew")
            .local("struct s { int a; int b; };")
            .target("struct s { long a; long c; };")
            .asks(ByteOff, "struct s", "2", mov(16))
            .gives(32),
        Case::new("p[3] of ints")
            .local("typedef int t;")
            .target("typedef long t;")
            .asks(ByteOff, "t", "3", mov(12))
            .gives(24),
        Case::new("p[1] of pointers in a 32-bit kernel")
            .local("typedef int *t;")
            .target("#pragma m32\ntypedef long l; typedef int *t;")
            .asks(ByteOff, "t", "1", mov(8))
            .gives(4)
            .aya(&differences::POINTER_SIZE, Outcome::Value(8)),
        Case::new("p[1][2] of arrays")
            .local("typedef int t[4];")
            .target("typedef long t[5];")
            .asks(ByteOff, "t", "1:2", mov(24))
            .gives(8 * (5 + 2)),
        Case::new("p[1][2][3] of fewer dimensions")
            .local("typedef int t[4][5];")
            .target("typedef int t[20];")
            .asks(ByteOff, "t", "1:2:3", mov(4 * (20 + 10 + 3)))
            .poisons(),
        Case::new("p[1][2] of ints")
            .local("typedef int t[4];")
            .target("typedef int t;")
            .asks(FieldExists, "t", "1:2", mov(1))
            .gives(0),
        Case::new("p[0][7] of an array that is no member")
            .local("typedef int t[];")
            .target("typedef int t[];")
            .asks(ByteOff, "t", "0:7", mov(28))
            .refuses(EINVAL),
    ]
}

fn aspects() -> Vec<Case> {
    let third = |name, kind, was| {
        Case::new(name)
            .local(ARRAY)
            .target("struct s { long a[3]; };")
            .asks(kind, "struct s", "0:1:2", mov(was))
    };
    vec![
        third("the size of an element", ByteSz, 4).gives(8),
        third("whether an element exists", FieldExists, 1).gives(1),
        third("the sign of an element", Signed, 1).refuses(EINVAL),
        third("the left shift of an element", LshiftU64, 32).refuses(EINVAL),
        third("the right shift of an element", RshiftU64, 32).refuses(EINVAL),
        Case::new("the size of a row")
            .local("struct s { int a[2][3]; };")
            .target("struct s { int a[2][5]; };")
            .asks(ByteSz, "struct s", "0:0:1", mov(12))
            .gives(20),
        Case::new("the size of an element that does not exist")
            .local(ARRAY)
            .target("struct s { int a[2]; };")
            .asks(ByteSz, "struct s", "0:1:2", mov(4))
            .poisons(),
        Case::new("the sign of a field of an element")
            .local(STRUCTS)
            .target("struct s { struct { unsigned j; } a[3]; };")
            .asks(Signed, "struct s", "0:0:2:1", mov(1))
            .gives(0),
    ]
}
