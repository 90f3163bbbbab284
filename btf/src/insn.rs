//! Writing a resolution into the program: `bpf_core_patch_insn` of libbpf.

use core::fmt;

use crate::bytes::Endian;
use crate::resolver::{Resolution, Width};

/// `imm` of the call that stands for an instruction without an answer; reads "bad relo" in hex.
/// The verifier reports `invalid func unknown#195896080` if the program can reach it.
pub const POISON: i32 = 0xbad_2310;

const INSN_SIZE: usize = 8;

// Fields of the opcode, from include/uapi/linux/bpf_common.h and bpf.h.
const CLASS: u8 = 0x07;
const LD: u8 = 0x00;
const LDX: u8 = 0x01;
const ST: u8 = 0x02;
const STX: u8 = 0x03;
const ALU: u8 = 0x04;
const ALU64: u8 = 0x07;
const SOURCE_IS_REGISTER: u8 = 0x08;
const SIZE: u8 = 0x18;
const LD_IMM64: u8 = 0x18;
const CALL: u8 = 0x85;

/// What [`patch`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patched {
    /// The immediate of an arithmetic instruction or of a 64-bit load, or the offset of a load or
    /// store, went from `old` to `new`.
    Value {
        /// The number that was there.
        old: u64,
        /// The number that is there now.
        new: u64,
    },
    /// The instruction is now the call [`POISON`].
    Poisoned,
}

/// Why an instruction was left as it is. libbpf refuses the object for each of these, but passes over
/// a record whose instruction lies behind the last function of its section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatchError {
    /// `insn_off` is not a multiple of eight, or its instruction is not all in the section.
    NoSuchInsn {
        /// Offset of the record in bytes.
        insn_off: u32,
    },
    /// An instruction that takes no relocation: see [`patch`] for those that do.
    NotRelocatable {
        /// Its opcode.
        opcode: u8,
    },
    /// The instruction does not hold the local value: the record points to the wrong one, or
    /// something rewrote it.
    UnexpectedValue {
        /// The number found.
        found: u64,
        /// The local value.
        expected: u64,
    },
    /// An offset over 32767 in a load or store.
    OffsetTooLarge {
        /// The target's offset.
        offset: u64,
    },
    /// A load or store whose width is not the size of the local field, so that it cannot take
    /// that of the target's.
    UnexpectedWidth {
        /// Width of the instruction in bytes.
        found: u32,
        /// Size of the local field.
        expected: u32,
    },
    /// The target's field has a size that no load or store has.
    NoSuchWidth {
        /// Its size in bytes.
        size: u32,
    },
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NoSuchInsn { insn_off } => write!(f, "no instruction at byte {insn_off}"),
            Self::NotRelocatable { opcode } => {
                write!(
                    f,
                    "instruction with opcode {opcode:#04x} takes no relocation"
                )
            }
            Self::UnexpectedValue { found, expected } => write!(
                f,
                "instruction holds {} where the local value is {}",
                found.cast_signed(),
                expected.cast_signed()
            ),
            Self::OffsetTooLarge { offset } => {
                write!(f, "offset {offset} does not fit in a load or store")
            }
            Self::UnexpectedWidth { found, expected } => {
                write!(
                    f,
                    "load or store of {found} bytes for a local field of {expected}"
                )
            }
            Self::NoSuchWidth { size } => write!(f, "no load or store of {size} bytes exists"),
        }
    }
}

impl std::error::Error for PatchError {}

/// Writes a resolution into its instruction. `section` is the content of the ELF section that
/// `insn_off` of the record counts from.
///
/// Relocatable are: ALU and ALU64 with an immediate, LDX, ST and STX (their offset), and the
/// 64-bit immediate load. On an error `section` is unchanged.
pub fn patch(section: &mut [u8], resolution: &Resolution<'_>) -> Result<Patched, PatchError> {
    let insn_off = resolution.relo.insn_off;
    let missing = PatchError::NoSuchInsn { insn_off };
    let at = insn_off as usize;
    if !at.is_multiple_of(INSN_SIZE) {
        return Err(missing);
    }
    let program = section.get_mut(at..).ok_or(missing)?;
    let (insn, rest) = program
        .split_first_chunk_mut::<INSN_SIZE>()
        .ok_or(missing)?;
    let mut insn = Insn {
        bytes: insn,
        endian: resolution.local.btf.endian(),
    };
    let second = rest.first_chunk_mut::<INSN_SIZE>();
    let second = second.map(|bytes| Insn {
        bytes,
        endian: insn.endian,
    });

    let Some(value) = resolution.value else {
        return poison(&mut insn, second, missing);
    };
    let expect = |found: u64| {
        let expected = resolution.local_value;
        if resolution.validate && found != expected {
            return Err(PatchError::UnexpectedValue { found, expected });
        }
        Ok(Patched::Value {
            old: found,
            new: value,
        })
    };
    let opcode = insn.opcode();
    match opcode & CLASS {
        ALU | ALU64 if opcode & SOURCE_IS_REGISTER == 0 => {
            let patched = expect(i64::from(insn.imm()).cast_unsigned())?;
            insn.set_imm(value as u32);
            Ok(patched)
        }
        LDX | ST | STX => {
            let patched = expect(i64::from(insn.off()).cast_unsigned())?;
            let off =
                i16::try_from(value).map_err(|_| PatchError::OffsetTooLarge { offset: value })?;
            let opcode = match resolution.width {
                Width::Same => opcode,
                Width::Incompatible { .. } => return poison(&mut insn, second, missing),
                Width::Adjust { local, target } => {
                    let found = width(opcode);
                    if found != local {
                        return Err(PatchError::UnexpectedWidth {
                            found,
                            expected: local,
                        });
                    }
                    let bits =
                        width_bits(target).ok_or(PatchError::NoSuchWidth { size: target })?;
                    opcode & !SIZE | bits
                }
            };
            insn.set_off(off);
            insn.bytes[0] = opcode;
            Ok(patched)
        }
        LD => {
            let refused = PatchError::NotRelocatable { opcode };
            let mut second = second.ok_or(missing)?;
            // A source register would make it a map or function reference.
            let plain = opcode == LD_IMM64
                && insn.source() == 0
                && insn.off() == 0
                && second.bytes[..4] == [0; 4];
            if !plain {
                return Err(refused);
            }
            let low = insn.imm().cast_unsigned();
            let high = second.imm().cast_unsigned();
            let patched = expect(u64::from(low) | u64::from(high) << 32)?;
            insn.set_imm(value as u32);
            second.set_imm((value >> 32) as u32);
            Ok(patched)
        }
        _ => Err(PatchError::NotRelocatable { opcode }),
    }
}

/// Both halves of a 64-bit load: a lone second half would be reported as an unknown opcode.
fn poison(
    insn: &mut Insn<'_>,
    second: Option<Insn<'_>>,
    missing: PatchError,
) -> Result<Patched, PatchError> {
    if insn.opcode() == LD_IMM64 {
        second.ok_or(missing)?.poison();
    }
    insn.poison();
    Ok(Patched::Poisoned)
}

/// `struct bpf_insn`: opcode, two registers, offset, immediate.
struct Insn<'i> {
    bytes: &'i mut [u8; INSN_SIZE],
    endian: Endian,
}

impl Insn<'_> {
    fn opcode(&self) -> u8 {
        self.bytes[0]
    }

    /// The registers share a byte, as bit-fields do: which comes first goes with the byte order.
    fn source(&self) -> u8 {
        match self.endian {
            Endian::Little => self.bytes[1] >> 4,
            Endian::Big => self.bytes[1] & 0xf,
        }
    }

    fn off(&self) -> i16 {
        self.endian
            .u16([self.bytes[2], self.bytes[3]])
            .cast_signed()
    }

    fn imm(&self) -> i32 {
        let [.., a, b, c, d] = *self.bytes;
        self.endian.u32([a, b, c, d]).cast_signed()
    }

    fn set_off(&mut self, off: i16) {
        self.bytes[2..4].copy_from_slice(&self.endian.put_u16(off.cast_unsigned()));
    }

    fn set_imm(&mut self, imm: u32) {
        self.bytes[4..].copy_from_slice(&self.endian.put_u32(imm));
    }

    fn poison(&mut self) {
        *self.bytes = [CALL, 0, 0, 0, 0, 0, 0, 0];
        self.set_imm(POISON.cast_unsigned());
    }
}

/// Bytes a load or store moves.
fn width(opcode: u8) -> u32 {
    match opcode & SIZE {
        0x00 => 4,
        0x08 => 2,
        0x10 => 1,
        _ => 8,
    }
}

fn width_bits(size: u32) -> Option<u8> {
    match size {
        4 => Some(0x00),
        2 => Some(0x08),
        1 => Some(0x10),
        8 => Some(0x18),
        _ => None,
    }
}
