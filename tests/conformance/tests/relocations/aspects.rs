//! Size, sign and shifts of fields that are no bit-fields.

use bpf_core_btf::CoreReloKind::{ByteSz, LshiftU64, RshiftU64, Signed};
use bpf_core_conformance::case::{Case, EINVAL};
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{Outcome, load_imm64, mov};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = sizes();
    cases.extend(signs());
    cases.extend(shifts());
    cases
}

fn sizes() -> Vec<Case> {
    let size = |name, local, was, target| {
        Case::new(name)
            .local(local)
            .target(target)
            .asks(ByteSz, "struct s", "0:0", mov(was))
    };
    vec![
        size(
            "an int that grew",
            "struct s { int a; };",
            4,
            "struct s { long a; };",
        )
        .gives(8),
        size(
            "an int that shrank",
            "struct s { int a; };",
            4,
            "struct s { char a; };",
        )
        .gives(1),
        size(
            "a pointer",
            "struct s { int *a; };",
            8,
            "struct s { char *a; };",
        )
        .gives(8),
        size(
            "a pointer of a 32-bit kernel",
            "struct s { int *a; };",
            8,
            "#pragma m32\nstruct s { long l; int *a; };",
        )
        .gives(4)
        .aya(&differences::POINTER_SIZE, Outcome::Value(8)),
        size(
            "an array",
            "struct s { char a[16]; };",
            16,
            "struct s { char a[32]; };",
        )
        .gives(32),
        size(
            "an array of arrays",
            "struct s { int a[2][3]; };",
            24,
            "struct s { long a[2][5]; };",
        )
        .gives(80)
        .aya(&differences::ARRAYS_OF_ARRAYS, Outcome::Value(40)),
        size(
            "a flexible array",
            "struct s { int a[4]; };",
            16,
            "struct s { int a[]; };",
        )
        .gives(0),
        size(
            "a struct",
            "struct s { struct { int i; } a; };",
            4,
            "struct s { struct { int i, j, k; } a; };",
        )
        .gives(12),
        size(
            "an enum that has 64 bits now",
            "enum e { A }; struct s { enum e a; };",
            4,
            "enum e : long { A }; struct s { enum e a; };",
        )
        .gives(8),
        size(
            "a typedef",
            "typedef int t; struct s { t a; };",
            4,
            "typedef const short u; typedef u t; struct s { t a; };",
        )
        .gives(2),
        size(
            "a float",
            "struct s { float a; };",
            4,
            "struct s { double a; };",
        )
        .gives(8),
        size(
            "the size of what is gone",
            "struct s { int a; };",
            4,
            "struct s { int b; };",
        )
        .poisons(),
        Case::new("the size of the struct by a path of no step")
            .local("struct s { int a; };")
            .target("struct s { int a, b, c; };")
            .asks(ByteSz, "struct s", "0", mov(4))
            .gives(12),
    ]
}

fn signs() -> Vec<Case> {
    let signed = |name, local, was, target| {
        Case::new(name)
            .local(local)
            .target(target)
            .asks(Signed, "struct s", "0:0", mov(was))
    };
    vec![
        signed(
            "an int is signed",
            "struct s { int a; };",
            1,
            "struct s { short a; };",
        )
        .gives(1),
        signed(
            "an int that became unsigned",
            "struct s { int a; };",
            1,
            "struct s { unsigned a; };",
        )
        .gives(0),
        signed(
            "an unsigned that became signed",
            "struct s { unsigned a; };",
            0,
            "struct s { long a; };",
        )
        .gives(1),
        signed(
            "a _Bool is not signed",
            "struct s { int a; };",
            1,
            "struct s { _Bool a; };",
        )
        .gives(0),
        signed(
            "a pointer is not signed",
            "struct s { int *a; };",
            0,
            "struct s { long b; int *a; };",
        )
        .gives(0)
        // It took what lies behind the type for an int's encoding.
        .before((1, 3), Outcome::Refused),
        signed(
            "a struct is not signed",
            "struct s { struct { int i; } a; };",
            0,
            "struct s { struct { long i; } a; };",
        )
        .gives(0),
        signed(
            "an array is not signed",
            "struct s { int a[2]; };",
            0,
            "struct s { int a[3]; };",
        )
        .gives(0),
        signed(
            "an enum is not signed",
            "enum e { A }; struct s { enum e a; };",
            0,
            "enum e { B }; struct s { enum e a; };",
        )
        .gives(0),
        signed(
            "an enum with a negative value is",
            "enum e { A }; struct s { enum e a; };",
            0,
            "enum e { A = -1 }; struct s { enum e a; };",
        )
        .gives(1),
        signed(
            "an enum64 with a negative value is",
            "enum e { A }; struct s { enum e a; };",
            0,
            "enum e : long { A = -1 }; struct s { enum e a; };",
        )
        .gives(1),
        signed(
            "an enum64 without is not",
            "enum e { A = -1 }; struct s { enum e a; };",
            1,
            "enum e : unsigned long { A }; struct s { enum e a; };",
        )
        .gives(0),
        signed(
            "behind typedefs",
            "struct s { unsigned a; };",
            0,
            "typedef int i; typedef const i j; struct s { j a; };",
        )
        .gives(1),
        signed(
            "the sign of what is gone",
            "struct s { int a; };",
            1,
            "struct s { int b; };",
        )
        .poisons(),
        Case::new("the sign of the struct itself")
            .local("struct s { int a; };")
            .target("struct s { int a; };")
            .asks(Signed, "struct s", "0", mov(0))
            .refuses(EINVAL),
    ]
}

fn shifts() -> Vec<Case> {
    let shift = |name, kind, was, target| {
        Case::new(name)
            .local("struct s { int a; };")
            .target(target)
            .asks(kind, "struct s", "0:0", mov(was))
    };
    let overflow = match cfg!(debug_assertions) {
        true => Outcome::Panics,
        false => Outcome::Value(-64),
    };
    vec![
        shift(
            "left, to bring an int to the top",
            LshiftU64,
            32,
            "struct s { long x; short a; };",
        )
        .gives(48),
        shift(
            "right, to bring it down again",
            RshiftU64,
            32,
            "struct s { long x; short a; };",
        )
        .gives(48),
        shift("left, eight bytes", LshiftU64, 32, "struct s { long a; };").gives(0),
        shift("right, eight bytes", RshiftU64, 32, "struct s { long a; };").gives(0),
        shift(
            "the shift of what is gone",
            LshiftU64,
            32,
            "struct s { int b; };",
        )
        .poisons(),
        // libbpf computes in 32 bits, without a sign.
        Case::new("the shift of a struct of more than eight bytes wraps")
            .local("struct s { struct { int i; } a; };")
            .target("struct s { struct { long i, j; } a; };")
            .asks(RshiftU64, "struct s", "0:0", load_imm64(32))
            .gives(0xffff_ffc0)
            .aya(&differences::WIDE_SHIFTS, overflow),
    ]
}
