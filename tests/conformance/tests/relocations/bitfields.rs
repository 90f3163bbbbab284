//! Bit-fields: where to load, how much, and how to shift.

use bpf_core_btf::CoreReloKind::{
    self, ByteOff, ByteSz, FieldExists, LshiftU64, RshiftU64, Signed,
};
use bpf_core_conformance::case::{Case, E2BIG, EINVAL};
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{Insn, Outcome, Width, load, mov, store};

const LOCAL: &str = "struct s { int x; unsigned a: 3; unsigned b: 5; int c: 4; };";

/// What a bit-field is read by: byte_off, byte_sz, lshift_u64, rshift_u64, signed.
type Five = [i64; 5];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = places();
    cases.extend(enums());
    cases.extend(missing());
    cases.extend(unchecked());
    cases.extend(too_wide());
    cases.extend(loads());
    cases
}

fn places() -> Vec<Case> {
    let local = |name, target, five| all_five(name, LOCAL, "0:2", [4, 4, 56, 59, 0], target, five);
    let cases = [
        local("unmoved", LOCAL, [4, 4, 56, 59, 0]),
        local(
            "moved",
            "struct s { long x; unsigned y: 20; unsigned b: 7; };",
            [8, 4, 64 - 27, 57, 0],
        ),
        local(
            "a bit-field that became an int",
            "struct s { long x; short b; };",
            [8, 2, 48, 48, 1],
        ),
        local(
            "across an int's bounds",
            "struct s { char x[3]; unsigned y: 4; unsigned b: 6; } __packed;",
            [0, 8, 64 - 34, 58, 0],
        ),
        local(
            "all 64 bits",
            "struct s { long x; unsigned long b: 64; };",
            [8, 8, 0, 0, 0],
        ),
        local(
            "a _Bool of one bit",
            "struct s { _Bool x: 1; _Bool b: 1; };",
            [0, 1, 62, 63, 0],
        ),
        local(
            "in an unnamed union",
            "struct s { long l; union { long m; struct { int y: 9; int b: 9; }; }; };",
            [8, 4, 64 - 18, 55, 1],
        ),
        all_five(
            "signed",
            LOCAL,
            "0:3",
            [4, 4, 52, 60, 1],
            "struct s { signed char y: 2; signed char c: 3; };",
            [0, 1, 64 - 5, 61, 1],
        ),
        all_five(
            "an int that became a bit-field",
            "struct s { int x; int y; };",
            "0:1",
            [4, 4, 32, 32, 1],
            "struct s { unsigned long x: 33; unsigned long y: 10; };",
            [0, 8, 64 - 43, 54, 0],
        ),
    ];
    cases.into_iter().flatten().collect()
}

fn all_five(
    name: &'static str,
    local: &'static str,
    access: &'static str,
    was: Five,
    target: &'static str,
    five: Five,
) -> Vec<Case> {
    let kinds = [ByteOff, ByteSz, LshiftU64, RshiftU64, Signed];
    let case = |(kind, (was, now)): (CoreReloKind, (i64, i64))| {
        Case::new(format!("{name}: {kind}"))
            .local(local)
            .target(target)
            .asks(kind, "struct s", access, mov(was as i32))
            .gives(now)
    };
    kinds
        .into_iter()
        .zip(was.into_iter().zip(five))
        .map(case)
        .collect()
}

fn enums() -> Vec<Case> {
    vec![
        Case::new("an enum of four bits: left")
            .local(LOCAL)
            .target("struct s { enum { A } c: 4; };")
            .asks(LshiftU64, "struct s", "0:3", mov(52))
            .poisons(),
        Case::new("an enum of four bits that got five: left")
            .local("enum e { A }; struct s { enum e x: 4; };")
            .target("enum e { A = -1 }; struct s { int y: 2; enum e x: 5; };")
            .asks(LshiftU64, "struct s", "0:0", mov(60))
            .gives(64 - 7),
        Case::new("an enum of four bits that became signed")
            .local("enum e { A }; struct s { enum e x: 4; };")
            .target("enum e { A = -1 }; struct s { int y: 2; enum e x: 5; };")
            .asks(Signed, "struct s", "0:0", mov(0))
            .gives(1),
    ]
}

fn missing() -> Vec<Case> {
    vec![
        Case::new("a bit-field that is gone")
            .local(LOCAL)
            .target("struct s { int a: 3; };")
            .asks(LshiftU64, "struct s", "0:2", mov(56))
            .poisons(),
        Case::new("whether a bit-field exists")
            .local(LOCAL)
            .target("struct s { int a: 3; };")
            .asks(FieldExists, "struct s", "0:1", mov(1))
            .gives(1),
        Case::new("whether a bit-field exists that does not")
            .local(LOCAL)
            .target("struct s { int a: 3; };")
            .asks(FieldExists, "struct s", "0:2", mov(1))
            .gives(0),
    ]
}

/// Compilers differ on the place of a bit-field, so that libbpf does not hold them to it.
fn unchecked() -> Vec<Case> {
    let asks = |name, kind, was| {
        Case::new(name)
            .local(LOCAL)
            .target("struct s { unsigned b: 5; };")
            .asks(kind, "struct s", "0:2", mov(was))
    };
    vec![
        asks("an offset from another compiler", ByteOff, 5).gives(0),
        asks("a size from another compiler", ByteSz, 1).gives(4),
        asks("a left shift from another compiler", LshiftU64, 24).gives(59),
        asks("a right shift is the same for all", RshiftU64, 58)
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_VALUES, Outcome::Value(59)),
        asks("a sign is the same for all", Signed, 1)
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_VALUES, Outcome::Value(0)),
        Case::new("an int's offset is checked, although it became a bit-field")
            .local("struct s { int x; int b; };")
            .target("struct s { unsigned b: 5; };")
            .asks(ByteOff, "struct s", "0:1", mov(5))
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_VALUES, Outcome::Value(0)),
    ]
}

fn too_wide() -> Vec<Case> {
    const WIDE: &str = "struct s { char x: 5; unsigned long b: 60; } __packed;";
    vec![
        Case::new("a bit-field over nine bytes")
            .local(LOCAL)
            .target(WIDE)
            .asks(ByteOff, "struct s", "0:2", mov(4))
            .refuses(E2BIG)
            .aya(&differences::WIDE_BITFIELDS, Outcome::Poison),
        Case::new("a bit-field over nine bytes in the declaration")
            .local(WIDE)
            .target(WIDE)
            .asks(ByteOff, "struct s", "0:1", mov(0))
            .refuses(E2BIG),
        Case::new("whether a bit-field over nine bytes exists")
            .local(LOCAL)
            .target(WIDE)
            .asks(FieldExists, "struct s", "0:2", mov(1))
            .gives(1),
    ]
}

/// A load by the offset of a bit-field keeps its size: it is the byte_sz of another record.
fn loads() -> Vec<Case> {
    let asks = |name, insn: Insn, target| {
        Case::new(name)
            .local(LOCAL)
            .target(target)
            .asks(ByteOff, "struct s", "0:2", insn)
    };
    vec![
        asks(
            "a load",
            load(Width::U32, 4),
            "struct s { long x; unsigned b: 7; };",
        )
        .gives(8),
        asks(
            "a load of other bytes",
            load(Width::U8, 4),
            "struct s { long x; unsigned long b: 7; };",
        )
        .gives(8),
        asks(
            "a load of what became an int",
            load(Width::U32, 4),
            "struct s { long x; unsigned b; };",
        )
        .poisons()
        .aya(&differences::BITFIELD_LOADS, Outcome::Panics),
        Case::new("a load of an int that became a bit-field")
            .local("struct s { int x; unsigned b; };")
            .target(LOCAL)
            .asks(ByteOff, "struct s", "0:1", load(Width::U32, 4))
            .poisons()
            .aya(&differences::BITFIELD_LOADS, Outcome::Panics),
        Case::new("a store to an int that became a bit-field")
            .local("struct s { int x; unsigned b; };")
            .target(LOCAL)
            .asks(ByteOff, "struct s", "0:1", store(Width::U32, 4))
            .poisons()
            .aya(&differences::BITFIELD_LOADS, Outcome::Panics),
    ]
}
