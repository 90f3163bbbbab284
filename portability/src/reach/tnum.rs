//! Which bits of a number are known (`struct tnum` of the kernel's `kernel/bpf/tnum.c`).

/// A number some bits of which are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tnum {
    /// The known bits. 0 where a bit is not known.
    pub(super) value: u64,
    /// The bits that are not known.
    pub(super) mask: u64,
}

impl Tnum {
    pub(super) const UNKNOWN: Self = Self {
        value: 0,
        mask: u64::MAX,
    };

    pub(super) const fn constant(value: u64) -> Self {
        Self { value, mask: 0 }
    }

    /// What all numbers from `min` to `max` have in common.
    pub(super) fn of_range(min: u64, max: u64) -> Self {
        let differing = 64 - (min ^ max).leading_zeros();
        let mask = match differing {
            64 => u64::MAX,
            bits => (1 << bits) - 1,
        };
        Self {
            value: min & !mask,
            mask,
        }
    }

    pub(super) fn min(self) -> u64 {
        self.value
    }

    pub(super) fn max(self) -> u64 {
        self.value | self.mask
    }

    pub(super) fn add(self, other: Self) -> Self {
        let masks = self.mask.wrapping_add(other.mask);
        let values = self.value.wrapping_add(other.value);
        let carries = masks.wrapping_add(values) ^ values;
        let mask = carries | self.mask | other.mask;
        Self {
            value: values & !mask,
            mask,
        }
    }

    pub(super) fn sub(self, other: Self) -> Self {
        let difference = self.value.wrapping_sub(other.value);
        let high = difference.wrapping_add(self.mask);
        let low = difference.wrapping_sub(other.mask);
        let mask = (high ^ low) | self.mask | other.mask;
        Self {
            value: difference & !mask,
            mask,
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        let value = self.value & other.value;
        Self {
            value,
            mask: self.max() & other.max() & !value,
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        let value = self.value | other.value;
        Self {
            value,
            mask: (self.mask | other.mask) & !value,
        }
    }

    pub(super) fn xor(self, other: Self) -> Self {
        let mask = self.mask | other.mask;
        Self {
            value: (self.value ^ other.value) & !mask,
            mask,
        }
    }

    pub(super) fn mul(self, other: Self) -> Self {
        let known = Self::constant(self.value.wrapping_mul(other.value));
        let (mut left, mut right) = (self, other);
        let mut unknown = Self::constant(0);
        while left.max() != 0 {
            if left.value & 1 != 0 {
                unknown = unknown.add(Self {
                    value: 0,
                    mask: right.mask,
                });
            } else if left.mask & 1 != 0 {
                unknown = unknown.add(Self {
                    value: 0,
                    mask: right.max(),
                });
            }
            (left, right) = (left.shr(1), right.shl(1));
        }
        known.add(unknown)
    }

    pub(super) fn shl(self, by: u32) -> Self {
        Self {
            value: self.value << by,
            mask: self.mask << by,
        }
    }

    pub(super) fn shr(self, by: u32) -> Self {
        Self {
            value: self.value >> by,
            mask: self.mask >> by,
        }
    }

    /// With the sign.
    pub(super) fn sar(self, by: u32) -> Self {
        let shift = |bits: u64| (bits.cast_signed() >> by).cast_unsigned();
        Self {
            value: shift(self.value),
            mask: shift(self.mask),
        }
    }

    /// The low 32 bits, the others 0.
    pub(super) fn low(self) -> Self {
        Self {
            value: self.value & u64::from(u32::MAX),
            mask: self.mask & u64::from(u32::MAX),
        }
    }

    /// This with other low 32 bits.
    pub(super) fn with_low(self, low: Self) -> Self {
        let high = u64::from(u32::MAX) << 32;
        Self {
            value: self.value & high | low.value,
            mask: self.mask & high | low.mask,
        }
    }

    /// What is known by either. `None` if they contradict each other.
    pub(super) fn meet(self, other: Self) -> Option<Self> {
        let mask = self.mask & other.mask;
        let known_by_both = !self.mask & !other.mask;
        ((self.value ^ other.value) & known_by_both == 0).then_some(Self {
            value: (self.value | other.value) & !mask,
            mask,
        })
    }

    /// What is known by both.
    pub(super) fn join(self, other: Self) -> Self {
        let mask = self.mask | other.mask | (self.value ^ other.value);
        Self {
            value: self.value & !mask,
            mask,
        }
    }

    /// Whether all that the other may be, this may be (`tnum_in`).
    pub(super) fn covers(self, other: Self) -> bool {
        other.mask & !self.mask == 0 && other.value & !self.mask == self.value
    }
}
