//! Which way a branch goes, and what each way tells of its operands (`is_branch_taken` and
//! `reg_set_min_max` of the kernel).

use bpf_core_btf::insn::JumpOp;

use super::scalar::{Bounds, Scalar};
use super::tnum::Tnum;

/// The bits that a comparison looks at, as numbers of 64 bits.
#[derive(Clone, Copy, PartialEq, Eq)]
struct View {
    bits: Tnum,
    unsigned: Bounds<u64>,
    signed: Bounds<i64>,
}

impl View {
    fn of(scalar: &Scalar, wide: bool) -> Self {
        if wide {
            return Self {
                bits: scalar.bits,
                unsigned: scalar.u64,
                signed: scalar.s64,
            };
        }
        Self {
            bits: scalar.bits.low(),
            unsigned: Bounds::new(scalar.u32.min.into(), scalar.u32.max.into()),
            signed: Bounds::new(scalar.s32.min.into(), scalar.s32.max.into()),
        }
    }

    /// The number with what was learnt of it. `None` if there is no such number.
    fn put(self, scalar: &Scalar, wide: bool) -> Option<Scalar> {
        if self.unsigned.is_empty() || self.signed.is_empty() {
            return None;
        }
        if wide {
            return Scalar {
                bits: scalar.bits.meet(self.bits)?,
                u64: scalar.u64.meet(self.unsigned),
                s64: scalar.s64.meet(self.signed),
                ..*scalar
            }
            .settled();
        }
        let low = scalar.bits.low().meet(self.bits)?;
        let Self {
            unsigned, signed, ..
        } = self;
        Scalar {
            bits: scalar.bits.with_low(low),
            u32: scalar
                .u32
                .meet(Bounds::new(unsigned.min as u32, unsigned.max as u32)),
            s32: scalar
                .s32
                .meet(Bounds::new(signed.min as i32, signed.max as i32)),
            ..*scalar
        }
        .settled()
    }

    fn value(&self) -> Option<u64> {
        (self.bits.mask == 0).then_some(self.bits.value)
    }
}

/// Whether the branch is taken, if the operands tell.
pub(super) fn decide(op: JumpOp, wide: bool, left: &Scalar, right: &Scalar) -> Option<bool> {
    let (a, b) = (View::of(left, wide), View::of(right, wide));
    let less = |a: View, b: View| {
        if a.unsigned.max < b.unsigned.min {
            Some(true)
        } else {
            (a.unsigned.min >= b.unsigned.max).then_some(false)
        }
    };
    let signed_less = |a: View, b: View| {
        if a.signed.max < b.signed.min {
            Some(true)
        } else {
            (a.signed.min >= b.signed.max).then_some(false)
        }
    };
    let not = |decision: Option<bool>| decision.map(|taken| !taken);
    match op {
        JumpOp::Eq => equal(a, b),
        JumpOp::Ne => not(equal(a, b)),
        JumpOp::Lt => less(a, b),
        JumpOp::Ge => not(less(a, b)),
        JumpOp::Gt => less(b, a),
        JumpOp::Le => not(less(b, a)),
        JumpOp::Slt => signed_less(a, b),
        JumpOp::Sge => not(signed_less(a, b)),
        JumpOp::Sgt => signed_less(b, a),
        JumpOp::Sle => not(signed_less(b, a)),
        JumpOp::Set if a.bits.value & b.bits.value != 0 => Some(true),
        JumpOp::Set => (a.bits.max() & b.bits.max() == 0).then_some(false),
    }
}

fn equal(a: View, b: View) -> Option<bool> {
    if let (Some(a), Some(b)) = (a.value(), b.value()) {
        return Some(a == b);
    }
    let apart = a.bits.meet(b.bits).is_none()
        || a.unsigned.max < b.unsigned.min
        || b.unsigned.max < a.unsigned.min
        || a.signed.max < b.signed.min
        || b.signed.max < a.signed.min;
    apart.then_some(false)
}

/// Both operands on one way behind a branch. `None` if that way cannot be gone.
pub(super) fn refine(
    (op, taken): (JumpOp, bool),
    wide: bool,
    left: &Scalar,
    right: &Scalar,
) -> Option<(Scalar, Scalar)> {
    let (mut a, mut b) = (View::of(left, wide), View::of(right, wide));
    match (op, taken) {
        (JumpOp::Eq, true) | (JumpOp::Ne, false) => {
            let both = View {
                bits: a.bits.meet(b.bits)?,
                unsigned: a.unsigned.meet(b.unsigned),
                signed: a.signed.meet(b.signed),
            };
            (a, b) = (both, both);
        }
        (JumpOp::Ne, true) | (JumpOp::Eq, false) => {
            if let Some(other) = b.value() {
                differ(&mut a, other, wide);
            } else if let Some(other) = a.value() {
                differ(&mut b, other, wide);
            }
        }
        (JumpOp::Lt, true) | (JumpOp::Ge, false) => less(&mut a, &mut b)?,
        (JumpOp::Gt, true) | (JumpOp::Le, false) => less(&mut b, &mut a)?,
        (JumpOp::Le, true) | (JumpOp::Gt, false) => at_most(&mut a, &mut b),
        (JumpOp::Ge, true) | (JumpOp::Lt, false) => at_most(&mut b, &mut a),
        (JumpOp::Slt, true) | (JumpOp::Sge, false) => signed_less(&mut a, &mut b)?,
        (JumpOp::Sgt, true) | (JumpOp::Sle, false) => signed_less(&mut b, &mut a)?,
        (JumpOp::Sle, true) | (JumpOp::Sgt, false) => signed_at_most(&mut a, &mut b),
        (JumpOp::Sge, true) | (JumpOp::Slt, false) => signed_at_most(&mut b, &mut a),
        (JumpOp::Set, taken) => {
            if let Some(bits) = b.value() {
                if !taken {
                    a.bits = a.bits.meet(Tnum {
                        value: 0,
                        mask: !bits,
                    })?;
                } else if bits.is_power_of_two() {
                    a.bits = a.bits.meet(Tnum {
                        value: bits,
                        mask: !bits,
                    })?;
                }
            }
        }
    }
    Some((a.put(left, wide)?, b.put(right, wide)?))
}

/// Takes a value from the end of the bounds that it is at.
fn differ(of: &mut View, value: u64, wide: bool) {
    if of.unsigned.min == value {
        of.unsigned.min = value.saturating_add(1);
    }
    if of.unsigned.max == value {
        of.unsigned.max = value.saturating_sub(1);
    }
    let signed = if wide {
        value.cast_signed()
    } else {
        (value as u32).cast_signed().into()
    };
    if of.signed.min == signed {
        of.signed.min = signed.saturating_add(1);
    }
    if of.signed.max == signed {
        of.signed.max = signed.saturating_sub(1);
    }
}

fn less(a: &mut View, b: &mut View) -> Option<()> {
    a.unsigned.max = a.unsigned.max.min(b.unsigned.max.checked_sub(1)?);
    b.unsigned.min = b.unsigned.min.max(a.unsigned.min.checked_add(1)?);
    Some(())
}

fn at_most(a: &mut View, b: &mut View) {
    a.unsigned.max = a.unsigned.max.min(b.unsigned.max);
    b.unsigned.min = b.unsigned.min.max(a.unsigned.min);
}

fn signed_less(a: &mut View, b: &mut View) -> Option<()> {
    a.signed.max = a.signed.max.min(b.signed.max.checked_sub(1)?);
    b.signed.min = b.signed.min.max(a.signed.min.checked_add(1)?);
    Some(())
}

fn signed_at_most(a: &mut View, b: &mut View) {
    a.signed.max = a.signed.max.min(b.signed.max);
    b.signed.min = b.signed.min.max(a.signed.min);
}
