//! Sizes and offsets of declared types, as C lays them out.

use super::Declaration;
use crate::ask::request::{Int, Record};

impl<I: Copy + Into<Int>> Declaration<I> {
    /// Size and alignment in bytes. Nothing compares them, but BTF has them.
    pub(crate) fn room(&self) -> (u64, u64) {
        match self {
            Self::Void | Self::Function(..) | Self::Name(_) => (0, 1),
            Self::Integer(of) => {
                let int: Int = (*of).into();
                (int.size(), int.size())
            }
            Self::Pointer(_) => (8, 8),
            Self::Enum(of, _) => (of.holder.size(), of.holder.size()),
            Self::Array(count, of) => {
                let (size, align) = of.room();
                (size.saturating_mul(u64::from(*count)), align)
            }
            Self::Record(record, members) => {
                let Room { size, align, .. } = Room::of(record, members);
                (size, align)
            }
        }
    }
}

/// The places of a record's members.
pub(crate) struct Room {
    /// One for each member, in bytes.
    pub(crate) offsets: Vec<u64>,
    /// In bytes.
    pub(crate) size: u64,
    /// In bytes.
    pub(crate) align: u64,
}

impl Room {
    /// Those that C gives them.
    pub(crate) fn of<I: Copy + Into<Int>>(
        record: &Record,
        members: &[(String, Declaration<I>)],
    ) -> Self {
        let (mut offsets, mut size, mut align) = (Vec::new(), 0_u64, 1);
        for (_, of) in members {
            let (its_size, its_align) = of.room();
            let offset = match record.union {
                true => 0,
                false => round_up(size, its_align),
            };
            offsets.push(offset);
            size = size.max(offset.saturating_add(its_size));
            align = align.max(its_align);
        }
        Self {
            offsets,
            size: round_up(size, align),
            align,
        }
    }
}

fn round_up(size: u64, align: u64) -> u64 {
    size.checked_next_multiple_of(align).unwrap_or(size)
}
