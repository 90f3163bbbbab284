//! Instructions (`struct bpf_insn`, `include/uapi/linux/bpf.h`).

use std::fmt;

use bpf_core_btf::Endian;

/// Bytes of an instruction. A 64-bit immediate takes two.
pub(super) const SIZE: usize = 8;

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Insn {
    pub(super) op: Op,
    pub(super) dst: u8,
    pub(super) src: u8,
    pub(super) off: i16,
    /// With the second half of a 64-bit load.
    pub(super) imm: i64,
}

/// What an instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// Arithmetic: the operation's bits, whether the source is a register, whether all 64 bits.
    Alu {
        code: u8,
        register: bool,
        wide: bool,
    },
    /// `dst = *(size *)(src + off)`.
    Load { size: u8, extends: bool },
    /// `*(size *)(dst + off) = src` or `= imm`.
    Store { size: u8, register: bool },
    /// An atomic operation at `dst + off`.
    Atomic,
    /// `dst = imm`, in two instructions.
    LoadImm64,
    /// The second half of one.
    SecondHalf,
    /// A jump to `off` or, for `ja` of 32 bits, `imm`, behind the next instruction.
    Jump { code: u8, register: bool, far: bool },
    /// A call: of a helper (`src` 0), of a function of the program (1), of the kernel (2).
    Call { indirect: bool },
    /// The end of a function.
    Exit,
    /// Loads of packets, and what no kernel knows.
    Other,
}

/// The operations of `Op::Alu`.
pub(super) mod alu {
    pub(in super::super) const ADD: u8 = 0x00;
    pub(in super::super) const SUB: u8 = 0x10;
    pub(in super::super) const OR: u8 = 0x40;
    pub(in super::super) const AND: u8 = 0x50;
    pub(in super::super) const LSH: u8 = 0x60;
    pub(in super::super) const MOV: u8 = 0xb0;
}

/// `Op::Jump` that is always taken.
pub(super) const JA: u8 = 0x00;

/// All instructions of a section. Bytes behind the last whole one are left out.
pub(super) fn decode(bytes: &[u8], endian: Endian) -> Vec<Insn> {
    let mut insns: Vec<Insn> = Vec::with_capacity(bytes.len() / SIZE);
    let (chunks, _) = bytes.as_chunks::<SIZE>();
    let mut chunks = chunks.iter();
    while let Some(chunk) = chunks.next() {
        let mut insn = one(chunk, endian);
        if insn.op == Op::LoadImm64 {
            match chunks.next() {
                Some(second) => {
                    let second = one(second, endian);
                    insn.imm = (insn.imm & 0xffff_ffff) | (second.imm << 32);
                    insns.push(insn);
                    insns.push(Insn {
                        op: Op::SecondHalf,
                        ..second
                    });
                    continue;
                }
                None => insn.op = Op::Other,
            }
        }
        insns.push(insn);
    }
    insns
}

fn one(bytes: &[u8; SIZE], endian: Endian) -> Insn {
    let [code, registers, off_a, off_b, imm @ ..] = *bytes;
    // The registers share a byte, as bit-fields do: which comes first goes with the byte order.
    let (dst, src, off, imm) = match endian {
        Endian::Little => (
            registers & 0xf,
            registers >> 4,
            i16::from_le_bytes([off_a, off_b]),
            i32::from_le_bytes(imm),
        ),
        Endian::Big => (
            registers >> 4,
            registers & 0xf,
            i16::from_be_bytes([off_a, off_b]),
            i32::from_be_bytes(imm),
        ),
    };
    Insn {
        op: op(code),
        dst,
        src,
        off,
        imm: imm.into(),
    }
}

fn op(code: u8) -> Op {
    let (operation, register) = (code & 0xf0, code & 0x08 != 0);
    let size = match code & 0x18 {
        0x00 => 4,
        0x08 => 2,
        0x10 => 1,
        _ => 8,
    };
    let mode = code & 0xe0;
    match code & 0x07 {
        0x00 if code == 0x18 => Op::LoadImm64,
        0x01 if matches!(mode, 0x60 | 0x80) => Op::Load {
            size,
            extends: mode == 0x80,
        },
        0x02 if mode == 0x60 => Op::Store {
            size,
            register: false,
        },
        0x03 if mode == 0x60 => Op::Store {
            size,
            register: true,
        },
        0x03 if mode == 0xc0 => Op::Atomic,
        0x04 | 0x07 => Op::Alu {
            code: operation,
            register,
            wide: code & 0x07 == 0x07,
        },
        0x05 if operation == 0x80 => Op::Call { indirect: register },
        0x05 if operation == 0x90 => Op::Exit,
        class @ (0x05 | 0x06) => Op::Jump {
            code: operation,
            register,
            far: class == 0x06 && operation == JA,
        },
        _ => Op::Other,
    }
}

/// As `llvm-objdump` writes it, for those that findings are about.
impl fmt::Display for Insn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            dst, src, off, imm, ..
        } = *self;
        let sign = if off < 0 { '-' } else { '+' };
        let distance = off.unsigned_abs();
        match self.op {
            Op::Alu {
                code,
                register,
                wide,
            } => {
                let name = if wide { 'r' } else { 'w' };
                let operator = match code {
                    alu::ADD => "+=",
                    alu::SUB => "-=",
                    alu::MOV => "=",
                    _ => "?=",
                };
                match register {
                    true => write!(f, "{name}{dst} {operator} {name}{src}"),
                    false => write!(f, "{name}{dst} {operator} {imm}"),
                }
            }
            Op::Load { size, .. } => {
                let bits = u32::from(size) * 8;
                write!(f, "r{dst} = *(u{bits} *)(r{src} {sign} {distance})")
            }
            Op::Store { size, register } => {
                let bits = u32::from(size) * 8;
                write!(f, "*(u{bits} *)(r{dst} {sign} {distance}) = ")?;
                match register {
                    true => write!(f, "r{src}"),
                    false => write!(f, "{imm}"),
                }
            }
            Op::LoadImm64 => write!(f, "r{dst} = {imm} ll"),
            Op::Call { .. } => write!(f, "call {imm}"),
            _ => write!(f, "{:?}", self.op),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_byte_orders() {
        let little = [
            0x07, 0x01, 0, 0, 0x00, 0x04, 0, 0, 0x79, 0x16, 0xf8, 0xff, 0, 0, 0, 0,
        ];
        let big = [
            0x07, 0x10, 0, 0, 0, 0, 0x04, 0x00, 0x79, 0x61, 0xff, 0xf8, 0, 0, 0, 0,
        ];
        let text = |bytes, endian| {
            let insns = decode(bytes, endian);
            insns.iter().map(Insn::to_string).collect::<Vec<_>>()
        };
        let wanted = ["r1 += 1024", "r6 = *(u64 *)(r1 - 8)"];
        assert_eq!(text(&little, Endian::Little), wanted);
        assert_eq!(text(&big, Endian::Big), wanted);
    }

    #[test]
    fn a_half_immediate_is_no_immediate() {
        let bytes = [0x18, 1, 0, 0, 5, 0, 0, 0, 9, 9];
        assert_eq!(decode(&bytes, Endian::Little)[0].op, Op::Other);
    }
}
