//! The numbers of a run that nobody knows before: each is chosen when a branch or an address needs it.

use bpf_core_btf::insn::JumpOp;

use super::value::Value;

/// Numbers that look random, and are the same in each link (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// A number that is open, or was.
#[derive(Clone, Copy)]
struct Open {
    /// The largest that fits.
    max: u64,
    chosen: Option<u64>,
}

/// All choices of a run.
pub(super) struct Choices<'h> {
    random: Random,
    open: Vec<Open>,
    /// Numbers of the program: what it compares with.
    hints: &'h [u64],
}

impl<'h> Choices<'h> {
    pub(super) fn new(run: u64, hints: &'h [u64]) -> Self {
        /// Spreads small numbers over all bits.
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        Self {
            random: Random((run + 1).wrapping_mul(SPREAD)),
            open: Vec::new(),
            hints,
        }
    }

    /// A number of so many bytes.
    pub(super) fn open(&mut self, size: u8) -> Value {
        self.open.push(Open {
            max: largest(size),
            chosen: None,
        });
        Value::Open(self.open.len() - 1)
    }

    /// The number that a value is, if it is one.
    pub(super) fn number(&mut self, value: Value) -> Option<u64> {
        match value {
            Value::Number(number) => Some(number),
            Value::Open(which) => Some(self.chosen(which)),
            _ => None,
        }
    }

    /// What is left of a value in so many bytes.
    pub(super) fn narrow(&mut self, value: Value, size: u8) -> Value {
        let max = largest(size);
        match value {
            Value::Open(which) if self.open[which].max <= max => value,
            _ if size == 8 => value,
            _ => match self.number(value) {
                Some(number) => Value::Number(number & max),
                None => Value::Other,
            },
        }
    }

    /// Chance: one time in `of`.
    pub(super) fn chance(&mut self, of: u64) -> bool {
        self.random.next() >> 32 & 0xffff < 0x1_0000 / of
    }

    /// A number from 1 to `max`.
    pub(super) fn up_to(&mut self, max: u64) -> u64 {
        1 + (self.random.next() >> 8) % max.max(1)
    }

    /// Whether a branch between two numbers is taken. An open number is chosen such that each way is gone in
    /// half of the runs.
    pub(super) fn decide(
        &mut self,
        op: JumpOp,
        wide: bool,
        left: Value,
        right: Value,
    ) -> Option<bool> {
        let (left, right) = match (left, right) {
            (Value::Open(left), right) if self.open[left].chosen.is_none() => {
                let right = self.number(right)?;
                let wanted = self.chance(2);
                self.aim(left, right, |left| op.holds(wide, left, right) == wanted);
                (self.chosen(left), right)
            }
            (left, Value::Open(right)) if self.open[right].chosen.is_none() => {
                let left = self.number(left)?;
                let wanted = self.chance(2);
                self.aim(right, left, |right| op.holds(wide, left, right) == wanted);
                (left, self.chosen(right))
            }
            (left, right) => (self.number(left)?, self.number(right)?),
        };
        Some(op.holds(wide, left, right))
    }

    /// Chooses a number that does what is wanted, if one is found near what it is compared with.
    fn aim(&mut self, which: usize, near: u64, does: impl Fn(u64) -> bool) {
        let Open { max, chosen: None } = self.open[which] else {
            return;
        };
        let random = self.random.next();
        let candidates = [
            random,
            random >> (random & 63),
            near,
            near.wrapping_add(1),
            near.wrapping_sub(1),
            0,
            max,
            max >> 1,
        ];
        let start = (self.random.next() >> 16) as usize;
        let candidates = candidates.iter().cycle().skip(start % 8).take(8);
        self.open[which].chosen = candidates.map(|of| of & max).find(|of| does(*of));
    }

    fn chosen(&mut self, which: usize) -> u64 {
        let Open { max, chosen } = self.open[which];
        if let Some(chosen) = chosen {
            return chosen;
        }
        let random = self.random.next();
        let index = (random >> 16) as usize;
        let hint = self.hints.get(index % self.hints.len().max(1));
        let number = match (random >> 8 & 7, hint) {
            (0..=3, Some(hint)) => hint.wrapping_add(random & 3).wrapping_sub(1),
            (4, _) => random >> 32 & 0xf,
            (5, _) => 0,
            (6, _) => u64::MAX,
            _ => random,
        };
        let number = number & max;
        self.open[which].chosen = Some(number);
        number
    }
}

/// The largest number of so many bytes.
fn largest(size: u8) -> u64 {
    u64::MAX >> (64 - 8 * u32::from(size.clamp(1, 8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_are_gone() {
        for (op, near) in [
            (JumpOp::Eq, 9),
            (JumpOp::Gt, 2047),
            (JumpOp::Sgt, 7),
            (JumpOp::Lt, 1),
        ] {
            let taken = (0..64).filter(|run| {
                let mut choices = Choices::new(*run, &[]);
                let open = choices.open(8);
                let taken = choices.decide(op, true, open, Value::Number(near));
                let number = choices.number(open).unwrap_or_default();
                assert_eq!(taken, Some(op.holds(true, number, near)));
                taken == Some(true)
            });
            let taken = taken.count();
            assert!((8..=56).contains(&taken), "{op:?} {near}: {taken}");
        }
    }

    #[test]
    fn a_narrow_number_stays_narrow() {
        let mut choices = Choices::new(3, &[]);
        let byte = choices.open(1);
        assert_eq!(choices.narrow(byte, 4), byte);
        assert!(choices.number(byte).is_some_and(|number| number < 256));
        let pointer = Value::Pointer { region: 0, off: 0 };
        assert_eq!(choices.narrow(pointer, 8), pointer);
        assert_eq!(choices.narrow(pointer, 4), Value::Other);
    }
}
