//! What an instruction does, from its opcode and the fields that select a variant.

use super::{Insn, LD_IMM64};

/// What an instruction does. Registers, offset and immediate are those of the [`Insn`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Op {
    /// `dst = dst op source`, in 64 bits if `wide`, else in 32.
    Alu {
        /// The operation.
        op: AluOp,
        /// The right operand.
        source: Source,
        /// Whether all 64 bits take part.
        wide: bool,
    },
    /// `dst = *(dst's size *)(src + off)`.
    Load {
        /// Bytes.
        size: u8,
        /// Whether the sign is extended (`ldsx`, since v4).
        signed: bool,
    },
    /// `*(size *)(dst + off) = source`.
    Store {
        /// Bytes.
        size: u8,
        /// What is stored.
        source: Source,
    },
    /// An atomic operation on memory at `dst + off`; [`AtomicOp::LoadAcquire`] is on `src + off`.
    Atomic {
        /// The operation.
        op: AtomicOp,
        /// Bytes.
        size: u8,
    },
    /// `dst = imm ll`: a number, or what stands for one until the program is loaded.
    LoadImm64(Imm64),
    /// `r0 = *(size *)skb[imm]`, or `skb[src + imm]` if `indirect`: loads of packets from before
    /// eBPF (`BPF_LD_ABS`, `BPF_LD_IND`).
    LoadPacket {
        /// Bytes.
        size: u8,
        /// Whether a register is part of the offset.
        indirect: bool,
    },
    /// `if dst op source goto distance`.
    Jump {
        /// The condition.
        op: JumpOp,
        /// The right operand.
        source: Source,
        /// Whether all 64 bits are compared.
        wide: bool,
        /// From the next instruction, in units of [`INSN_SIZE`](super::INSN_SIZE).
        distance: i32,
    },
    /// A jump without condition: `goto`, or `gotol` of 32 bits since v4.
    Goto {
        /// From the next instruction, in units of [`INSN_SIZE`](super::INSN_SIZE).
        distance: i32,
    },
    /// A jump that the kernel takes when a loop has run for too long (`may_goto`).
    MayGoto {
        /// From the next instruction, in units of [`INSN_SIZE`](super::INSN_SIZE).
        distance: i32,
    },
    /// A call.
    Call(Callee),
    /// The end of a function.
    Exit,
    /// An encoding that the kernel refuses, or one that is newer than this crate.
    Unknown,
}

/// The right operand of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// The immediate.
    Imm,
    /// The source register.
    Register,
}

/// An arithmetic operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
#[non_exhaustive]
pub enum AluOp {
    Add,
    Sub,
    Mul,
    Div,
    /// With signs (v4).
    SDiv,
    Mod,
    /// With signs (v4).
    SMod,
    Or,
    And,
    Xor,
    /// Shift to the left.
    Lsh,
    /// Shift to the right, filled with zeros.
    Rsh,
    /// Shift to the right, filled with the sign.
    Arsh,
    /// `dst = -dst`.
    Neg,
    Mov,
    /// `dst = src`, of which so many low bits are extended by their sign (v4).
    MovSx(u8),
    /// A pointer into an arena, from one address space to another.
    AddrSpaceCast,
    /// The low bits of `dst` to little endian.
    ToLe(u8),
    /// The low bits of `dst` to big endian.
    ToBe(u8),
    /// The low bits of `dst` in the reverse order of bytes (v4).
    Bswap(u8),
}

/// The condition of a jump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the kernel")]
pub enum JumpOp {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    /// `dst & source` is not zero.
    Set,
    Sgt,
    Sge,
    Slt,
    Sle,
}

/// An atomic operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the kernel")]
#[non_exhaustive]
pub enum AtomicOp {
    Add,
    Or,
    And,
    Xor,
    FetchAdd,
    FetchOr,
    FetchAnd,
    FetchXor,
    Xchg,
    /// Compares with `r0`.
    Cmpxchg,
    LoadAcquire,
    StoreRelease,
}

/// What the immediate of a 64-bit load stands for (`BPF_PSEUDO_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Imm64 {
    /// A number.
    Number,
    /// A map, by its file descriptor.
    MapFd,
    /// A value in a map, by the file descriptor and an offset.
    MapValue,
    /// A variable of the kernel, by the id of its type.
    BtfId,
    /// A function of the program, by its distance.
    Func,
    /// A map, by its place in the list of file descriptors.
    MapIdx,
    /// A value in a map, by that place and an offset.
    MapIdxValue,
}

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Callee {
    /// The helper with the number `imm`.
    Helper,
    /// A function of the program, `imm` instructions behind the next one.
    Local,
    /// A function of the kernel, `imm` being the id of its type.
    Kfunc,
    /// The function that the register `dst` points to (`callx`), which no kernel takes.
    Register,
}

impl Insn {
    /// What it does.
    pub fn op(&self) -> Op {
        let size = match self.code & 0x18 {
            0x00 => 4,
            0x08 => 2,
            0x10 => 1,
            _ => 8,
        };
        let mode = self.code & 0xe0;
        let source = if self.code & 0x08 == 0 {
            Source::Imm
        } else {
            Source::Register
        };
        let found = match self.code & 0x07 {
            0 if self.code == LD_IMM64 => imm64(self.src).map(Op::LoadImm64),
            0 if size != 8 && matches!(mode, 0x20 | 0x40) => Some(Op::LoadPacket {
                size,
                indirect: mode == 0x40,
            }),
            1 if mode == 0x60 || mode == 0x80 && size != 8 => Some(Op::Load {
                size,
                signed: mode == 0x80,
            }),
            class @ (2 | 3) if mode == 0x60 => Some(Op::Store {
                size,
                source: if class == 2 {
                    Source::Imm
                } else {
                    Source::Register
                },
            }),
            3 if mode == 0xc0 => atomic(self.imm, size).map(|op| Op::Atomic { op, size }),
            class @ (4 | 7) => {
                let wide = class == 7;
                self.alu(source, wide)
                    .map(|op| Op::Alu { op, source, wide })
            }
            class @ (5 | 6) => self.jump(source, class == 5),
            _ => None,
        };
        found.unwrap_or(Op::Unknown)
    }

    fn alu(&self, source: Source, wide: bool) -> Option<AluOp> {
        let bits = || {
            u8::try_from(self.imm)
                .ok()
                .filter(|n| [16, 32, 64].contains(n))
        };
        let register = source == Source::Register;
        Some(match (self.code & 0xf0, self.off) {
            (0x00, _) => AluOp::Add,
            (0x10, _) => AluOp::Sub,
            (0x20, _) => AluOp::Mul,
            (0x30, 0) => AluOp::Div,
            (0x30, 1) => AluOp::SDiv,
            (0x40, _) => AluOp::Or,
            (0x50, _) => AluOp::And,
            (0x60, _) => AluOp::Lsh,
            (0x70, _) => AluOp::Rsh,
            (0x80, _) if !register => AluOp::Neg,
            (0x90, 0) => AluOp::Mod,
            (0x90, 1) => AluOp::SMod,
            (0xa0, _) => AluOp::Xor,
            (0xb0, 0) => AluOp::Mov,
            (0xb0, bits @ (8 | 16)) if register => AluOp::MovSx(bits as u8),
            (0xb0, 32) if register && wide => AluOp::MovSx(32),
            (0xb0, 1) if register && wide => AluOp::AddrSpaceCast,
            (0xc0, _) => AluOp::Arsh,
            (0xd0, _) if wide && register => return None,
            (0xd0, _) if wide => AluOp::Bswap(bits()?),
            (0xd0, _) if register => AluOp::ToBe(bits()?),
            (0xd0, _) => AluOp::ToLe(bits()?),
            _ => return None,
        })
    }

    fn jump(&self, source: Source, wide: bool) -> Option<Op> {
        let distance = i32::from(self.off);
        let op = match (self.code & 0xf0, wide, source) {
            (0x00, true, Source::Imm) => return Some(Op::Goto { distance }),
            (0x00, false, Source::Imm) => {
                let distance = self.imm as i32;
                return Some(Op::Goto { distance });
            }
            (0xe0, true, Source::Imm) if self.src == 0 => return Some(Op::MayGoto { distance }),
            (0x80, true, Source::Imm) => return callee(self.src).map(Op::Call),
            (0x80, true, Source::Register) => return Some(Op::Call(Callee::Register)),
            (0x90, true, Source::Imm) => return Some(Op::Exit),
            (0x10, ..) => JumpOp::Eq,
            (0x20, ..) => JumpOp::Gt,
            (0x30, ..) => JumpOp::Ge,
            (0x40, ..) => JumpOp::Set,
            (0x50, ..) => JumpOp::Ne,
            (0x60, ..) => JumpOp::Sgt,
            (0x70, ..) => JumpOp::Sge,
            (0xa0, ..) => JumpOp::Lt,
            (0xb0, ..) => JumpOp::Le,
            (0xc0, ..) => JumpOp::Slt,
            (0xd0, ..) => JumpOp::Sle,
            _ => return None,
        };
        Some(Op::Jump {
            op,
            source,
            wide,
            distance,
        })
    }
}

fn imm64(src: u8) -> Option<Imm64> {
    Some(match src {
        0 => Imm64::Number,
        1 => Imm64::MapFd,
        2 => Imm64::MapValue,
        3 => Imm64::BtfId,
        4 => Imm64::Func,
        5 => Imm64::MapIdx,
        6 => Imm64::MapIdxValue,
        _ => return None,
    })
}

fn callee(src: u8) -> Option<Callee> {
    Some(match src {
        0 => Callee::Helper,
        1 => Callee::Local,
        2 => Callee::Kfunc,
        _ => return None,
    })
}

fn atomic(imm: i64, size: u8) -> Option<AtomicOp> {
    Some(match imm {
        0x100 => AtomicOp::LoadAcquire,
        0x110 => AtomicOp::StoreRelease,
        _ if size < 4 => return None,
        0x00 => AtomicOp::Add,
        0x40 => AtomicOp::Or,
        0x50 => AtomicOp::And,
        0xa0 => AtomicOp::Xor,
        0x01 => AtomicOp::FetchAdd,
        0x41 => AtomicOp::FetchOr,
        0x51 => AtomicOp::FetchAnd,
        0xa1 => AtomicOp::FetchXor,
        0xe1 => AtomicOp::Xchg,
        0xf1 => AtomicOp::Cmpxchg,
        _ => return None,
    })
}
