//! What a register holds in a run.

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
