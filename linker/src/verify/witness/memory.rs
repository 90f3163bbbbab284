//! Memory of a program in a run, byte by byte.

use std::collections::BTreeMap;
use std::ops::Range;

use bpf_core_btf::Endian;

use super::choice::Choices;
use super::value::Value;

/// What memory holds where the program has written nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before<'d> {
    /// Any numbers: the verifier knows nothing of them.
    Open,
    /// These bytes, which nobody can change.
    Known(&'d [u8]),
    /// What is not followed.
    Other,
}

/// A byte of it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Byte {
    value: Value,
    /// Which of its bytes, in the order of memory, of how many.
    index: u8,
    size: u8,
}

/// Memory that belongs together: a frame of the stack, a value of a map, a section.
pub(super) struct Region<'d> {
    before: Before<'d>,
    bytes: BTreeMap<i64, Byte>,
    /// The offsets that are in it. `None`: that is not known.
    pub(super) range: Option<Range<i64>>,
    /// Parts of which nothing is known.
    pub(super) hidden: Vec<Range<i64>>,
}

impl<'d> Region<'d> {
    pub(super) fn new(before: Before<'d>, range: Option<Range<i64>>) -> Self {
        Self {
            before,
            bytes: BTreeMap::new(),
            range,
            hidden: Vec::new(),
        }
    }

    /// Whether it holds numbers that nobody knows.
    pub(super) fn is_open(&self) -> bool {
        self.before == Before::Open
    }

    /// Whether an access is in it, if that is known.
    pub(super) fn holds(&self, off: i64, size: u64) -> Option<bool> {
        let range = self.range.as_ref()?;
        let end = off.checked_add_unsigned(size)?;
        Some(range.start <= off && end <= range.end)
    }

    pub(super) fn store(&mut self, off: i64, size: u8, value: Value) {
        for index in 0..size {
            let byte = Byte { value, index, size };
            self.bytes.insert(off.wrapping_add(index.into()), byte);
        }
    }

    /// Puts numbers there that nobody knows.
    pub(super) fn open(&mut self, off: i64, size: u64, choices: &mut Choices<'_>) {
        for at in 0..size {
            let value = choices.open(1);
            self.store(off.wrapping_add_unsigned(at), 1, value);
        }
    }

    pub(super) fn load(
        &mut self,
        off: i64,
        size: u8,
        endian: Endian,
        choices: &mut Choices<'_>,
    ) -> Value {
        let places = || (0..size).map(|index| off.wrapping_add(index.into()));
        let is_hidden = |at: &i64| self.hidden.iter().any(|part| part.contains(at));
        if places().any(|at| is_hidden(&at)) {
            return Value::Other;
        }
        let is_new = places().all(|at| !self.bytes.contains_key(&at));
        if is_new && self.before == Before::Open {
            let value = choices.open(size);
            self.store(off, size, value);
            return value;
        }
        if let Some(whole) = self.bytes.get(&off).copied().filter(|of| of.size == size) {
            let same = (0..).zip(places()).all(|(index, at)| {
                let part = Byte { index, ..whole };
                self.bytes.get(&at) == Some(&part)
            });
            if same {
                return whole.value;
            }
        }
        let mut number = 0_u64;
        for (index, at) in (0_u32..).zip(places()) {
            let Some(byte) = self.byte(at, endian, choices) else {
                return Value::Other;
            };
            let shift = match endian {
                Endian::Little => index,
                Endian::Big => u32::from(size) - 1 - index,
            };
            number |= u64::from(byte) << (8 * shift);
        }
        Value::Number(number)
    }

    fn byte(&mut self, at: i64, endian: Endian, choices: &mut Choices<'_>) -> Option<u8> {
        let Some(Byte { value, index, size }) = self.bytes.get(&at).copied() else {
            return match self.before {
                Before::Known(bytes) => bytes.get(usize::try_from(at).ok()?).copied(),
                Before::Other => None,
                Before::Open => {
                    let value = choices.open(1);
                    self.store(at, 1, value);
                    Some(choices.number(value)? as u8)
                }
            };
        };
        let shift = match endian {
            Endian::Little => index,
            Endian::Big => size - 1 - index,
        };
        Some((choices.number(value)? >> (8 * u32::from(shift))) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_what_was_stored() {
        for (endian, low) in [(Endian::Little, 0x88), (Endian::Big, 0x11)] {
            let mut choices = Choices::new(0, &[]);
            let mut region = Region::new(Before::Other, Some(-16..0));
            region.store(-8, 8, Value::Number(0x1122_3344_5566_7788));
            assert_eq!(region.load(-8, 1, endian, &mut choices), Value::Number(low));
            let pointer = Value::Pointer { region: 3, off: 4 };
            region.store(-16, 8, pointer);
            assert_eq!(region.load(-16, 8, endian, &mut choices), pointer);
            assert_eq!(region.load(-16, 4, endian, &mut choices), Value::Other);
            assert_eq!(region.load(-12, 8, endian, &mut choices), Value::Other);
        }
    }

    #[test]
    fn what_is_open_stays_the_same() {
        let mut choices = Choices::new(0, &[]);
        let mut region = Region::new(Before::Open, None);
        let first = region.load(0, 8, Endian::Little, &mut choices);
        assert_eq!(region.load(0, 8, Endian::Little, &mut choices), first);
        let whole = choices.number(first).unwrap_or_default();
        assert_eq!(
            region.load(4, 4, Endian::Little, &mut choices),
            Value::Number(whole >> 32)
        );
    }

    #[test]
    fn ends() {
        let region = Region::new(Before::Known(&[1, 2, 3, 4]), Some(0..4));
        assert_eq!(region.holds(0, 4), Some(true));
        assert_eq!(region.holds(1, 4), Some(false));
        assert_eq!(region.holds(-1, 1), Some(false));
        assert_eq!(Region::new(Before::Open, None).holds(0, 4), None);
    }
}
