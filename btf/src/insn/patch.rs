//! Writing a resolution into the program: `bpf_core_patch_insn` of libbpf.

use core::fmt;

use super::{INSN_SIZE, Insn, LD_IMM64, POISON};
use crate::resolver::{Resolution, Width};

// Classes and fields of the opcode, from `include/uapi/linux/bpf_common.h` and `bpf.h`.
const LD: u8 = 0x00;
const LDX: u8 = 0x01;
const ST: u8 = 0x02;
const STX: u8 = 0x03;
const ALU: u8 = 0x04;
const ALU64: u8 = 0x07;
const SOURCE_IS_REGISTER: u8 = 0x08;
const SIZE: u8 = 0x18;
const CALL: u8 = 0x85;

/// Bytes that a load or store moves, by the bits of `SIZE`.
const WIDTHS: [u32; 4] = [4, 2, 1, 8];

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
    /// The instruction is the call [`POISON`]: a loader has relocated the object before, for a kernel
    /// that has no answer.
    PoisonedBefore,
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
            Self::PoisonedBefore => f.write_str(
                "instruction is the poison of a loader, which has relocated the object for another kernel",
            ),
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
    let endian = resolution.local.btf.endian();
    let here = section.get_mut(at..).ok_or(missing)?;
    let insn = Insn::read(here, endian).filter(|_| at.is_multiple_of(INSN_SIZE));
    let insn = insn.ok_or(missing)?;
    let mut patched = insn;
    let done = match resolution.value {
        Some(value) => replace(&mut patched, value, here, resolution)?,
        None => Patched::Poisoned,
    };
    let bytes = match done {
        Patched::Value { .. } => patched.encode(endian),
        // Both halves of a 64-bit load: a lone second half would be reported as an unknown opcode.
        Patched::Poisoned => Insn {
            code: CALL,
            dst: 0,
            src: 0,
            off: 0,
            imm: POISON.into(),
        }
        .encode(endian)
        .repeat(insn.slots()),
    };
    here[..bytes.len()].copy_from_slice(&bytes);
    Ok(done)
}

/// Puts the value where an instruction of this class has it. `bytes` begin with the instruction.
fn replace(
    insn: &mut Insn,
    value: u64,
    bytes: &[u8],
    resolution: &Resolution<'_>,
) -> Result<Patched, PatchError> {
    let opcode = insn.code;
    let class = opcode & 0x07;
    let is_access = matches!(class, LDX | ST | STX);
    let takes_one = match class {
        // A source register would make it a map or function reference.
        LD => {
            let plain = insn.src == 0 && insn.off == 0 && bytes[INSN_SIZE..][..4] == [0; 4];
            opcode == LD_IMM64 && plain
        }
        ALU | ALU64 => opcode & SOURCE_IS_REGISTER == 0,
        _ => is_access,
    };
    if opcode == CALL && insn.imm == POISON.into() {
        return Err(PatchError::PoisonedBefore);
    }
    if !takes_one {
        return Err(PatchError::NotRelocatable { opcode });
    }
    let old = if is_access { insn.off.into() } else { insn.imm };
    let (old, expected) = (old.cast_unsigned(), resolution.local_value);
    if resolution.validate && old != expected {
        let found = old;
        return Err(PatchError::UnexpectedValue { found, expected });
    }
    if is_access {
        let too_large = PatchError::OffsetTooLarge { offset: value };
        insn.off = i16::try_from(value).map_err(|_| too_large)?;
        match resolution.width {
            Width::Same => {}
            Width::Incompatible { .. } => return Ok(Patched::Poisoned),
            Width::Adjust { local, target } => insn.code = resize(opcode, local, target)?,
        }
    } else {
        insn.imm = value.cast_signed();
    }
    Ok(Patched::Value { old, new: value })
}

/// The opcode of a load or store of `local` bytes for one of `target` bytes.
fn resize(opcode: u8, local: u32, target: u32) -> Result<u8, PatchError> {
    let found = WIDTHS[usize::from(opcode & SIZE) >> 3];
    if found != local {
        let expected = local;
        return Err(PatchError::UnexpectedWidth { found, expected });
    }
    let bits = (0..).zip(WIDTHS).find(|&(_, width)| width == target);
    let no_such = PatchError::NoSuchWidth { size: target };
    Ok(opcode & !SIZE | bits.ok_or(no_such)?.0 << 3)
}
