//! The size of loads and stores whose field has another size in the target.

use bpf_core_btf::CoreReloKind::ByteOff;
use bpf_core_conformance::case::{Case, EINVAL};
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{Insn, Outcome, Width, load, mov, store, store_imm};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = sizes();
    cases.extend(elements());
    cases.extend(refused_sizes());
    cases
}

/// They take the size of the target's field where zero extension keeps the value.
fn sizes() -> Vec<Case> {
    let of = |name, local, insn, target| {
        Case::new(name)
            .local(local)
            .target(target)
            .asks(ByteOff, "struct s", "0:0", insn)
    };
    const U32: &str = "struct s { unsigned a; };";
    const U64: &str = "struct s { long x; unsigned long a; };";
    const POINTER: &str = "struct s { int *a; };";
    const LONG32: &str = "#pragma m32\nstruct s { long x; int *a; };";
    vec![
        of("an unsigned that grew", U32, load(Width::U32, 0), U64).resizes(8, Width::U64),
        of(
            "an unsigned that shrank",
            U64,
            load(Width::U64, 8),
            "struct s { unsigned char a; };",
        )
        .asks(ByteOff, "struct s", "0:1", load(Width::U64, 8))
        .resizes(0, Width::U8),
        of(
            "an unsigned of two bytes",
            U32,
            load(Width::U32, 0),
            "struct s { int x; unsigned short a; };",
        )
        .resizes(4, Width::U16),
        of(
            "an unsigned short that grew",
            "struct s { unsigned short a; };",
            load(Width::U16, 0),
            U64,
        )
        .resizes(8, Width::U64),
        of(
            "a _Bool",
            U32,
            load(Width::U32, 0),
            "struct s { int x; _Bool a; };",
        )
        .resizes(4, Width::U8),
        of(
            "a pointer of a 32-bit kernel",
            POINTER,
            load(Width::U64, 0),
            LONG32,
        )
        .resizes(4, Width::U32)
        .aya(&differences::POINTER_SIZE, Outcome::Value(4)),
        of(
            "pointers of other types",
            POINTER,
            load(Width::U64, 0),
            "struct s { long x; char **a; };",
        )
        .gives(8),
        of(
            "behind typedefs",
            "typedef unsigned t; struct s { const t a; };",
            load(Width::U32, 0),
            "typedef unsigned long t; typedef volatile t u; struct s { u a; };",
        )
        .resizes(0, Width::U64),
        of("a store", U32, store(Width::U32, 0), U64).resizes(8, Width::U64),
        of(
            "a store of an immediate that shrank",
            U32,
            store_imm(Width::U32, 0),
            "struct s { int x; unsigned char a; };",
        )
        .resizes(4, Width::U8),
        of("an atomic operation", U32, Insn::new(0xc3, 0x21, 0, 0), U64).resizes(8, Width::U64),
        of(
            "arithmetic does not care",
            "struct s { int a; };",
            mov(0),
            U64,
        )
        .gives(8),
        of(
            "signed",
            "struct s { int a; };",
            load(Width::U32, 0),
            "struct s { int x; long a; };",
        )
        .poisons()
        .aya(&differences::LOAD_SIZES, Outcome::Refused),
        of(
            "signed to unsigned",
            "struct s { int a; };",
            load(Width::U32, 0),
            U64,
        )
        .poisons()
        .aya(&differences::LOAD_SIZES, Outcome::Refused),
        of(
            "unsigned to signed",
            U32,
            load(Width::U32, 0),
            "struct s { long a; };",
        )
        .poisons()
        .aya(&differences::LOAD_SIZES, Outcome::Refused),
        of(
            "signed to unsigned of one size",
            "struct s { int a; };",
            load(Width::U32, 0),
            "struct s { int x; unsigned a; };",
        )
        .gives(4),
        of(
            "an enum that grew",
            "enum e { A }; struct s { enum e a; };",
            load(Width::U32, 0),
            "enum e : unsigned long { A }; struct s { enum e a; };",
        )
        .poisons()
        .aya(&differences::LOAD_SIZES, Outcome::Refused),
        of(
            "a struct that grew",
            "struct s { struct { int i; } a; };",
            load(Width::U32, 0),
            "struct s { struct { long i; } a; };",
        )
        .poisons()
        .aya(&differences::LOAD_SIZES, Outcome::Refused),
        of(
            "a float that grew",
            "struct s { float a; };",
            load(Width::U32, 0),
            "struct s { double a; };",
        )
        .poisons()
        .aya(&differences::LOAD_SIZES, Outcome::Refused),
        of(
            "a store that would be wrong",
            "struct s { int a; };",
            store(Width::U32, 0),
            U64,
        )
        .poisons()
        .aya(&differences::LOAD_SIZES, Outcome::Refused),
        Case::new("the struct itself, of two sizes, by a load")
            .local("struct s { int a; };")
            .target("struct s { long a; };")
            .asks(ByteOff, "struct s", "0", load(Width::U32, 0))
            .poisons()
            .aya(&differences::LOAD_SIZES, Outcome::Refused),
        Case::new("a pointer that became an unsigned, by a load")
            .local("typedef int *t;")
            .target("typedef unsigned t;")
            .asks(ByteOff, "t", "0", load(Width::U64, 0))
            .poisons()
            .aya(&differences::LOAD_SIZES, Outcome::Refused),
        Case::new("p[2] of unsigned by a load")
            .local("typedef unsigned t;")
            .target("typedef unsigned long t;")
            .asks(ByteOff, "t", "2", load(Width::U32, 8))
            .resizes(16, Width::U64),
    ]
}

/// Of an array, the size of its elements counts.
fn elements() -> Vec<Case> {
    let first = |name, local, insn, target| {
        Case::new(name)
            .local(local)
            .target(target)
            .asks(ByteOff, "struct s", "0:0:1", insn)
    };
    const U32: &str = "struct s { unsigned a[4]; };";
    const U64: &str = "struct s { unsigned long a[4]; };";
    vec![
        first("an element that grew", U32, load(Width::U32, 4), U64).resizes(8, Width::U64),
        first(
            "a signed element that grew",
            "struct s { int a[4]; };",
            load(Width::U32, 4),
            "struct s { long a[4]; };",
        )
        .poisons()
        .aya(&differences::LOAD_SIZES, Outcome::Refused),
        first(
            "an element of a longer array",
            U32,
            load(Width::U32, 4),
            "struct s { long x; unsigned a[9]; };",
        )
        .gives(12),
        Case::new("a whole array that got longer")
            .local(U32)
            .target("struct s { long x; unsigned a[9]; };")
            .asks(ByteOff, "struct s", "0:0", load(Width::U32, 0))
            .gives(8)
            .before((1, 6), Outcome::Poison)
            .aya(&differences::ARRAY_LOADS, Outcome::Refused),
        Case::new("a whole array whose elements grew")
            .local(U32)
            .target(U64)
            .asks(ByteOff, "struct s", "0:0", load(Width::U32, 0))
            .poisons()
            .aya(&differences::ARRAY_LOADS, Outcome::Refused),
        Case::new("a row that got longer")
            .local("struct s { unsigned a[2][3]; };")
            .target("struct s { unsigned a[2][5]; };")
            .asks(ByteOff, "struct s", "0:0:1", load(Width::U32, 12))
            .gives(20)
            .before((1, 6), Outcome::Poison)
            .aya(&differences::ARRAY_LOADS, Outcome::Refused),
        Case::new("a flexible array by a load")
            .local("struct s { int n; unsigned a[]; };")
            .target("struct s { long n; unsigned a[]; };")
            .asks(ByteOff, "struct s", "0:1", load(Width::U32, 4))
            .gives(8),
        Case::new("an array that became flexible, by a load")
            .local("struct s { int n; unsigned a[4]; };")
            .target("struct s { long n; unsigned a[]; };")
            .asks(ByteOff, "struct s", "0:1", load(Width::U32, 4))
            .gives(8)
            .before((1, 6), Outcome::Poison)
            .aya(&differences::ARRAY_LOADS, Outcome::Refused),
    ]
}

fn refused_sizes() -> Vec<Case> {
    let of = |name, insn, target| {
        Case::new(name)
            .local("struct s { unsigned a; };")
            .target(target)
            .asks(ByteOff, "struct s", "0:0", insn)
    };
    vec![
        of(
            "a load that is not of the declared size",
            load(Width::U8, 0),
            "struct s { unsigned long a; };",
        )
        .refuses(EINVAL)
        .aya(
            &differences::UNCHECKED_VALUES,
            Outcome::Resized(0, Width::U64),
        ),
        of(
            "a load that is not of the declared size, which stays",
            load(Width::U8, 0),
            "struct s { int x; unsigned a; };",
        )
        .gives(4),
        of(
            "a size that no load has",
            load(Width::U32, 0),
            "struct s { unsigned __int128 a; };",
        )
        .refuses(EINVAL),
    ]
}
