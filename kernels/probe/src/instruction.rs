//! Small programs, each with an instruction that not every kernel takes.

use bpf_core_btf::insn::Insn;

use crate::bpf::{self, Kind, load};
use crate::enums::Enums;

pub(crate) const fn insn(code: u8, dst: u8, src: u8, off: i16, imm: i64) -> Insn {
    Insn {
        code,
        dst,
        src,
        off,
        imm,
    }
}

/// `r0 = imm`
pub(crate) const fn result(imm: i64) -> Insn {
    insn(0xb7, 0, 0, 0, imm)
}

pub(crate) const EXIT: Insn = insn(0x95, 0, 0, 0, 0);

/// The features' names are those of `bpf_core_kernel_facts::probed`. A kernel has one if it takes the
/// program, or says these words: then it knows the instruction, and asks for something beside it.
const FEATURES: &[(&str, &[Insn], &str)] = &[
    ("atomic_or", &atomic(0xdb, 0x40), ""),
    ("atomic_fetch", &atomic(0xdb, 0x01), ""),
    ("atomic_xchg", &atomic(0xdb, 0xe1), ""),
    ("atomic_cmpxchg", &atomic(0xdb, 0xf1), ""),
    ("store_release", &atomic(0xdb, 0x110), ""),
    (
        "load_acquire",
        &[STORE, insn(0xdb, 0, 10, -8, 0x100), EXIT],
        "",
    ),
    ("sdiv", &[result(-8), insn(0x37, 0, 0, 1, 2), EXIT], ""),
    ("movsx", &[result(-8), insn(0xbf, 0, 0, 8, 0), EXIT], ""),
    ("ldsx", &[STORE, insn(0x91, 0, 10, -8, 0), EXIT], ""),
    ("bswap", &[result(1), insn(0xd7, 0, 0, 0, 16), EXIT], ""),
    ("gotol", &OVER_A_DISTANCE, ""),
    ("may_goto", &[result(0), insn(0xe5, 0, 0, 0, 0), EXIT], ""),
    (
        "addr_space_cast",
        &[result(0), insn(0xbf, 0, 0, 1, 1), EXIT],
        "arena",
    ),
    (
        "callback",
        &[insn(0x18, 1, 4, 0, 3), result(0), EXIT, result(0), EXIT],
        "func_info",
    ),
    (
        "subprogram",
        &[insn(0x85, 0, 1, 0, 1), EXIT, result(0), EXIT],
        "",
    ),
];

/// Over an instruction that is reached, as a verifier takes what is dead out first. A distance of 0 is in no
/// field, and kernels that do not know the instruction take it for a `goto`.
const OVER_A_DISTANCE: [Insn; 5] = [
    // r0 = *(u32 *)(r1 + 0), the length of the packet
    insn(0x61, 0, 1, 0, 0),
    // if r0 == 0 goto +1
    insn(0x15, 0, 0, 1, 0),
    insn(0x06, 0, 0, 0, 1),
    result(0),
    EXIT,
];

/// `*(u64 *)(r10 - 8) = 0`
const STORE: Insn = insn(0x7a, 10, 0, -8, 0);

const fn atomic(code: u8, operation: i64) -> [Insn; 5] {
    [
        STORE,
        result(0),
        insn(0xb7, 1, 0, 0, 1),
        insn(code, 10, 1, -8, operation),
        EXIT,
    ]
}

/// The features that the kernel takes.
pub(crate) fn taken(enums: &Enums) -> Vec<&'static str> {
    let taken = FEATURES.iter().filter(|(_, code, words)| {
        let known = |refusal: bpf::Refusal| !words.is_empty() && refusal.log.contains(words);
        load(filter(enums), code, c"GPL").map_or_else(known, |_| true)
    });
    taken.map(|(name, ..)| *name).collect()
}

/// A program that every kernel loads.
pub(crate) fn filter(enums: &Enums) -> Kind {
    Kind {
        program_type: enums.program_type("socket_filter").unwrap_or(1),
        ..Kind::default()
    }
}
