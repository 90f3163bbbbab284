//! What arithmetic and branches do with numbers.

use super::{AluOp, JumpOp};

impl AluOp {
    /// `left op right`, in 64 bits (`wide`) or in the low 32, as kernels compute it (`___bpf_prog_run` in
    /// `kernel/bpf/core.c`). `None` for what is no arithmetic of two numbers: byte orders and address spaces.
    pub fn compute(self, wide: bool, left: u64, right: u64) -> Option<u64> {
        let width = if wide { 64 } else { 32 };
        let (a, b) = (low(wide, left), low(wide, right));
        let (sa, sb) = (signed(wide, a), signed(wide, b));
        let by = (b % width) as u32;
        let found = match self {
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
}

impl JumpOp {
    /// Whether the branch is taken, in 64 bits (`wide`) or in the low 32.
    pub fn holds(self, wide: bool, left: u64, right: u64) -> bool {
        let (a, b) = (low(wide, left), low(wide, right));
        let (sa, sb) = (signed(wide, a), signed(wide, b));
        match self {
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
            assert_eq!(op.compute(wide, left, right), Some(expected), "{op:?}");
        }
        assert_eq!(AluOp::AddrSpaceCast.compute(true, 1, 1), None);
        assert!(JumpOp::Slt.holds(false, 0xffff_ffff, 0));
        assert!(!JumpOp::Slt.holds(true, 0xffff_ffff, 0));
    }
}
