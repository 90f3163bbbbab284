//! One pass over the records of a blob: where each begins, what it is called, and the largest of what they refer to.

use core::array;

use crate::bytes::Endian;
use crate::error::{Error, ErrorKind};
use crate::raw::{Kind, Parts, TypeRecord, layout_shape, tail_shape};
use crate::type_id::TypeId;

/// What the pass finds. A column has an entry for each record.
pub(crate) struct Records {
    /// Where each begins in the type section.
    pub(crate) offsets: Vec<u32>,
    /// The string offset of the name of each.
    pub(crate) names: Vec<u32>,
    pub(crate) references: References,
}

/// What the records refer to. A kernel's have a million such words, so the largest are kept and not each.
pub(crate) struct References {
    /// The largest string offset.
    pub(crate) last_string: u32,
    /// The largest id.
    pub(crate) last_id: u32,
    /// Of each record, whether it is a prototype.
    pub(crate) is_prototype: Vec<bool>,
    /// What functions refer to.
    pub(crate) of_functions: Vec<u32>,
}

/// A kernel's records have eight words on average.
const WORDS_A_RECORD: usize = 8;

impl Records {
    /// Reads the records of which the first has the id `start_id`. Grows with the input, never by a count from it.
    pub(crate) fn read(parts: &Parts<'_>, start_id: u32) -> Result<Self, Error> {
        match parts.endian {
            Endian::Little => Self::read_by(parts, start_id, u32::from_le_bytes),
            Endian::Big => Self::read_by(parts, start_id, u32::from_be_bytes),
        }
    }

    fn read_by(
        parts: &Parts<'_>,
        start_id: u32,
        word: impl Fn([u8; 4]) -> u32 + Copy,
    ) -> Result<Self, Error> {
        let types = parts.types;
        // A table, as the kinds of neighbours are hard to foretell for a processor.
        let forms: [Option<Form>; 128] =
            array::from_fn(|raw| Form::of(raw as u8, parts.layouts.bytes));
        let (words, odd) = types.bytes.as_chunks();
        let expected = words.len() / WORDS_A_RECORD;
        let mut records = Self {
            offsets: Vec::with_capacity(expected),
            names: Vec::with_capacity(expected),
            references: References {
                last_string: 0,
                last_id: 0,
                is_prototype: Vec::with_capacity(expected),
                of_functions: Vec::new(),
            },
        };
        let mut at = 0;
        while at < words.len() || !odd.is_empty() {
            let index = u32::try_from(records.offsets.len()).ok();
            let id = index.and_then(|index| start_id.checked_add(index));
            let Some(id) = id.map(TypeId) else {
                return types.error(at * 4, ErrorKind::TooLarge);
            };
            let too_long = ErrorKind::TypeTooLong(id);
            let Some((head, rest)) = words[at..].split_first_chunk() else {
                return types.error(at * 4, too_long);
            };
            let [name_off, info, size_or_type] = head.map(word);
            let record = TypeRecord {
                name_off,
                info,
                size_or_type,
            };
            let Some(form) = &forms[usize::from(record.raw_kind())] else {
                let kind = record.raw_kind();
                return types.error(at * 4 + 4, ErrorKind::UnknownKind { kind, id });
            };
            let size = form.size(record);
            let Some(tail) = rest.get(..size) else {
                return types.error(at * 4, too_long);
            };
            records.offsets.push((at * 4) as u32);
            records.names.push(name_off);
            records.references.add(form, record, tail, word);
            at += head.len() + size;
        }
        Ok(records)
    }
}

impl References {
    #[inline]
    fn add(
        &mut self,
        form: &Form,
        record: TypeRecord,
        tail: &[[u8; 4]],
        word: impl Fn([u8; 4]) -> u32,
    ) {
        self.last_string = self.last_string.max(record.name_off);
        self.last_id = self.last_id.max(record.size_or_type & form.refers);
        self.is_prototype.push(form.kind == Kind::FuncProto);
        if form.kind == Kind::Func {
            self.of_functions.push(record.size_or_type);
        }
        let (mut string, mut id) = (self.last_string, self.last_id);
        let mut see = |first: u32, second: u32| {
            string = string.max(first & form.names);
            id = id.max(first & form.first_ids).max(second & form.second_ids);
        };
        if form.step() == 2 {
            for &[first, second] in tail.as_chunks().0 {
                see(word(first), word(second));
            }
        } else {
            for &[first, second, _] in tail.as_chunks().0 {
                see(word(first), word(second));
            }
        }
        (self.last_string, self.last_id) = (string, id);
    }
}

/// What the records of a kind look like. Sizes are in words, and a mask has all bits or none.
pub(crate) struct Form {
    kind: Kind,
    fixed: usize,
    entry: usize,
    /// Whether `size_or_type` is an id.
    refers: u32,
    /// Whether entries begin with a string offset.
    pub(crate) names: u32,
    /// Whether entries begin with an id.
    pub(crate) first_ids: u32,
    /// Whether their second word is an id.
    pub(crate) second_ids: u32,
}

impl Form {
    /// The form of a kind that is known here, or to the layout section.
    pub(crate) fn of(raw_kind: u8, layouts: &[u8]) -> Option<Self> {
        use Kind::{Array, Datasec, Enum, Enum64, FuncProto, Struct, Union};
        let kind = Kind::from_raw(raw_kind);
        let (fixed, entry) = tail_shape(kind).or_else(|| layout_shape(layouts, raw_kind))?;
        let mask = |is_so: bool| if is_so { u32::MAX } else { 0 };
        Some(Self {
            kind,
            fixed: fixed / 4,
            entry: entry / 4,
            refers: mask(kind.is_reference()),
            names: mask(matches!(kind, Struct | Union | FuncProto | Enum | Enum64)),
            first_ids: mask(matches!(kind, Array | Datasec)),
            second_ids: mask(matches!(kind, Array | Struct | Union | FuncProto)),
        })
    }

    /// The words behind a record: at most 2^24 entries of 64, which overflows not even where usize has 32 bits.
    pub(crate) fn size(&self, record: TypeRecord) -> usize {
        self.fixed + record.vlen() as usize * self.entry
    }

    /// The words of an entry. An array is like a struct with one.
    pub(crate) fn step(&self) -> usize {
        if self.entry == 2 { 2 } else { 3 }
    }
}
