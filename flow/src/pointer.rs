//! What is known about a pointer to kernel memory at one place of a program.

use bpf_core_kernel_facts::context::Argument;
use bpf_core_kernel_facts::helper::Helper;

/// Where the kernel hands a pointer out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Origin {
    /// `bpf_get_current_task`: a number to the verifier.
    CurrentTask,
    /// `bpf_get_current_task_btf`.
    CurrentTaskBtf,
    /// A function of the kernel, or a helper, whose result has a type.
    Typed,
    /// An argument in a context, a number to the verifier.
    Argument,
    /// An argument in a context, with a type.
    TrustedArgument,
    /// Copied out of kernel memory by a helper.
    ProbeRead,
    /// Loaded out of kernel memory.
    Load,
    /// One of these, by the way that the program took.
    Several,
}

impl Origin {
    /// Whether the verifier knows the pointer's type, without which it refuses to load through it.
    /// `None` if that cannot be told.
    #[must_use]
    pub fn is_typed(self) -> Option<bool> {
        match self {
            Self::CurrentTask | Self::Argument | Self::ProbeRead => Some(false),
            Self::CurrentTaskBtf | Self::Typed | Self::TrustedArgument | Self::Load => Some(true),
            Self::Several => None,
        }
    }

    /// Where a pointer comes from that is read through this one, in this way. What the verifier does not know does not
    /// become known by a load.
    #[must_use]
    pub fn behind(self, way: Self) -> Self {
        match self.is_typed() {
            Some(true) => way,
            Some(false) => Self::ProbeRead,
            None => Self::Several,
        }
    }

    /// Where an argument in a context comes from.
    #[must_use]
    pub fn of_argument(argument: Argument) -> Self {
        match argument {
            Argument::Number => Self::Argument,
            Argument::Typed => Self::TrustedArgument,
        }
    }
}

/// An addition of a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// All bytes from the pointer that the kernel gave up to here.
    pub bytes: i64,
    /// The instruction that adds the last of them.
    pub at: u32,
}

/// What has been added to a pointer since the kernel gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    /// Nothing.
    None,
    /// A constant.
    One(Step),
    /// One of two constants, by the way that the program took; the smaller one first.
    Two(Step, Step),
    /// A number from a relocation, and perhaps constants.
    Relocated {
        /// The instruction or value with the relocation. `None` if there are several.
        by: Option<u32>,
    },
    /// Anything.
    Varying,
}

impl Offset {
    /// The offset after an addition of `bytes` by the instruction `at`.
    #[must_use]
    pub fn plus(self, bytes: i64, at: u32) -> Self {
        let add = |step: Step, at| Step {
            bytes: step.bytes.wrapping_add(bytes),
            at,
        };
        let sum = match self {
            Self::None => Self::One(Step { bytes, at }),
            Self::One(step) => Self::One(add(step, at)),
            // Where they differ is of more interest than what they share.
            Self::Two(a, b) => Self::Two(add(a, a.at), add(b, b.at)),
            // `container_of`: no field is in front of its struct, nor an element of its array.
            Self::Relocated { .. } if bytes < 0 => Self::One(Step { bytes, at }),
            other => other,
        };
        match sum {
            Self::One(Step { bytes: 0, .. }) => Self::None,
            sum => sum,
        }
    }

    /// The offset after an addition of one of two numbers by the instruction `at`.
    #[must_use]
    pub fn plus_either(self, numbers: [i64; 2], at: u32) -> Self {
        let [a, b] = numbers.map(|bytes| self.plus(bytes, at));
        a.join(b)
    }

    /// The offset after an addition of the number that the relocation `by` gives. A constant that
    /// was added before stays one.
    #[must_use]
    pub fn plus_relocated(self, by: u32) -> Self {
        match self {
            Self::None | Self::Relocated { .. } => Self::Relocated { by: Some(by) },
            other => other,
        }
    }

    /// What holds on both of two ways. Grows a few times at most: `None` or `One`, `Two`,
    /// `Varying`.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let one = |step| Self::One(step);
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Relocated { .. }, Self::Relocated { .. }) => Self::Relocated { by: None },
            (Self::One(a), Self::One(b)) if a.bytes == b.bytes => one(a.min(b)),
            (Self::One(a), Self::One(b)) => Self::Two(a.min(b), a.max(b)),
            (Self::Two(a, b), Self::One(c)) | (Self::One(c), Self::Two(a, b)) => {
                if c.bytes == a.bytes {
                    Self::Two(a.min(c), b)
                } else if c.bytes == b.bytes {
                    Self::Two(a, b.min(c))
                } else {
                    Self::Varying
                }
            }
            (Self::Two(a, b), Self::Two(c, d)) if (a.bytes, b.bytes) == (c.bytes, d.bytes) => {
                Self::Two(a.min(c), b.min(d))
            }
            _ => Self::Varying,
        }
    }
}

/// A pointer to kernel memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointer<'a> {
    /// Where it comes from.
    pub origin: Origin,
    /// The struct that it pointed to when the kernel gave it, where that is known.
    pub name: Option<&'a str>,
    /// The byte of the context that it was loaded from, if it is an argument.
    pub argument: Option<i64>,
    /// What has been added since.
    pub offset: Offset,
}

impl Pointer<'static> {
    /// The pointer that a helper gives. `None` if it gives none to a struct that is known.
    #[must_use]
    pub fn of_helper(helper: Helper) -> Option<Self> {
        let Helper::Gives {
            name: Some(name),
            is_typed,
        } = helper
        else {
            return None;
        };
        let origin = match (name, is_typed) {
            (_, false) => Origin::CurrentTask,
            ("task_struct", true) => Origin::CurrentTaskBtf,
            (_, true) => Origin::Typed,
        };
        Some(Self::new(origin, Some(name)))
    }
}

impl<'a> Pointer<'a> {
    /// A pointer as the kernel gives it.
    #[must_use]
    pub fn new(origin: Origin, name: Option<&'a str>) -> Self {
        Self {
            origin,
            name,
            argument: None,
            offset: Offset::None,
        }
    }

    /// An argument at a byte of the context, as the kernel gives it.
    #[must_use]
    pub fn of_argument(argument: Argument, byte: i64) -> Self {
        Self {
            argument: Some(byte),
            ..Self::new(Origin::of_argument(argument), None)
        }
    }

    /// The pointer after an addition of `bytes` by the instruction `at`.
    #[must_use]
    pub fn plus(self, bytes: i64, at: u32) -> Self {
        Self {
            offset: self.offset.plus(bytes, at),
            ..self
        }
    }

    /// What holds on both of two ways.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self {
            origin: if self.origin == other.origin {
                self.origin
            } else {
                Origin::Several
            },
            name: if self.name == other.name {
                self.name
            } else {
                None
            },
            argument: self.argument.filter(|_| self.argument == other.argument),
            offset: self.offset.join(other.offset),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn one(bytes: i64, at: u32) -> Offset {
        Offset::One(Step { bytes, at })
    }

    #[test]
    fn steps_of_a_loop_end() {
        let mut here = Offset::None.plus(8, 1);
        for _ in 0..8 {
            here = here.join(here.plus(8, 1));
        }
        assert_eq!(here, Offset::Varying);
    }

    #[test]
    fn two_ways() {
        let both = one(72, 5).join(one(64, 3));
        assert_eq!(
            both,
            Offset::Two(Step { bytes: 64, at: 3 }, Step { bytes: 72, at: 5 })
        );
        assert_eq!(both.join(one(72, 4)).join(one(80, 1)), Offset::Varying);
        assert_eq!(one(8, 1).plus(-8, 2), Offset::None);
        assert_eq!(
            Offset::None.plus_either([72, 64], 3),
            both.join(one(64, 3)).plus(0, 0).join(one(72, 3))
        );
        assert_eq!(
            one(8, 1).join(Offset::Relocated { by: None }),
            Offset::Varying
        );
    }
}
