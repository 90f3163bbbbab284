//! An object resolved for a kernel: by libbpf, by aya, and by `bpf-core-btf`.

mod aya;
mod libbpf;
mod ours;

use std::fmt;

use crate::kernel::Kernel;
use crate::object::Object;

/// What an instruction holds after its relocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This immediate, or offset of a load.
    Value(u64),
    /// The kernel does not have it: an instruction that the verifier refuses if it can be reached.
    Poison,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(f),
            Self::Poison => "poison".fmt(f),
        }
    }
}

/// Gives the outcome of each of the object's records, in their order.
pub type Resolve = fn(&Object, &Kernel) -> Vec<Outcome>;

/// All of them.
pub fn all() -> [(&'static str, Resolve); 3] {
    [
        ("bpf-core-btf", ours::resolve),
        ("aya", aya::resolve),
        ("libbpf", libbpf::resolve),
    ]
}

/// Reads an instruction (`struct bpf_insn`, `include/uapi/linux/bpf.h`) back. `next` is the second
/// half of one of 16 bytes.
fn read_back(code: u8, off: i16, imm: i32, next: i32) -> Outcome {
    const CALL: u8 = 0x85;
    const LOAD_64: u8 = 0x18;
    let value = match (code, code & 7) {
        (CALL, _) if imm == bpf_core_btf::POISON => return Outcome::Poison,
        (LOAD_64, _) => u64::from(imm.cast_unsigned()) | u64::from(next.cast_unsigned()) << 32,
        // BPF_LDX, BPF_ST, BPF_STX
        (_, 1..=3) => u64::try_from(off).unwrap(),
        // BPF_ALU, BPF_ALU64
        (_, 4 | 7) => u64::try_from(imm).unwrap(),
        _ => panic!("no instruction for a relocation: {code:#x}"),
    };
    Outcome::Value(value)
}
