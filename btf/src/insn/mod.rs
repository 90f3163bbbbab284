//! eBPF instructions (`struct bpf_insn` of `include/uapi/linux/bpf.h`): from bytes to a meaning, and
//! back to bytes, for the CPU versions 1 to 4 and both byte orders.
//!
//! ```
//! use bpf_core_btf::Endian;
//! use bpf_core_btf::insn::{Op, Source, decode};
//!
//! let code = [
//!     0x79, 0x16, 0x08, 0, 0, 0, 0, 0, // a load
//!     0x85, 0, 0, 0, 0x71, 0, 0, 0, // a call of a helper
//! ];
//! let insns: Vec<_> = decode(&code, Endian::Little).collect();
//! let (at, load) = insns[0];
//! assert_eq!((at, load.dst, load.src, load.off), (0, 6, 1, 8));
//! assert_eq!(load.op(), Op::Load { size: 8, signed: false });
//! assert_eq!(load.to_string(), "r6 = *(u64 *)(r1 + 8)");
//! assert_eq!(insns[1].1.to_string(), "call 113");
//! ```

mod compute;
mod display;
mod op;
mod patch;
mod poison;

use crate::bytes::Endian;

pub use op::{AluOp, AtomicOp, Callee, Imm64, JumpOp, Op, Source};
pub use patch::{PatchError, Patched, patch};
pub use poison::{POISON, Poison};

/// Bytes of an instruction. A 64-bit immediate load takes two of these.
pub const INSN_SIZE: usize = 8;

/// `BPF_LD | BPF_IMM | BPF_DW`, the only instruction of sixteen bytes.
const LD_IMM64: u8 = 0x18;

/// An instruction as it is encoded. [`Insn::op`] tells what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Insn {
    /// The opcode.
    pub code: u8,
    /// Number of the destination register.
    pub dst: u8,
    /// Number of the source register, or the kind of a call or of a 64-bit immediate.
    pub src: u8,
    /// Offset of a load, store or jump.
    pub off: i16,
    /// The immediate with its sign. Of a 64-bit immediate load, both halves.
    pub imm: i64,
}

impl Insn {
    /// The instruction that `bytes` begin with. `None` if they end inside of it.
    pub fn read(bytes: &[u8], endian: Endian) -> Option<Self> {
        let (&[code, registers, off_a, off_b, imm @ ..], rest) =
            bytes.split_first_chunk::<INSN_SIZE>()?;
        // The registers share a byte, as bit-fields do: their order goes with the byte order.
        let (low, high) = (registers & 0xf, registers >> 4);
        let (dst, src) = match endian {
            Endian::Little => (low, high),
            Endian::Big => (high, low),
        };
        let low = endian.u32(imm);
        let imm = if code == LD_IMM64 {
            let &[_, _, _, _, imm @ ..] = rest.first_chunk::<INSN_SIZE>()?;
            (u64::from(low) | u64::from(endian.u32(imm)) << 32).cast_signed()
        } else {
            low.cast_signed().into()
        };
        let off = endian.u16([off_a, off_b]).cast_signed();
        Some(Self {
            code,
            dst,
            src,
            off,
            imm,
        })
    }

    /// How many times [`INSN_SIZE`] it is long: 2 for a 64-bit immediate load, 1 for all others.
    pub fn slots(&self) -> usize {
        1 + usize::from(self.code == LD_IMM64)
    }

    /// The bytes of it.
    pub fn encode(&self, endian: Endian) -> Vec<u8> {
        let registers = match endian {
            Endian::Little => self.src << 4 | self.dst & 0xf,
            Endian::Big => self.dst << 4 | self.src & 0xf,
        };
        let mut bytes = vec![self.code, registers];
        bytes.extend(endian.put_u16(self.off.cast_unsigned()));
        bytes.extend(endian.put_u32(self.imm as u32));
        if self.code == LD_IMM64 {
            bytes.extend([0; 4]);
            bytes.extend(endian.put_u32((self.imm >> 32) as u32));
        }
        bytes
    }
}

/// The instructions of a section or function, each with its byte offset. Ends before an instruction
/// that is cut off.
pub fn decode(code: &[u8], endian: Endian) -> impl Iterator<Item = (u32, Insn)> {
    let mut at = 0;
    core::iter::from_fn(move || {
        let insn = Insn::read(code.get(at..)?, endian)?;
        let found = (u32::try_from(at).ok()?, insn);
        at += insn.slots() * INSN_SIZE;
        Some(found)
    })
}
