//! Calls that loaders write where an instruction has no answer. No kernel has helpers of these numbers:
//! the verifier refuses a program that can reach one, and reports the number.

use core::fmt;

/// `imm` of the call that stands for a CO-RE record without an answer; reads "bad relo" in hex.
/// The verifier reports `invalid func unknown#195896080` if the program can reach it.
pub const POISON: i32 = 0xbad_2310;

/// What had no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poison {
    /// A CO-RE record.
    Record,
    /// A map that the loader did not create.
    Map,
    /// A weak kfunc that the kernel lacks.
    Kfunc,
}

impl Poison {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Record, Self::Map, Self::Kfunc];

    /// What the call of a helper with this number stands for.
    ///
    /// Source: `POISON_LDIMM64_MAP_BASE` and `POISON_CALL_KFUNC_BASE` of libbpf, each plus the number
    /// of the map or extern; `kfuncCallPoisonBase` of cilium/ebpf.
    pub fn of_helper(number: i64) -> Option<Self> {
        const CILIUM_KFUNC: i64 = 0xded_c0de;
        match number {
            _ if number == i64::from(POISON) => Some(Self::Record),
            CILIUM_KFUNC | 2_002_000_000..2_003_000_000 => Some(Self::Kfunc),
            2_001_000_000..2_002_000_000 => Some(Self::Map),
            _ => None,
        }
    }
}

/// `the poison of a CO-RE relocation`
impl fmt::Display for Poison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = match self {
            Self::Record => "CO-RE relocation",
            Self::Map => "map",
            Self::Kfunc => "kfunc",
        };
        write!(f, "the poison of a {of}")
    }
}
