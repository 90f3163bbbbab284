//! A number as the verifier knows it: the bits that are known, and bounds with and without sign, of all
//! 64 bits and of the low 32 (`struct bpf_reg_state` of the kernel, `reg_bounds_sync`).

use super::tnum::Tnum;

/// From `min` to `max`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds<T> {
    pub(super) min: T,
    pub(super) max: T,
}

impl<T: Ord + Copy> Bounds<T> {
    pub(super) fn new(min: T, max: T) -> Self {
        Self { min, max }
    }

    pub(super) fn meet(self, other: Self) -> Self {
        Self::new(self.min.max(other.min), self.max.min(other.max))
    }

    pub(super) fn hull(self, other: Self) -> Self {
        Self::new(self.min.min(other.min), self.max.max(other.max))
    }

    fn covers(self, other: Self) -> bool {
        self.min <= other.min && other.max <= self.max
    }

    pub(super) fn is_empty(self) -> bool {
        self.min > self.max
    }
}

/// A number, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scalar {
    pub(super) bits: Tnum,
    pub(super) u64: Bounds<u64>,
    pub(super) s64: Bounds<i64>,
    pub(super) u32: Bounds<u32>,
    pub(super) s32: Bounds<i32>,
}

impl Scalar {
    pub(super) const UNKNOWN: Self = Self {
        bits: Tnum::UNKNOWN,
        u64: Bounds {
            min: 0,
            max: u64::MAX,
        },
        s64: Bounds {
            min: i64::MIN,
            max: i64::MAX,
        },
        u32: Bounds {
            min: 0,
            max: u32::MAX,
        },
        s32: Bounds {
            min: i32::MIN,
            max: i32::MAX,
        },
    };

    pub(super) fn constant(value: u64) -> Self {
        let (low, signed) = (value as u32, value.cast_signed());
        Self {
            bits: Tnum::constant(value),
            u64: Bounds::new(value, value),
            s64: Bounds::new(signed, signed),
            u32: Bounds::new(low, low),
            s32: Bounds::new(low.cast_signed(), low.cast_signed()),
        }
    }

    /// Known bits, and nothing else.
    pub(super) fn of_bits(bits: Tnum) -> Self {
        Self {
            bits,
            ..Self::UNKNOWN
        }
        .settled()
        .unwrap_or(Self::UNKNOWN)
    }

    /// What a load of so many bytes gives.
    pub(super) fn of_size(bytes: u8, signed: bool) -> Self {
        let bits = u32::from(bytes) * 8;
        if bits >= 64 {
            return Self::UNKNOWN;
        }
        if signed {
            let max = (1 << (bits - 1)) - 1;
            return Self {
                s64: Bounds::new(-max - 1, max),
                ..Self::UNKNOWN
            }
            .settled()
            .unwrap_or(Self::UNKNOWN);
        }
        Self::of_bits(Tnum {
            value: 0,
            mask: (1 << bits) - 1,
        })
    }

    /// From `min` to `max` with sign.
    pub(super) fn between(min: i64, max: i64) -> Self {
        Self {
            s64: Bounds::new(min, max),
            ..Self::UNKNOWN
        }
        .settled()
        .unwrap_or(Self::UNKNOWN)
    }

    /// Its value, if it can have only one.
    pub(super) fn value(&self) -> Option<u64> {
        (self.bits.mask == 0).then_some(self.bits.value)
    }

    /// The low 32 bits, the others 0.
    pub(super) fn low(self) -> Self {
        let (min, max) = (u64::from(self.u32.min), u64::from(self.u32.max));
        Self {
            bits: self.bits.low(),
            u64: Bounds::new(min, max),
            s64: Bounds::new(min.cast_signed(), max.cast_signed()),
            ..self
        }
        .settled()
        .unwrap_or(Self::of_size(4, false))
    }

    /// Tells each kind of bounds what the others know. `None` if they contradict each other: no number
    /// is like that.
    pub(super) fn settled(mut self) -> Option<Self> {
        // One round can tell what another began with; more than three change nothing.
        for _ in 0..3 {
            let before = self;
            self.take_bits();
            self.compare_signs();
            self.compare_widths();
            if self.is_contradiction() {
                return None;
            }
            let low = Tnum::of_range(self.u32.min.into(), self.u32.max.into());
            let bits = self.bits.meet(Tnum::of_range(self.u64.min, self.u64.max))?;
            self.bits = bits.with_low(bits.low().meet(low)?);
            if self == before {
                break;
            }
        }
        Some(self)
    }

    fn is_contradiction(&self) -> bool {
        self.u64.is_empty() || self.s64.is_empty() || self.u32.is_empty() || self.s32.is_empty()
    }

    fn take_bits(&mut self) {
        const SIGN: u64 = 1 << 63;
        const LOW_SIGN: u32 = 1 << 31;
        let (bits, low) = (self.bits, self.bits.low());
        self.u64 = self.u64.meet(Bounds::new(bits.min(), bits.max()));
        self.s64 = self.s64.meet(Bounds::new(
            (bits.value | bits.mask & SIGN).cast_signed(),
            (bits.value | bits.mask & !SIGN).cast_signed(),
        ));
        let (value, mask) = (low.value as u32, low.mask as u32);
        self.u32 = self.u32.meet(Bounds::new(value, value | mask));
        self.s32 = self.s32.meet(Bounds::new(
            (value | mask & LOW_SIGN).cast_signed(),
            (value | mask & !LOW_SIGN).cast_signed(),
        ));
    }

    fn compare_signs(&mut self) {
        let signed = Bounds::new(self.u64.min.cast_signed(), self.u64.max.cast_signed());
        if !signed.is_empty() {
            self.s64 = self.s64.meet(signed);
        }
        let unsigned = Bounds::new(self.s64.min.cast_unsigned(), self.s64.max.cast_unsigned());
        if !unsigned.is_empty() {
            self.u64 = self.u64.meet(unsigned);
        }
        let signed = Bounds::new(self.u32.min.cast_signed(), self.u32.max.cast_signed());
        if !signed.is_empty() {
            self.s32 = self.s32.meet(signed);
        }
        let unsigned = Bounds::new(self.s32.min.cast_unsigned(), self.s32.max.cast_unsigned());
        if !unsigned.is_empty() {
            self.u32 = self.u32.meet(unsigned);
        }
    }

    fn compare_widths(&mut self) {
        let Bounds { min, max } = self.u64;
        if min >> 32 == max >> 32 && min <= max {
            self.u32 = self.u32.meet(Bounds::new(min as u32, max as u32));
        }
        if let (Ok(min), Ok(max)) = (i32::try_from(self.s64.min), i32::try_from(self.s64.max)) {
            self.s32 = self.s32.meet(Bounds::new(min, max));
        }
        let with_low = |of: u64, low: u32| of >> 32 << 32 | u64::from(low);
        self.u64 = self.u64.meet(Bounds::new(
            with_low(min, self.u32.min),
            with_low(max, self.u32.max),
        ));
    }

    /// Whether all that the other may be, this may be.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.bits.covers(other.bits)
            && self.u64.covers(other.u64)
            && self.s64.covers(other.s64)
            && self.u32.covers(other.u32)
            && self.s32.covers(other.s32)
    }

    /// What either may be.
    pub(super) fn join(&self, other: &Self) -> Self {
        Self {
            bits: self.bits.join(other.bits),
            u64: self.u64.hull(other.u64),
            s64: self.s64.hull(other.s64),
            u32: self.u32.hull(other.u32),
            s32: self.s32.hull(other.s32),
        }
    }
}
