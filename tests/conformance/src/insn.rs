//! The relocated instruction of a case, and what it has become.
//!
//! Not by `bpf_core_btf::insn`: that one is judged here.

use std::fmt;

use bpf_core_btf::POISON;

/// An eBPF instruction (`struct bpf_insn`), or a 64-bit load of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Insn {
    /// The opcode.
    pub code: u8,
    /// Destination register in the low half, source register in the high one.
    pub registers: u8,
    /// The offset of a load or store.
    pub off: i16,
    /// The immediate.
    pub imm: i32,
    /// The immediate of the second half.
    pub high: Option<i32>,
}

/// The size of a load or store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "bits of data")]
pub enum Width {
    U8,
    U16,
    U32,
    U64,
}

const LDX: u8 = 0x61;
const ST: u8 = 0x62;
const STX: u8 = 0x63;
const SIZE: u8 = 0x18;
const LD_IMM64: u8 = 0x18;
const CALL: u8 = 0x85;

/// `r1 = imm`
pub const fn mov(imm: i32) -> Insn {
    Insn::new(0xb7, 0x01, 0, imm)
}

/// `r1 += imm`
pub const fn add(imm: i32) -> Insn {
    Insn::new(0x07, 0x01, 0, imm)
}

/// `w1 = imm`
pub const fn mov32(imm: i32) -> Insn {
    Insn::new(0xb4, 0x01, 0, imm)
}

/// `r1 = imm ll`
pub const fn load_imm64(imm: i64) -> Insn {
    let low = Insn::new(LD_IMM64, 0x01, 0, imm as i32);
    Insn {
        high: Some((imm >> 32) as i32),
        ..low
    }
}

/// `r1 = *(width *)(r2 + off)`
pub const fn load(width: Width, off: i16) -> Insn {
    Insn::new(LDX | width.bits(), 0x21, off, 0)
}

/// `*(width *)(r1 + off) = r2`
pub const fn store(width: Width, off: i16) -> Insn {
    Insn::new(STX | width.bits(), 0x21, off, 0)
}

/// `*(width *)(r1 + off) = 7`
pub const fn store_imm(width: Width, off: i16) -> Insn {
    Insn::new(ST | width.bits(), 0x01, off, 7)
}

impl Insn {
    /// Any other.
    pub const fn new(code: u8, registers: u8, off: i16, imm: i32) -> Self {
        Self {
            code,
            registers,
            off,
            imm,
            high: None,
        }
    }

    /// As it lies in a program.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.code, self.registers];
        bytes.extend(self.off.to_le_bytes());
        bytes.extend(self.imm.to_le_bytes());
        if let Some(high) = self.high {
            bytes.extend(Self::new(0, 0, 0, high).bytes());
        }
        bytes
    }

    fn with_value(self, value: i64) -> Self {
        match self.code & 0x07 {
            1..=3 => Self {
                off: value as i16,
                ..self
            },
            0 => Self {
                imm: value as i32,
                high: self.high.map(|_| (value >> 32) as i32),
                ..self
            },
            _ => Self {
                imm: value as i32,
                ..self
            },
        }
    }

    /// What `bytes`, which were this instruction, are now.
    pub fn outcome(&self, bytes: &[u8]) -> Outcome {
        let poison = Self::new(CALL, 0, 0, POISON).bytes();
        if bytes.chunks(8).all(|half| half == poison) {
            return Outcome::Poison;
        }
        let imm = |at| i32::from_le_bytes(*bytes[at..].first_chunk().unwrap());
        let off = i16::from_le_bytes([bytes[2], bytes[3]]).into();
        let value = match (self.code & 0x07, self.high) {
            (1..=3, _) => off,
            (_, None) => imm(4).into(),
            (_, Some(_)) => i64::from(imm(4).cast_unsigned()) | i64::from(imm(12)) << 32,
        };
        let resized = Self {
            code: self.code & !SIZE | bytes[0] & SIZE,
            ..*self
        };
        if bytes == self.with_value(value).bytes() {
            Outcome::Value(value)
        } else if bytes == resized.with_value(off).bytes() {
            Outcome::Resized(off, Width::of(bytes[0]))
        } else {
            Outcome::Other(format!("{bytes:02x?}"))
        }
    }
}

impl Width {
    const fn bits(self) -> u8 {
        match self {
            Self::U32 => 0x00,
            Self::U16 => 0x08,
            Self::U8 => 0x10,
            Self::U64 => 0x18,
        }
    }

    fn of(code: u8) -> Self {
        match code & SIZE {
            0x00 => Self::U32,
            0x08 => Self::U16,
            0x10 => Self::U8,
            _ => Self::U64,
        }
    }
}

/// What came of a relocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The instruction has this immediate, or this offset.
    Value(i64),
    /// A load or store has this offset, and this size now.
    Resized(i64, Width),
    /// The instruction is now a call that the verifier refuses if it can be reached.
    Poison,
    /// The object is refused.
    Refused,
    /// The resolver panics.
    Panics,
    /// These bytes.
    Other(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "{value}"),
            Self::Resized(off, width) => write!(f, "{off}, as {width:?}"),
            Self::Poison => f.write_str("poison"),
            Self::Refused => f.write_str("refused"),
            Self::Panics => f.write_str("panics"),
            Self::Other(bytes) => f.write_str(bytes),
        }
    }
}
