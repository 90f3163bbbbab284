//! What a register holds, as far as the verifier's decisions depend on it.

use super::scalar::Scalar;

/// A register, or a spilled one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reg {
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// What is in a register.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value {
    /// A number. Numbers with the same link, if it is not 0, are copies of one another.
    Scalar { number: Scalar, link: u32 },
    /// A pointer into the stack of a frame, by its depth. `None`: the verifier does not know where.
    Stack { frame: u8, off: Option<i32> },
    /// A pointer into a data section of the object.
    Data { section: u32, off: Option<i64> },
    /// A pointer to the value of an option of the kernel's configuration.
    Config { which: u16 },
    /// The address of a function of the object, by its first step.
    Code { start: u32 },
    /// The program's context.
    Context { off: Option<i32> },
    /// A pointer that may be null: a map's element that was looked up. Copies have the same number.
    MaybeNull { id: u32 },
    /// A map of the object, by its number.
    Map { which: u16 },
    /// A pointer that the verifier knows not to be null.
    NotNull,
    /// A pointer of the kernel's. The verifier does not decide whether it is null, and learns nothing
    /// from a test.
    Kernel,
}

/// Where a value comes from. It has no influence on the verifier's way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// A CO-RE record.
    pub(super) record: Option<u16>,
    /// A variable of `.rodata` that a user may set.
    pub(super) variable: Option<u16>,
    /// Whether the place of a field in the kernel is a part of it.
    pub(super) is_offset: bool,
}

impl Origin {
    /// Of a value that both are a part of. The place of a field counts more than another record; of two
    /// places, neither is that of the whole.
    pub(super) fn join(self, other: Self) -> Self {
        let record = match (self.is_offset, other.is_offset) {
            (true, true) if self.record != other.record => None,
            (false, true) => other.record,
            (true, false) => self.record,
            _ => self.record.or(other.record),
        };
        Self {
            record,
            variable: self.variable.or(other.variable),
            is_offset: self.is_offset || other.is_offset,
        }
    }
}

impl Value {
    pub(super) const UNKNOWN: Self = Self::Scalar {
        number: Scalar::UNKNOWN,
        link: 0,
    };

    pub(super) fn number(number: Scalar) -> Self {
        Self::Scalar { number, link: 0 }
    }

    /// Whether two pointers must be equal for one way to stand for the other.
    pub(super) fn is_pointer(&self) -> bool {
        !matches!(self, Self::Scalar { .. })
    }

    /// The pointer moved by a number. `None` if it is no pointer.
    pub(super) fn moved(&self, by: Option<i64>) -> Option<Self> {
        let small = by.and_then(|by| i32::try_from(by).ok());
        let add = |off: Option<i32>| off?.checked_add(small?);
        Some(match *self {
            Self::Scalar { .. } => return None,
            Self::Stack { frame, off } => Self::Stack {
                frame,
                off: add(off),
            },
            Self::Data { section, off } => Self::Data {
                section,
                off: off.zip(by).and_then(|(off, by)| off.checked_add(by)),
            },
            Self::Context { off } => Self::Context { off: add(off) },
            other => other,
        })
    }
}

impl Reg {
    pub(super) const UNKNOWN: Self = Self {
        value: Value::UNKNOWN,
        origin: Origin {
            record: None,
            variable: None,
            is_offset: false,
        },
    };

    pub(super) fn of(value: Value) -> Self {
        Self {
            value,
            origin: Origin::default(),
        }
    }

    pub(super) fn constant(value: u64) -> Self {
        Self::of(Value::number(Scalar::constant(value)))
    }

    /// The number in it; any number, if it is a pointer.
    pub(super) fn number(&self) -> Scalar {
        match self.value {
            Value::Scalar { number, .. } => number,
            _ => Scalar::UNKNOWN,
        }
    }

    /// Its number, if it can be only one.
    pub(super) fn known(&self) -> Option<u64> {
        match self.value {
            Value::Scalar { number, .. } => number.value(),
            _ => None,
        }
    }

    /// What either may hold. Pointers that differ become an unknown number.
    pub(super) fn join(&self, other: &Self) -> Self {
        let value = match (self.value, other.value) {
            (a, b) if a == b => a,
            (Value::Scalar { number: a, .. }, Value::Scalar { number: b, .. }) => {
                Value::number(a.join(&b))
            }
            (Value::Stack { frame: a, .. }, Value::Stack { frame: b, .. }) if a == b => {
                Value::Stack {
                    frame: a,
                    off: None,
                }
            }
            _ => Value::UNKNOWN,
        };
        Self {
            value,
            origin: self.origin.join(other.origin),
        }
    }
}
