//! The relocated instruction: its class, what it held, and the size of loads and stores.

use bpf_core_btf::CoreReloKind::{ByteOff, EnumvalValue, FieldExists, TypeSize};
use bpf_core_conformance::case::{Case, EINVAL, ERANGE};
use bpf_core_conformance::differences;
use bpf_core_conformance::insn::{
    Insn, Outcome, Width, add, load, load_imm64, mov, mov32, store, store_imm,
};

const PAIR: &str = "struct s { int a; int b; };";
const MOVED: &str = "struct s { long a; int b; };";
const GONE: &str = "struct s { int a; };";

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = classes();
    cases.extend(poison());
    cases.extend(others());
    cases.extend(checked());
    cases
}

fn offset(name: &'static str, insn: Insn, target: &'static str) -> Case {
    Case::new(name)
        .local(PAIR)
        .target(target)
        .asks(ByteOff, "struct s", "0:1", insn)
}

fn classes() -> Vec<Case> {
    vec![
        offset("r1 = 4", mov(4), MOVED).gives(8),
        offset("w1 = 4", mov32(4), MOVED).gives(8),
        offset("r1 += 4", add(4), MOVED).gives(8),
        offset("r1 = 4 ll", load_imm64(4), MOVED).gives(8),
        offset("a load", load(Width::U32, 4), MOVED).gives(8),
        offset("a store", store(Width::U32, 4), MOVED).gives(8),
        offset("a store of an immediate", store_imm(Width::U32, 4), MOVED).gives(8),
        offset(
            "a load with sign extension",
            Insn::new(0x81, 0x21, 4, 0),
            MOVED,
        )
        .gives(8),
        offset("an atomic operation", Insn::new(0xc3, 0x21, 4, 0), MOVED).gives(8),
        offset(
            "the register that an immediate does not have is not looked at",
            Insn::new(0xb7, 0x21, 0, 4),
            MOVED,
        )
        .gives(8)
        .aya(&differences::UNCHECKED_INSTRUCTIONS, Outcome::Refused),
    ]
}

fn poison() -> Vec<Case> {
    vec![
        offset("r1 = 4 of what is gone", mov(4), GONE).poisons(),
        offset("w1 = 4 of what is gone", mov32(4), GONE).poisons(),
        offset(
            "r1 = 4 ll of what is gone: both halves",
            load_imm64(4),
            GONE,
        )
        .poisons(),
        offset("a load of what is gone", load(Width::U32, 4), GONE).poisons(),
        offset("a store to what is gone", store(Width::U32, 4), GONE).poisons(),
        offset("what it held is not looked at", mov(99), GONE).poisons(),
        offset("its class is not looked at", Insn::new(0x85, 0, 0, 1), GONE).poisons(),
        offset("r1 = r2 of what is gone", Insn::new(0xbf, 0x21, 0, 0), GONE).poisons(),
    ]
}

fn others() -> Vec<Case> {
    vec![
        offset("r1 = r2", Insn::new(0xbf, 0x21, 0, 4), MOVED).refuses(EINVAL),
        offset("r1 = r0", Insn::new(0xbf, 0x01, 0, 4), MOVED)
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_INSTRUCTIONS, Outcome::Value(8)),
        offset("if r1 == 4", Insn::new(0x15, 0x01, 0, 4), MOVED).refuses(EINVAL),
        offset("if w1 == 4", Insn::new(0x16, 0x01, 0, 4), MOVED).refuses(EINVAL),
        offset("call 4", Insn::new(0x85, 0, 0, 4), MOVED).refuses(EINVAL),
        offset("a load from a packet", Insn::new(0x20, 0, 0, 4), MOVED)
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_INSTRUCTIONS, Outcome::Value(8)),
        offset(
            "r1 = map 4",
            Insn {
                registers: 0x11,
                ..load_imm64(4)
            },
            MOVED,
        )
        .refuses(EINVAL)
        .aya(&differences::UNCHECKED_INSTRUCTIONS, Outcome::Value(8)),
        offset("half of r1 = 4 ll", Insn::new(0x18, 0x01, 0, 4), MOVED)
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_INSTRUCTIONS, Outcome::Value(8)),
        offset(
            "r1 = 4 ll with an offset",
            Insn {
                off: 1,
                ..load_imm64(4)
            },
            MOVED,
        )
        .refuses(EINVAL)
        .aya(&differences::UNCHECKED_INSTRUCTIONS, Outcome::Value(8)),
        offset("a record in the middle of an instruction", mov(4), MOVED)
            .skewed(4)
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_INSTRUCTIONS, Outcome::Value(8)),
        offset(
            "a record in the second half of a 64-bit load",
            load_imm64(4),
            MOVED,
        )
        .skewed(8)
        .refuses(EINVAL)
        .aya(
            &differences::UNCHECKED_INSTRUCTIONS,
            Outcome::Value(34359738372),
        ),
    ]
}

fn checked() -> Vec<Case> {
    vec![
        offset("r1 is not the offset", mov(5), MOVED)
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_VALUES, Outcome::Value(8)),
        offset("w1 is not the offset", mov32(5), MOVED)
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_VALUES, Outcome::Value(8)),
        offset("r1 ll is not the offset", load_imm64(5), MOVED)
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_VALUES, Outcome::Value(8)),
        offset(
            "r1 ll is not the offset, in the high half",
            load_imm64(0x1_0000_0004),
            MOVED,
        )
        .refuses(EINVAL)
        .aya(&differences::UNCHECKED_VALUES, Outcome::Value(8)),
        offset("a load is not of the offset", load(Width::U32, 5), MOVED)
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_VALUES, Outcome::Value(8)),
        offset(
            "a load is of a negative offset",
            load(Width::U32, -4),
            MOVED,
        )
        .refuses(EINVAL)
        .aya(&differences::UNCHECKED_VALUES, Outcome::Value(8)),
        offset("a store is not to the offset", store(Width::U32, 5), MOVED)
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_VALUES, Outcome::Value(8)),
        Case::new("whether a field exists is 1 in the object")
            .local(PAIR)
            .target(PAIR)
            .asks(FieldExists, "struct s", "0:1", mov(0))
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_VALUES, Outcome::Value(1)),
        Case::new("the size of a type")
            .local(PAIR)
            .target(PAIR)
            .asks(TypeSize, "struct s", "0", mov(7))
            .refuses(EINVAL)
            .aya(&differences::UNCHECKED_VALUES, Outcome::Value(8)),
        Case::new("a load for the value of an enumerator")
            .local("enum e { A, B };")
            .target("enum e { B = 6 };")
            .asks(EnumvalValue, "enum e", "1", load(Width::U32, 1))
            .gives(6),
        offset(
            "an offset that a load can have",
            load(Width::U32, 4),
            "struct s { char x[32764]; int b; };",
        )
        .gives(32764),
        offset(
            "an offset that a load cannot have",
            load(Width::U32, 4),
            "struct s { char x[32768]; int b; };",
        )
        .refuses(ERANGE),
        offset(
            "an offset that a load cannot have, and a size",
            load(Width::U32, 4),
            "struct s { char x[32768]; long b; };",
        )
        .refuses(ERANGE),
        Case::new("a negative value that a load cannot have")
            .local("enum e { A, B };")
            .target("enum e { B = -6 };")
            .asks(EnumvalValue, "enum e", "1", load(Width::U32, 1))
            .refuses(ERANGE),
    ]
}
