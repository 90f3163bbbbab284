//! Whatever numbers go in: what comes out is among what is said to come out.

use bpf_core_btf::insn::{AluOp, JumpOp};

use super::alu::alu;
use super::branch::{decide, refine};
use super::scalar::Scalar;
use super::tnum::Tnum;

/// Numbers that look random, and are the same each time (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // Small numbers and such that are near the ends of a width are the interesting ones.
        match self.0 >> 61 {
            0 => self.0 & 0xf,
            1 => self.0 & 0xffff,
            2 => self.0 & 0xffff_ffff,
            3 => (self.0 & 0xf).wrapping_sub(8),
            4 => (1 << 31) + (self.0 & 0xf) - 8,
            5 => (1 << 63) + (self.0 & 0xf) - 8,
            _ => self.0,
        }
    }

    /// A number that is known in part, and one that it may be.
    fn pair(&mut self) -> (Scalar, u64) {
        let (value, other) = (self.next(), self.next());
        let known = match self.next() % 4 {
            0 => Scalar::constant(value),
            1 => Scalar::of_bits(Tnum {
                value: value & !other,
                mask: other,
            }),
            2 => {
                let (value, other) = (value.cast_signed(), other.cast_signed());
                Scalar::between(value.min(other), value.max(other))
            }
            _ => Scalar::constant(value).join(&Scalar::constant(other)),
        };
        (known, value)
    }
}

const ROUNDS: usize = 200_000;

fn covers(known: &Scalar, value: u64) -> bool {
    known.covers(&Scalar::constant(value))
}

#[test]
fn arithmetic_keeps_what_is_true() {
    use AluOp::{Add, And, Arsh, Lsh, Mov, MovSx, Mul, Or, Rsh, Sub, Xor};
    let ops = [
        Add,
        Sub,
        Mul,
        And,
        Or,
        Xor,
        Lsh,
        Rsh,
        Arsh,
        Mov,
        MovSx(8),
        MovSx(16),
        MovSx(32),
    ];
    let mut numbers = Numbers(0x1234_5678_9abc_def1);
    for round in 0..ROUNDS {
        let ((left, a), (right, b)) = (numbers.pair(), numbers.pair());
        let (op, wide) = (
            ops[round % ops.len()],
            (round / ops.len()).is_multiple_of(2),
        );
        let (known, value) = (
            alu(op, wide, left, right),
            op.compute(wide, a, b).expect("arithmetic"),
        );
        assert!(
            covers(&known, value),
            "{a:#x} {op:?} {b:#x}, {wide}: {value:#x} is not in {known:?}"
        );
    }
}

#[test]
fn branches_go_where_numbers_lead() {
    use JumpOp::{Eq, Ge, Gt, Le, Lt, Ne, Set, Sge, Sgt, Sle, Slt};
    let ops = [Eq, Ne, Gt, Ge, Lt, Le, Set, Sgt, Sge, Slt, Sle];
    let mut numbers = Numbers(0xfedc_ba98_7654_3211);
    for round in 0..ROUNDS {
        let ((left, a), (right, b)) = (numbers.pair(), numbers.pair());
        let (op, wide) = (
            ops[round % ops.len()],
            (round / ops.len()).is_multiple_of(2),
        );
        let taken = op.holds(wide, a, b);
        let decided = decide(op, wide, &left, &right);
        assert!(
            decided.is_none_or(|decided| decided == taken),
            "{a:#x} {op:?} {b:#x}, {wide}"
        );
        let learnt = refine((op, taken), wide, &left, &right);
        let learnt = learnt.unwrap_or_else(|| panic!("{a:#x} {op:?} {b:#x}, {wide}: no way"));
        assert!(
            covers(&learnt.0, a) && covers(&learnt.1, b),
            "{a:#x} {op:?} {b:#x}, {wide}, {taken}: {learnt:?}"
        );
    }
}
