//! What a relocation makes of an instruction.

use std::fmt;

/// What an instruction holds after its relocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This immediate, or offset of a load.
    Value(u64),
    /// The kernel does not have it: an instruction that the verifier refuses if it can be reached.
    Poison,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(f),
            Self::Poison => "poison".fmt(f),
        }
    }
}
