//! What a register holds in a run, and what arithmetic makes of it.

use bpf_core_btf::insn::{AluOp, JumpOp};

/// What a register or a place in memory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Number(u64),
    /// A number that the run chooses when it needs it.
    Open(usize),
    /// An address in memory of the program.
    Pointer {
        region: usize,
        off: i64,
    },
    /// A map, by its number in the object.
    Map(usize),
    /// What is not followed: addresses in the kernel, and what the kernel alone decides.
    Other,
}

/// `left op right`, in 64 bits or in the low 32. `None` if it takes no two numbers.
pub(super) fn compute(op: AluOp, wide: bool, left: u64, right: u64) -> Option<u64> {
    let width = if wide { 64 } else { 32 };
    let (a, b) = (low(wide, left), low(wide, right));
    let (sa, sb) = (signed(wide, a), signed(wide, b));
    let by = (b % width) as u32;
    let found = match op {
        AluOp::Add => a.wrapping_add(b),
        AluOp::Sub => a.wrapping_sub(b),
        AluOp::Mul => a.wrapping_mul(b),
        AluOp::Div => a.checked_div(b).unwrap_or(0),
        AluOp::SDiv if sb == 0 => 0,
        AluOp::SDiv => sa.wrapping_div(sb).cast_unsigned(),
        AluOp::Mod => a.checked_rem(b).unwrap_or(a),
        AluOp::SMod if sb == 0 => a,
        AluOp::SMod => sa.wrapping_rem(sb).cast_unsigned(),
        AluOp::Or => a | b,
        AluOp::And => a & b,
        AluOp::Xor => a ^ b,
        AluOp::Lsh => a << by,
        AluOp::Rsh => a >> by,
        AluOp::Arsh => (sa >> by).cast_unsigned(),
        AluOp::Neg => a.wrapping_neg(),
        AluOp::Mov => b,
        AluOp::MovSx(8) => i64::from(b as i8).cast_unsigned(),
        AluOp::MovSx(16) => i64::from(b as i16).cast_unsigned(),
        AluOp::MovSx(32) => i64::from(b as i32).cast_unsigned(),
        _ => return None,
    };
    Some(low(wide, found))
}

/// Whether a branch is taken.
pub(super) fn holds(op: JumpOp, wide: bool, left: u64, right: u64) -> bool {
    let (a, b) = (low(wide, left), low(wide, right));
    let (sa, sb) = (signed(wide, a), signed(wide, b));
    match op {
        JumpOp::Eq => a == b,
        JumpOp::Ne => a != b,
        JumpOp::Gt => a > b,
        JumpOp::Ge => a >= b,
        JumpOp::Lt => a < b,
        JumpOp::Le => a <= b,
        JumpOp::Set => a & b != 0,
        JumpOp::Sgt => sa > sb,
        JumpOp::Sge => sa >= sb,
        JumpOp::Slt => sa < sb,
        JumpOp::Sle => sa <= sb,
    }
}

fn low(wide: bool, value: u64) -> u64 {
    if wide { value } else { value & 0xffff_ffff }
}

fn signed(wide: bool, value: u64) -> i64 {
    if wide {
        value.cast_signed()
    } else {
        (value as i32).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_kernel_computes() {
        let minus = |value: i64| value.cast_unsigned();
        for (op, wide, left, right, expected) in [
            (AluOp::Add, false, 0xffff_ffff, 1, 0),
            (AluOp::Div, true, 7, 0, 0),
            (AluOp::Mod, true, 7, 0, 7),
            (AluOp::SDiv, true, minus(-7), 2, minus(-3)),
            (AluOp::SMod, false, minus(-7), 2, 0xffff_ffff),
            (AluOp::Arsh, false, 0x8000_0000, 31, 0xffff_ffff),
            (AluOp::Lsh, true, 1, 65, 2),
            (AluOp::MovSx(8), true, 0, 0x80, minus(-128)),
        ] {
            assert_eq!(compute(op, wide, left, right), Some(expected), "{op:?}");
        }
        assert_eq!(compute(AluOp::AddrSpaceCast, true, 1, 1), None);
        assert!(holds(JumpOp::Slt, false, 0xffff_ffff, 0));
        assert!(!holds(JumpOp::Slt, true, 0xffff_ffff, 0));
    }
}
