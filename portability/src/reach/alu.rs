//! Arithmetic on numbers that are known in part (`adjust_scalar_min_max_vals` of the kernel).

use bpf_core_btf::insn::AluOp;

use super::scalar::{Bounds, Scalar};
use super::tnum::Tnum;

/// `left op right`, in 64 bits or in the low 32.
pub(super) fn alu(op: AluOp, wide: bool, left: Scalar, right: Scalar) -> Scalar {
    if wide {
        return compute(op, 64, left, right);
    }
    compute(op, 32, left.low(), right.low()).low()
}

fn compute(op: AluOp, width: u32, left: Scalar, right: Scalar) -> Scalar {
    let (a, b) = (left.bits, right.bits);
    let found = match op {
        AluOp::Mov => return right,
        AluOp::MovSx(bits) => return extend(right, bits),
        AluOp::Add => add(left, right),
        AluOp::Sub => sub(left, right),
        AluOp::Mul => mul(left, right),
        AluOp::And => Scalar {
            bits: a.and(b),
            u64: Bounds::new(0, left.u64.max.min(right.u64.max)),
            ..Scalar::UNKNOWN
        },
        AluOp::Or => Scalar {
            bits: a.or(b),
            u64: Bounds::new(left.u64.min.max(right.u64.min), u64::MAX),
            ..Scalar::UNKNOWN
        },
        AluOp::Xor => Scalar {
            bits: a.xor(b),
            ..Scalar::UNKNOWN
        },
        AluOp::Lsh | AluOp::Rsh | AluOp::Arsh => {
            let by = right.value().and_then(|by| u32::try_from(by).ok());
            match by.filter(|by| *by < width) {
                Some(by) => shift(op, width, left, by),
                None => return Scalar::UNKNOWN,
            }
        }
        // The verifier takes the result for unknown, even of constants.
        _ => return Scalar::UNKNOWN,
    };
    found.settled().unwrap_or(Scalar::UNKNOWN)
}

fn add(left: Scalar, right: Scalar) -> Scalar {
    macro_rules! bounds {
        ($of:ident) => {
            match (
                left.$of.min.checked_add(right.$of.min),
                left.$of.max.checked_add(right.$of.max),
            ) {
                (Some(min), Some(max)) => Bounds::new(min, max),
                _ => Scalar::UNKNOWN.$of,
            }
        };
    }
    Scalar {
        bits: left.bits.add(right.bits),
        u64: bounds!(u64),
        s64: bounds!(s64),
        u32: bounds!(u32),
        s32: bounds!(s32),
    }
}

fn sub(left: Scalar, right: Scalar) -> Scalar {
    macro_rules! bounds {
        ($of:ident) => {
            match (
                left.$of.min.checked_sub(right.$of.max),
                left.$of.max.checked_sub(right.$of.min),
            ) {
                (Some(min), Some(max)) => Bounds::new(min, max),
                _ => Scalar::UNKNOWN.$of,
            }
        };
    }
    Scalar {
        bits: left.bits.sub(right.bits),
        u64: bounds!(u64),
        s64: bounds!(s64),
        u32: bounds!(u32),
        s32: bounds!(s32),
    }
}

fn mul(left: Scalar, right: Scalar) -> Scalar {
    let max = left.u64.max.checked_mul(right.u64.max);
    Scalar {
        bits: left.bits.mul(right.bits),
        u64: max.map_or(Scalar::UNKNOWN.u64, |max| {
            Bounds::new(left.u64.min * right.u64.min, max)
        }),
        ..Scalar::UNKNOWN
    }
}

fn shift(op: AluOp, width: u32, left: Scalar, by: u32) -> Scalar {
    match op {
        AluOp::Lsh => {
            let fits = left.u64.max.leading_zeros() >= by;
            let bounds = Bounds::new(left.u64.min << by, left.u64.max << by);
            Scalar {
                bits: left.bits.shl(by),
                u64: if fits { bounds } else { Scalar::UNKNOWN.u64 },
                ..Scalar::UNKNOWN
            }
        }
        AluOp::Rsh => Scalar {
            bits: left.bits.shr(by),
            u64: Bounds::new(left.u64.min >> by, left.u64.max >> by),
            ..Scalar::UNKNOWN
        },
        _ => {
            let left = if width == 32 { extend(left, 32) } else { left };
            Scalar {
                bits: left.bits.sar(by),
                s64: Bounds::new(left.s64.min >> by, left.s64.max >> by),
                ..Scalar::UNKNOWN
            }
        }
    }
}

/// The low bits, extended by their sign.
fn extend(of: Scalar, bits: u8) -> Scalar {
    let up = 64 - u32::from(bits.clamp(1, 64));
    let max = i64::MAX >> up;
    let fits = of.s64.min >= -max - 1 && of.s64.max <= max;
    let extended: Tnum = of.bits.shl(up).sar(up);
    let low = Bounds::new(i64::from(of.s32.min), i64::from(of.s32.max));
    Scalar {
        bits: extended,
        s64: match bits {
            _ if fits => of.s64,
            32 => low,
            _ => Bounds::new(-max - 1, max),
        },
        ..Scalar::UNKNOWN
    }
    .settled()
    .unwrap_or(Scalar::UNKNOWN)
}
