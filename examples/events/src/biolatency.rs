//! How long block I/O takes, by disk.

use crate::Reading;

/// One bar of a histogram.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// A request of no disk is one to a device that has none, as a tape.
    pub disk: Reading<Disk>,
    /// `n` bits: from 2 to the power of `n - 1` microseconds on, but less than the next power. 0: none.
    pub bits: u32,
}

/// A disk by its numbers, as in `/sys/block/NAME/dev`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Disk {
    /// The kind of disk.
    pub major: u32,
    /// Which one, of the first of its partitions.
    pub minor: u32,
}
